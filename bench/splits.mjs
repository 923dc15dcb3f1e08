// What split-manifests does where source is copied before dependencies are installed: `npm run proof:splits -- DIR…`, each a git checkout or a folder
// of some. The places are found by other eyes than the code's own. The table goes to docs/splits.md, the sums to stdout.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildCode } from '../build.mjs';
import { namedCheckouts, reportOn } from './checkouts.mjs';
import { readLines } from './damage/read.mjs';
import { commandsOf } from './damage/shell.mjs';
import { stagesOf } from './damage/stages.mjs';

const id = 'split-manifests';
const root = join(import.meta.dirname, '..');

/** Commands that install what a project names, not packages that they name themselves. */
const installs = {
  npm: /^npm (?:-\S+ )*(?:ci|i|install|clean-install)(?: -(?!g\b|-global\b)\S+| \d?>\S*)*$/,
  yarn: /^yarn(?:pkg)?(?: install)?(?: -\S+)*$/,
  pnpm: /^pnpm (?:-\S+ )*(?:i|install|fetch|recursive install)(?: -(?!g\b|-global\b)\S+)*$/,
  bun: /^bun (?:i|install)(?: -(?!g\b|-global\b)\S+)*$/,
  pip: /^(?:python[\d.]* -m )?pip[\d.]* (?:-\S+ )*install\b.*(?: -r ?| --requirement[ =]| -e | \.(?: |\[|$|\/))/,
  uv: /^uv (?:sync|pip (?:install|sync)\b.*(?: -r ?| -e | \.))/,
  poetry: /^poetry install\b/,
  pipenv: /^pipenv (?:install|sync)(?: -\S+)*$/,
  go: /^go (?:mod download|build|install (?!.*@)|get(?: -\S+)*(?: \.\S*)?$)/,
  composer: /^(?:php )?\S*composer(?:\.phar)? (?:-\S+ )*(?:install|update)\b/,
  bundler: /^bundle(?: _\S+_)?(?: install)?(?: -\S+(?: \d+)?)*$/,
  dotnet: /^dotnet (?:restore|build|publish)\b/,
  mix: /^mix (?:do )?deps\.get\b/,
  maven: /^(?:\S*\/)?mvnw? .*\b(?:package|install|verify|compile|dependency:\S+)\b/,
};

const checkouts = namedCheckouts('proof:splits');

await buildCode();
const rows = checkouts.flatMap(rowsOf);
const sums = sumsOf(rows);
writeFileSync(join(root, 'docs/splits.md'), page(rows, sums));
console.log(sums.map((line) => line.join('  ')).join('\n'));

/** A row for each Dockerfile of a checkout that installs behind its source: `{ path, manager, level, refusal, because }`, the level undefined where it stays as it is. */
function rowsOf(checkout) {
  const repository = basename(checkout).replace('+', '/');
  return reportOn(checkout, id).files.flatMap(({ path, context, changes, judgement, declined }) => {
    const folder = join(checkout, context?.path ?? '.');
    const install = installBehindSource(readFileSync(join(checkout, path), 'utf8'), folder);
    if (install === undefined) return [];
    const level = changes.some((change) => change.id === id) ? 'safe' : judgement.some((change) => change.id === id) ? 'review' : undefined;
    const decline = declined.find((one) => one.id === id);
    return [{ path: `${repository}: ${path}`, ...install, level, refusal: decline?.refusal ?? 'no install is seen', because: decline?.because ?? '' }];
  });
}

/** The first install of the project that its stage runs behind a COPY of source: `{ manager, line }`. */
function installBehindSource(text, folder) {
  for (const { instructions } of stagesOf(readLines(text).instructions)) {
    const first = instructions.findIndex((instruction) => copiesSource(instruction, folder));
    if (first < 0) continue;
    // What is installed in front of the source already is split.
    const before = instructions.slice(0, first).flatMap(managersOf);
    for (const instruction of instructions.slice(first)) {
      const manager = managersOf(instruction).find((one) => !before.includes(one));
      if (manager !== undefined) return { manager, line: instruction.line };
    }
  }
  return undefined;
}

function managersOf({ keyword, body, heredocs }) {
  if (keyword !== 'RUN') return [];
  const words = body.startsWith('[') ? body.replace(/[[\]",]+/g, ' ') : [body, ...heredocs].join('\n');
  return commandsOf(words).flatMap((command) => managerOf(command) ?? []);
}

function managerOf(command) {
  const bare = command
    .trim()
    .replace(/^(?:(?:sudo|env|[A-Za-z_]\w*=\S*|\(|\{|if|then)\s+|\()+/, '')
    .replace(/^(?:\/\w+)+\/(?=\w)/, '')
    .replace(/\)$/, '')
    .trim();
  return Object.keys(installs).find((name) => installs[name].test(bare));
}

function copiesSource({ keyword, body, flags }, folder) {
  if ((keyword !== 'COPY' && keyword !== 'ADD') || flags.some((flag) => flag.startsWith('--from='))) return false;
  const words = body.startsWith('[')
    ? body
        .slice(1, -1)
        .split(',')
        .map((word) => word.trim().replace(/^"|"$/g, ''))
    : body.split(/\s+/);
  return words.slice(0, -1).some((source) => /^\.?\/?\*?$/.test(source) || statSync(join(folder, source), { throwIfNoEntry: false })?.isDirectory());
}

function sumsOf(all) {
  const share = (some) => `${String(some.length).padStart(4)}  ${((100 * some.length) / Math.max(1, all.length)).toFixed(0).padStart(3)} %`;
  const of = (level) => all.filter((row) => row.level === level);
  const refusals = new Map();
  for (const row of of(undefined)) refusals.set(row.refusal, [...(refusals.get(row.refusal) ?? []), row]);
  return [
    [share(all), 'Dockerfiles that copy source before they install'],
    [share(of('safe')), 'split at `safe`'],
    [share(of('review')), 'split at `review`'],
    [share(of(undefined)), 'left as they are'],
    ...[...refusals].toSorted((a, b) => b[1].length - a[1].length).map(([refusal, some]) => [share(some), `  ${refusal}`]),
  ];
}

function page(all, table) {
  const lines = all.map(({ path, manager, line, level, refusal, because }) =>
    [(level ?? 'left').padEnd(6), manager.padEnd(8), `${path}:${line}${level === undefined ? `  ${refusal}${because === '' ? '' : `: ${because}`}` : ''}`].join(
      '  ',
    ),
  );
  return [
    '# Where source is copied before dependencies are installed',
    '',
    'Every Dockerfile of the public repositories that were read which copies `.` or a folder before it installs what the project names, found by eyes that share nothing with `src/`, and what `split-manifests` makes of it. Written by `npm run proof:splits -- DIR`.',
    '',
    '```',
    ...table.map((line) => line.join('  ')),
    '```',
    '',
    'Level, manager, Dockerfile and line of the install, and why it stays as it is:',
    '',
    '```',
    ...lines,
    '```',
    '',
  ].join('\n');
}
