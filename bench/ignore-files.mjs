// The ignore files that generate-dockerignore makes, held against git's own list of files: `npm run proof:ignore-files -- DIR…`, each a git checkout
// or a folder of some. Where contexts are copied whole, and what lines hide, is told by other eyes than the code's own. The table goes to
// docs/ignore-files.md, the sums to stdout; exit code 1 where a line hides what it must not.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { buildCode } from '../build.mjs';
import { namedCheckouts, reportOn } from './checkouts.mjs';
import { readLines } from './damage/read.mjs';

const id = 'generate-dockerignore';
const root = join(import.meta.dirname, '..');

const checkouts = namedCheckouts('proof:ignore-files');

await buildCode();
const rows = [];
const faults = [];
for (const checkout of checkouts) {
  const found = judged(checkout);
  rows.push(...found.rows);
  faults.push(...found.faults);
}
const sums = sumsOf(rows, faults);
writeFileSync(join(root, 'docs/ignore-files.md'), page(rows, sums));
console.log([...sums.map((line) => line.join('  ')), ...faults].join('\n'));
process.exitCode = faults.length > 0 ? 1 : 0;

/** Rows for the contexts of a checkout that are copied whole and have no ignore file: `{ name, safe, review, because }`; and what is wrong with any ignore file. */
function judged(checkout) {
  const repository = basename(checkout).replace('+', '/');
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: checkout, encoding: 'utf8', maxBuffer: 1 << 30 }).split('\0');
  const report = reportOn(checkout, id, '--level', 'review');
  const byContext = new Map();
  for (const file of report.files) {
    if (file.notUnderstood !== undefined || file.error !== undefined) continue;
    const { instructions } = readLines(readFileSync(join(checkout, file.path), 'utf8'));
    for (const { path } of file.contexts) byContext.set(path, [...(byContext.get(path) ?? []), { ...file, sources: instructions.flatMap(sourcesOf) }]);
  }
  const found = { rows: [], faults: [] };
  for (const [context, files] of byContext) {
    const prefix = context === '.' ? '' : `${context}/`;
    const own = tracked.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
    const lines = linesFor(context, files, report.ignoreFiles);
    for (const fault of faultsOf(lines, own, files, prefix)) found.faults.push(`${repository}: ${context}: ${fault}`);
    const whole = files.filter(({ sources }) => sources.some((source) => source === '.'));
    if (whole.length === 0 || hasIgnoreFile(checkout, context, whole)) continue;
    const declined = whole.flatMap((file) => file.declined).filter((one) => one.id === id);
    const of = (level) => lines.filter((line) => line.level === level).length;
    found.rows.push({ name: `${repository}: ${context}`, safe: of('safe'), review: of('review'), because: declined[0]?.because ?? '' });
  }
  return found;
}

/** What COPY, ADD and bind mounts take of the context, `./` and `/` taken off. */
function sourcesOf({ keyword, body, flags, heredocs }) {
  const words = { COPY: copySources, ADD: copySources, RUN: mountSources }[keyword]?.({ body, flags }) ?? [];
  const inline = heredocs.length > 0;
  return words.filter((word) => !/^<<|:\/\/|^git@|\$/.test(word) || !inline).map((word) => posix.normalize(`./${word}`).replace(/\/$/, ''));
}

function copySources({ body, flags }) {
  if (flags.some((flag) => flag.startsWith('--from='))) return [];
  const words = body.startsWith('[')
    ? body
        .slice(1, -1)
        .split(',')
        .map((word) => word.trim().replace(/^"|"$/g, ''))
    : body.split(/\s+/);
  return words.slice(0, -1);
}

function mountSources({ flags }) {
  return flags
    .filter((flag) => /^--mount=.*\btype=bind\b/.test(flag) && !/\bfrom=/.test(flag))
    .map((flag) => /\b(?:source|src)=([^,\s]+)/.exec(flag)?.[1] ?? '.');
}

function hasIgnoreFile(checkout, context, files) {
  return existsSync(join(checkout, context, '.dockerignore')) || files.every(({ path }) => existsSync(join(checkout, `${path}.dockerignore`)));
}

/** Lines that are added for a context: `{ pattern, level }`. */
function linesFor(context, files, ignoreFiles) {
  const levels = new Map();
  for (const { changes } of files)
    for (const { level, ignores } of changes) for (const { pattern } of ignores) if (levels.get(pattern) !== 'safe') levels.set(pattern, level);
  const added = ignoreFiles.filter((file) => file.context === context).flatMap((file) => file.added.map(({ pattern }) => pattern));
  return [...new Set(added)].map((pattern) => ({ pattern, level: levels.get(pattern) ?? 'review' }));
}

function* faultsOf(lines, tracked, files, prefix) {
  const back = lines.filter(({ pattern }) => pattern.startsWith('!')).map(({ pattern }) => regularExpression(pattern.slice(1)));
  const ofDocker = new Set(files.flatMap(({ path }) => [path, `${path}.dockerignore`, `${prefix}.dockerignore`]));
  for (const { pattern, level } of lines) {
    if (pattern.startsWith('!')) continue;
    const hides = regularExpression(pattern);
    const hidden = tracked.filter((path) => path !== '' && hides.test(path) && !back.some((one) => one.test(path)));
    for (const { path, sources } of files)
      for (const source of sources) if (hides.test(source) && source !== '.') yield `${pattern} (${level}) hides ${source}, which ${path} names`;
    const other = level === 'safe' && hidden.find((path) => !ofDocker.has(prefix + path));
    if (other) yield `${pattern} (safe) hides ${other}, which git tracks`;
  }
}

/** What a line of an ignore file hides, after Docker's documentation: `**` is any number of folders, `*` and `?` stay in one, what it names goes with all below. */
function regularExpression(pattern) {
  const parts = pattern.replace(/^\/|\/$/g, '').split(/(\*\*\/|\*\*|\*|\?|\[[^\]]*\])/);
  const written = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
  const text = parts.map((part) => written[part] ?? (part.startsWith('[') ? part : part.replace(/[.+^${}()|\\]/g, '\\$&')));
  return new RegExp(`^${text.join('')}(?:/.*)?$`);
}

function sumsOf(all, wrong) {
  const share = (some) => `${String(some.length).padStart(4)}  ${((100 * some.length) / Math.max(1, all.length)).toFixed(0).padStart(3)} %`;
  return [
    [share(all), 'contexts that a Dockerfile copies whole, without an ignore file'],
    [share(all.filter(({ safe }) => safe > 0)), 'get one at `safe`'],
    [share(all.filter(({ safe, review }) => safe === 0 && review > 0)), 'get one at `review` only'],
    [share(all.filter(({ safe, review }) => safe + review === 0)), 'get none'],
    [`${String(wrong.length).padStart(4)}       `, 'lines that hide what a Dockerfile names or, at `safe`, what git tracks'],
  ];
}

function page(all, table) {
  const lines = all.map(({ name, safe, review, because }) =>
    [String(safe).padStart(4), String(review).padStart(6), `${name}${safe + review === 0 ? `  ${because || 'nothing to hide is seen'}` : ''}`].join('  '),
  );
  return [
    '# Contexts that are copied whole, and had no ignore file',
    '',
    'Every build context of the public repositories that were read which a Dockerfile copies whole and which has no ignore file, and what `generate-dockerignore` makes of it. Each line is held against what git tracks by eyes that share nothing with `src/`. Written by `npm run proof:ignore-files -- DIR`.',
    '',
    '```',
    ...table.map((line) => line.join('  ')),
    '```',
    '',
    'Lines at `safe`, further ones at `review`, context, and why there is none:',
    '',
    '```',
    ...lines,
    '```',
    '',
  ].join('\n');
}
