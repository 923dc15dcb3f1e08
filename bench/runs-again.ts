// Builds fixtures, edits one of their files, builds again, and holds what the builder found in its cache to what was predicted: `npm run proof:runs-again`.
// Names behind it choose fixtures by what they contain. Without names the table is written to docs/runs-again.md. A 1 where a step differs.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testEngine } from '../test/docker/engine.ts';
import { markdownTable } from './markdown-table.ts';
import { hold, type HeldEdit, type HeldStep } from '../test/docker/runs-again.ts';

const root = join(import.meta.dirname, '..');
const fixtures = join(root, 'fixtures');
const real = [
  'book/01-node-in-one-stage',
  'book/02-node-without-a-build',
  'book/05-go-in-one-stage',
  'split-manifests/npm-workspace',
  'split-manifests/pip-includes',
];
const all = [...readdirSync(join(fixtures, 'runs-again')).map((name) => `runs-again/${name}`), ...real];
const wanted = process.argv.slice(2);

const heading = ['fixture', 'Dockerfile', 'edit of', 'RUNs again, predicted', 'built', 'steps as predicted', 'left open, made again'];

interface Sum {
  foretold: number;
  differ: number;
  open: number;
}

if (await testEngine()) await main();
else process.exitCode = 3;

async function main(): Promise<void> {
  const rows: string[][] = [];
  const sum: Sum = { foretold: 0, differ: 0, open: 0 };
  for (const name of all.filter((one) => wanted.length === 0 || wanted.some((part) => one.includes(part)))) {
    for (const over of [undefined, 'after', 'safe']) {
      if (over !== undefined && !existsSync(join(fixtures, name, over))) continue;
      for (const held of await hold(join(fixtures, name), over)) {
        const row = rowOf(name, over ?? 'before', held, sum);
        console.log(row.join('  '));
        rows.push(row);
      }
    }
  }
  const result = `${sum.foretold} steps of ${rows.length} builds were predicted, ${sum.differ} of them wrongly; ${sum.open} were left open.`;
  console.log(result);
  if (sum.differ > 0) process.exitCode = 1;
  if (wanted.length === 0) writeFileSync(join(root, 'docs', 'runs-again.md'), page(rows, result));
}

function rowOf(name: string, text: string, { edit, path, steps }: HeldEdit, sum: Sum): string[] {
  const open = steps.filter(({ predicted }) => predicted === 'unknown');
  const differ = steps.filter(({ predicted, did }) => predicted !== 'unknown' && predicted !== did);
  sum.open += open.length;
  sum.differ += differ.length;
  sum.foretold += steps.length - open.length;
  const runs = steps.filter(({ step }) => step.run);
  const surely = countOf(runs, 'predicted', 'again');
  const most = countOf(runs, 'predicted', 'again', 'unknown');
  const wrong = differ.map(({ step, did }) => ` (line ${step.instruction.startLine}: ${did})`).join('');
  return [
    name,
    text,
    `${edit === '' ? '' : `${edit}: `}\`${path}\``,
    `${surely === most ? surely : `${surely} to ${most}`} of ${runs.length}`,
    `${countOf(runs, 'did', 'again')}`,
    `${steps.length - open.length - differ.length} of ${steps.length - open.length}${wrong}`,
    open.length === 0 ? '' : `${countOf(open, 'did', 'again')} of ${open.length}`,
  ];
}

function countOf(steps: readonly HeldStep[], what: 'predicted' | 'did', ...fates: readonly string[]): number {
  return steps.filter((one) => fates.includes(one[what])).length;
}

function page(rows: readonly (readonly string[])[], result: string): string {
  return `# Which RUNs run again

Of each Dockerfile that it changes dockopt tells, where they differ, which RUNs a build runs again after a source edit, after an edit of a manifest and after one of a file that is there for people alone: before the change and after it. That is derived from the steps and the context, nothing is built. \`--format json\` has all of it in \`runsAgain\`: for each edit the lines of the RUNs that run again, and of those for which another step decides.

It is derived by BuildKit's rules: a COPY, ADD or bind mount that brings the file, through the ignore file in force, is made again, and so is all below it in its stage and in stages built FROM that. A COPY or bind mount from another stage is made again where the content that it takes is another: where RUNs made that content again, only a build can tell, and the step and those below it are left open.

Not seen are links (in the context, and in the image where a COPY follows one), what ONBUILD of a base from elsewhere does, caches that were pruned or filled elsewhere, and named contexts.

## Held against the builder

\`npm run proof:runs-again\` builds each of these, edits one file (blanks at its end, others each time), builds again and compares step by step. \`before\` is the fixture as it is, \`after\` and \`safe\` are what it becomes. ${result} What the steps left open did is counted in the last column. A first step on \`scratch\` is not among them: the builder does not say whether it found it.

${markdownTable([heading, ...rows])}
`;
}
