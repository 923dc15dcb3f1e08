// What `docker build --check` finds in Dockerfiles before and after dockopt: `npm run proof:checks -- DIR [COUNT [SEED]]`. Of all files below DIR, COUNT
// (300) are drawn by SEED (1) whose bases the engine has. The table goes to docs/checks.md. A 1 where a finding was added.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildChecks, hasBases, testEngine, without } from '../test/docker/engine.ts';
import { drawn } from './corpus/draw.ts';
import { readInputs } from './corpus/inputs.ts';
import { measure, workingTree, type Input } from './corpus/measure.ts';
import { markdownTable } from './markdown-table.ts';
import { machine } from './machine.ts';

interface Checked extends Input {
  readonly after: string;
  readonly found: readonly string[];
  readonly left: readonly string[];
  /** Ids of the transforms that held back, once for each place. */
  readonly declined: readonly string[];
}

const [, , folder, count = '300', seed = '1'] = process.argv;
const names = new Intl.Collator('en');

if (folder === undefined) {
  console.error('usage: npm run proof:checks -- DIR [COUNT [SEED]]');
  process.exitCode = 2;
} else if (await testEngine()) await main(folder);
else process.exitCode = 3;

async function main(place: string): Promise<void> {
  const { inputs } = readInputs(place);
  const some = await withBases(inputs);
  const checked = await checkedAll(some);
  let added = 0;
  for (const { name, found, left } of checked) {
    const more = without(left, found);
    added += more.length;
    for (const finding of more) console.error(`${name}: added: ${finding}`);
    for (const finding of found) if (finding.startsWith('ERROR')) console.error(`${name}: before: ${finding}`);
  }
  const text = await page(checked, inputs.length, added);
  writeFileSync(join(import.meta.dirname, '..', 'docs', 'checks.md'), text);
  console.log(text);
  if (added > 0) process.exitCode = 1;
}

async function withBases(inputs: readonly Input[]): Promise<Input[]> {
  const some: Input[] = [];
  for (const input of drawn(Number(seed), inputs)) {
    if (some.length === Number(count)) break;
    if (await hasBases(input.text)) some.push(input);
  }
  return some;
}

async function checkedAll(some: readonly Input[]): Promise<Checked[]> {
  const context = mkdtempSync(join(tmpdir(), 'dockopt-checks-'));
  try {
    const results = some.map((input) => {
      const measured = measure(workingTree, input, 'review');
      if ('crash' in measured) throw new Error(`${input.name}: ${measured.crash}`);
      return { after: measured.result.text, declined: measured.result.declined.map(({ id }) => id) };
    });
    const found = await buildChecks(some.map(({ text }) => ({ text, context })));
    const left = await buildChecks(results.map(({ after }) => ({ text: after, context })));
    return some.flatMap((input, index) => {
      const result = results[index];
      return result ? [{ ...input, ...result, found: found[index] ?? [], left: left[index] ?? [] }] : [];
    });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

async function page(checked: readonly Checked[], from: number, added: number): Promise<string> {
  const changed = checked.filter(({ text, after }) => text !== after);
  const found = checked.flatMap((one) => one.found.map(kindOf));
  const rows = [...new Set(found)].toSorted(names.compare).map((kind) => [kind, ...cells(checked, (one) => one === kind)]);
  return `# What the builder's own checks say, before and after

${await machine()}: ${checked.length} Dockerfiles, drawn by seed ${seed} from the ${from} distinct ones of public repositories whose bases the engine has, without their build contexts. \`docker build --check\` was asked of each as it is and as dockopt makes it at level \`review\`, which changes ${changed.length} of them. Findings that were not there before: ${added}. Files in which something was found: ${checked.filter((one) => one.found.length > 0).length} before, ${checked.filter((one) => one.left.length > 0).length} after.

${markdownTable([['check', 'before', 'after', 'gone', 'told why'], ...rows, ['all', ...cells(checked, () => true)]])}

Written by \`npm run proof:checks -- DIR\`. Of what stays no transform is named (\`SecretsUsedInArgOrEnv\`, \`UndefinedVar\`, \`ExposeInvalidFormat\`, \`FromPlatformFlagConstDisallowed\` and \`ReservedStageName\` need a decision of the author), or the one that is says why it holds back: that is the last column.
`;
}

/** Findings before, after, gone, and of those left as many as a transform named as the check declined in the same file. */
function cells(checked: readonly Checked[], wanted: (kind: string) => boolean): string[] {
  let [before, after, told] = [0, 0, 0];
  for (const { found, left, declined } of checked) {
    before += found.map(kindOf).filter(wanted).length;
    const stays = left.map(kindOf).filter(wanted);
    after += stays.length;
    told +=
      stays.length -
      without(
        stays,
        declined.map((id) => stays.find((one) => one.toLowerCase() === id.replaceAll('-', '')) ?? ''),
      ).length;
  }
  return [before, after, before - after, told].map(String);
}

function kindOf(finding: string): string {
  return finding.startsWith('ERROR') ? 'no build: an error' : finding;
}
