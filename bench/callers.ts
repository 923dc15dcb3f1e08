// What is written into the files that build Dockerfiles: `npm run proof:callers -- DIR…`, each a checkout or a bare repository, or a folder of some. Into every caller that they
// hold an argument's secret (where it gives an argument), a secret from the environment, a secret file and an agent are written, each into the file as it is. The result is read
// again by the reader and by a YAML library; lines that hold nothing of what was meant, and a patch whose reverse does not give the same bytes back, are faults. The table goes
// to docs/callers-written.md. A 1 where there was a fault.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { applyPatch, reversePatch, structuredPatch } from 'diff';
import { parseAllDocuments } from 'yaml';
import { differenceBetween } from '../src/batch/caller-differences.ts';
import { identified } from '../src/batch/identified-callers.ts';
import type { BuildInput } from '../src/build-input.ts';
import type { Caller } from '../src/callers/caller.ts';
import { joined, mayHoldCallers, readCallers, withText, type CallersRead } from '../src/callers/callers.ts';
import { gives } from '../src/callers/write.ts';
import { writeInput } from '../src/callers/writers.ts';
import { markdownTable } from './markdown-table.ts';

const proof = 'dockopt_proof';
const mayDiffer = /^(args|build|build-args|secrets|secret-files|secret-envs|ssh|env|with|run|script|secret)$|^(before_|after_)?script$/;
const folders = process.argv.slice(2).flatMap(repositoriesIn);
if (folders.length === 0) {
  console.error('usage: npm run proof:callers -- DIR…');
  process.exitCode = 2;
} else await main();

interface Tally {
  tried: number;
  edited: number;
  readonly told: Map<string, number>;
}

async function main(): Promise<void> {
  const tallies = new Map<string, Tally>();
  const faults: string[] = [];
  let files = 0;
  let holding = 0;
  for (const folder of folders) {
    const repository = textsOf(folder);
    files += repository.paths.filter(mayHoldCallers).length;
    const read = await readCallers(repository.paths, { text: (path) => repository.texts.get(path) });
    const { callers } = joined(read);
    holding += new Set(callers.map(({ file }) => file)).size;
    console.error(`${folder}: ${callers.length} callers`);
    const known = identified(callers);
    for (const [key, caller] of known) for (const input of inputsFor(caller)) tryOne({ read, known, key, caller, input, folder }, tallies, faults);
  }
  const text = page(tallies, faults, files, holding);
  writeFileSync(join(import.meta.dirname, '..', 'docs', 'callers-written.md'), text);
  console.log(text);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}

function repositoriesIn(given: string): string[] {
  const folder = resolve(given);
  if (existsSync(join(folder, '.git')) || existsSync(join(folder, 'HEAD'))) return [folder];
  const inside = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()) : [];
  return inside.flatMap(({ name }) => repositoriesIn(join(folder, name)));
}

/** All paths of the newest commit, and the texts of those that callers may stand in. */
function textsOf(folder: string): { readonly paths: readonly string[]; readonly texts: ReadonlyMap<string, string> } {
  const options = { cwd: folder, maxBuffer: 1 << 30 };
  const lines = execFileSync('git', ['ls-tree', '-r', '-z', '--long', 'HEAD'], options).toString().split('\0');
  const blobs = lines.flatMap((line) => {
    const [, mode = '', id = '', size = '', path = ''] = /^(\d+) blob (\S+) +(\d+)\t([^]*)$/.exec(line) ?? [];
    return path === '' || mode === '120000' || Number(size) > 1_000_000 ? [] : [{ path, id }];
  });
  const wanted = blobs.filter(({ path }) => mayHoldCallers(path) || /(^|\/)\.env$|(^|[/.])(docker|container)file/i.test(path));
  const bytes = execFileSync('git', ['cat-file', '--batch'], { ...options, input: wanted.map(({ id }) => `${id}\n`).join('') });
  const texts = new Map<string, string>();
  let at = 0;
  for (const { path } of wanted) {
    const line = bytes.indexOf(10, at);
    const size = Number(bytes.toString('latin1', at, line).split(' ')[2]);
    const text = bytes.toString('utf8', line + 1, line + 1 + size);
    if (!text.includes('\uFFFD') && !text.includes('\0')) texts.set(path, text);
    at = line + 1 + size + 1;
  }
  return { paths: blobs.map(({ path }) => path), texts };
}

function inputsFor({ declared }: Caller): readonly (readonly [string, BuildInput])[] {
  const [argument] = declared.args;
  const replacing: readonly (readonly [string, BuildInput])[] = argument
    ? [['in place of an argument', { kind: 'secret', id: proof, source: { environment: proof }, insteadOf: argument.name }]]
    : [];
  return [
    ...replacing,
    ['from the environment', { kind: 'secret', id: proof, source: { environment: proof } }],
    ['a file', { kind: 'secret', id: proof, source: { file: `${proof}.txt` } }],
    ['an agent', { kind: 'ssh', id: proof }],
  ];
}

interface Trial {
  readonly read: CallersRead;
  readonly known: ReadonlyMap<string, Caller>;
  readonly key: string;
  readonly caller: Caller;
  readonly input: readonly [string, BuildInput];
  readonly folder: string;
}

function tryOne({ read, known, key, caller, input: [what, input], folder }: Trial, tallies: Map<string, Tally>, faults: string[]): void {
  const group = `${caller.kind}\t${what}`;
  const tally = tallies.get(group) ?? { tried: 0, edited: 0, told: new Map<string, number>() };
  tallies.set(group, tally);
  tally.tried++;
  const told = (text: string): void => void tally.told.set(reasonIn(text), (tally.told.get(reasonIn(text)) ?? 0) + 1);
  const fault = (text: string): void => void faults.push(`${folder} ${caller.file}:${caller.line} ${caller.name}, ${what}: ${text}`);
  const text = read.files.text(caller.file);
  if (text === undefined) return told('This file cannot be written.');
  const written = writeInput(caller, input, text, caller);
  if ('told' in written) return told(written.told);
  const after = withText(read, caller.file, written.text);
  const now = identified(joined(after).callers);
  const wants = new Map([[dockerfileOf(caller), [input]]]);
  const wrong = differenceBetween(known, now, { key, input, wants, dockerfileOf });
  if (wrong !== undefined) {
    if (/shares it|more of this build|, too\.$/.test(wrong))
      return told(wrong.replace(/^.*, which/, 'Another service, which').replace(/^\S+ gives it .*, too/, 'Another file gives it the argument, too'));
    return fault(wrong);
  }
  tally.edited++;
  const edited = now.get(key);
  if (!edited || (!gives(edited, input) && !edited.declared.secrets.some(({ undefinedHere }) => undefinedHere))) fault('it is not given afterwards');
  const touched = touchedIn(text, written.text, input);
  if (touched !== undefined) fault(`a line is touched that was not meant: ${touched}`);
  if (/\.ya?ml$/.test(caller.file)) {
    const other = otherIn(text, written.text, input);
    if (other !== undefined) fault(`a value differs at ${other}`);
  }
}

/** As far as it is known, without looking for it. */
function dockerfileOf({ dockerfile }: Caller): string {
  return dockerfile.is === 'here' ? dockerfile.path : dockerfile.what;
}

function reasonIn(text: string): string {
  const reason = text
    .replace(/ ?\b(?:Add|Set) [^]*$/, '')
    .replace(/comes from .*$/, 'comes from another file.')
    .replace(/^[A-Za-z_]\w* (?=is a variable|may be set)/, 'It ');
  return reason === '' ? 'It is only told in this format.' : reason;
}

/** A line that is gone or new and holds nothing of what was meant, or a patch whose reverse gives other bytes. */
function touchedIn(before: string, after: string, { insteadOf }: BuildInput): string | undefined {
  const patch = structuredPatch('a', 'b', before, after, undefined, undefined, { context: 3 });
  const back = applyPatch(after, reversePatch(patch), { autoConvertLineEndings: false });
  if (back !== before) return 'the reverse patch does not give it back';
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  const gone = lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1));
  const come = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
  const meant =
    /\b(args|build-args|buildArgs|build|bud|b|context|secrets?|ssh|secret-files|target|uses|services|with|docker|podman|buildah|nerdctl)\b|^[\s\]}),]*$/;
  for (const [i, line] of gone.entries())
    if (
      !meant.test(line) &&
      !isAbove(gone, i, insteadOf) &&
      !(insteadOf !== undefined && line.includes(insteadOf)) &&
      !come.some((one) => one.startsWith(line.trimEnd()))
    )
      return line;
  for (const line of come) {
    const isKnown = line.includes(proof) || /^\s*"?(secrets?|ssh|env|environment|with|context|secret-files|build)"?\s*[:=]/.test(line) || /^\s*$/.test(line);
    if (!isKnown && !gone.some((one) => one.includes(line.trim()) || line.includes(one.trim()))) return line;
  }
  return mixes(after) === mixes(before) ? undefined : 'line ends';
}

/** A comment above an argument, and gone with it. */
function isAbove(lines: readonly string[], index: number, argument: string | undefined): boolean {
  const below = lines.slice(index).find((line) => !/^\s*#/.test(line));
  return argument !== undefined && /^\s*#/.test(lines[index] ?? '') && below?.includes(argument) === true;
}

/** Which line ends a text has, and whether it ends with one. */
function mixes(text: string): string {
  return `${/\r\n/.test(text)} ${/(^|[^\r])\n/.test(text)} ${text.endsWith('\n')}`;
}

/** Where two YAML texts differ, beside the keys that an edit may touch. */
function otherIn(before: string, after: string, input: BuildInput): string | undefined {
  const [one, other] = [before, after].map((text) =>
    parseAllDocuments(text, { uniqueKeys: false, strict: false, logLevel: 'silent', merge: true }).map((document) => plain(document)),
  );
  return difference(one, other, '', input);
}

function plain(document: unknown): unknown {
  return typeof document === 'object' && document !== null && 'toJS' in document && typeof document.toJS === 'function'
    ? document.toJS({ maxAliasCount: -1 })
    : undefined;
}

function difference(one: unknown, other: unknown, path: string, input: BuildInput): string | undefined {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    if (one === other) return undefined;
    const isCommand =
      typeof one === 'string' && typeof other === 'string' && (other.includes(proof) || (input.insteadOf !== undefined && one.includes(input.insteadOf)));
    return isCommand ? undefined : path;
  }
  const [first, second] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  for (const key of new Set([...first.keys(), ...second.keys()])) {
    const isMeant = mayDiffer.test(key) && path.split('/').every((name) => name !== 'environment');
    if (first.has(key) !== second.has(key)) {
      if (isMeant || key === proof || /\/(secrets|ssh|args|env|with|build)(\/|$)/.test(path) || key === input.insteadOf) continue;
      return `${path}/${key}`;
    }
    if (isMeant && (typeof first.get(key) !== 'object' || typeof second.get(key) !== 'object')) continue;
    if (/\/(secrets|args|ssh)$/.test(`${path}/${key}`) && Array.isArray(first.get(key))) continue;
    const found = difference(first.get(key), second.get(key), `${path}/${key}`, input);
    if (found !== undefined) return found;
  }
  return undefined;
}

function page(tallies: ReadonlyMap<string, Tally>, faults: readonly string[], files: number, holding: number): string {
  const groups = [...tallies].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const rows = groups.map(([group, { tried, edited }]) => [...group.split('\t'), String(tried), String(edited), String(tried - edited)]);
  const reasons = new Map<string, number>();
  for (const [group, { told }] of groups) {
    const [kind = ''] = group.split('\t');
    for (const [reason, count] of told) reasons.set(`${kind}\t${reason}`, (reasons.get(`${kind}\t${reason}`) ?? 0) + count);
  }
  const why = [...reasons].toSorted(([, a], [, b]) => b - a).map(([reason, count]) => [...reason.split('\t'), String(count)]);
  const sum = (of: (tally: Tally) => number): string => String(groups.reduce((total, [, tally]) => total + of(tally), 0));
  return `# What is written into the files that build Dockerfiles

${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, Node ${process.versions.node}: ${files} files of ${folders.length} public repositories in which builds may stand, ${holding} of which hold some. Into each build four things were written, each into the file as it is: a secret in place of its first argument, where it gives one, a secret from the environment, a secret file, and an agent. Each result was read again. Builds that differ in more than what was meant, lines that were touched and not meant, values that a YAML library reads otherwise, and patches whose reverse does not give the same bytes back: ${faults.length}.

${markdownTable([['caller', 'what is written', 'tried', 'written', 'told'], ...rows, ['all', '', sum(({ tried }) => tried), sum(({ edited }) => edited), sum(({ tried, edited }) => tried - edited)]])}

Why it was told in place of being written:

${markdownTable([['caller', 'reason', 'times'], ...why])}

Written by \`npm run proof:callers -- DIR…\`.
`;
}
