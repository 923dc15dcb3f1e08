import { posix } from 'node:path';
import { isManifest } from '../ecosystems/index.ts';
import type { TypicalEdit } from '../outcome.ts';
import type { Facts } from './facts.ts';
import { allInstalls } from './project-installs.ts';
import { isRead } from './runs-again.ts';

/**
 * The edits that people make between two builds, each with a file that stands for them: of those that the build reads, as its Dockerfile is. An edit of
 * which there is no such file is left out. The same files give the same answer.
 */
export function typicalEdits(facts: Facts): TypicalEdit[] {
  const read = isRead(facts);
  const needed = new Set(allInstalls(facts).flatMap((install) => [...install.needed.values()].map(({ source }) => source)));
  const others = facts.context.below('').filter((path) => !needed.has(path) && !isManifest(path) && read(path));
  const of = (edit: TypicalEdit['edit'], paths: readonly string[]): TypicalEdit[] => {
    const path = paths.find((one) => facts.context.text(one) !== undefined);
    return path === undefined ? [] : [{ edit, path }];
  };
  return [...of('source', sources(facts, others)), ...of('manifest', [...needed].filter(read)), ...of('unneeded', unneeded(facts, others))];
}

/** In which programs are written. */
const languages = new Set(
  (
    'c cc clj cpp cs css cxx dart erl ex exs fs go groovy h hpp hs html java jl js jsx kt lua mjs cjs ml mts cts php pl pm py r rb rs scala sh svelte swift ' +
    'ts tsx vb vue zig'
  ).split(' '),
);

/** What is written once, or tries the program out. */
const beside =
  /(^|\/)(\.[^/]+|(__)?(tests?|specs?|e2e|fixtures|examples?|docs?|scripts|migrations)(__)?)\/|(^|\/)(test_|conftest)|[._-](test|spec)s?\.|\.(config|d)\.\w+$/i;

const entries = new Set(['main', 'index', 'app', 'server', 'program', 'application', 'manage', 'lib']);

/** Files of the program, most likely first: what the image starts, then what is called as entries are, then the language of most of them, then what lies highest. */
function sources(facts: Facts, paths: readonly string[]): string[] {
  const found = paths.filter((path) => languages.has(posix.extname(path).slice(1)) && !beside.test(path));
  const often = new Map<string, number>();
  for (const path of found) often.set(posix.extname(path), (often.get(posix.extname(path)) ?? 0) + 1);
  const started = startedBy(facts);
  const rank = (path: string): number[] => {
    const stem = posix.basename(path, posix.extname(path)).toLowerCase();
    return [started.lastIndexOf(stem), entries.has(stem) ? 1 : 0, often.get(posix.extname(path)) ?? 0, -path.split('/').length];
  };
  return ranked(found, rank);
}

/** Words of what the image starts, of which one may be the name of a file: `node dist/server.js`, `uvicorn app.main:app`. */
function startedBy({ stages }: Facts): string[] {
  const commands = stages
    .filter(({ shipped }) => shipped)
    .flatMap(({ steps }) => steps.filter(({ instruction }) => /^(CMD|ENTRYPOINT)$/.test(instruction.keyword)));
  return commands.flatMap(({ instruction }) => instruction.argument.text.toLowerCase().match(/\w+/g) ?? []);
}

const documents = /^(readme|changelog|changes|history|contributing|code_of_conduct|security|authors|license|licence|copying)\b/i;

/** Texts for people alone, that no COPY names. */
function unneeded(facts: Facts, paths: readonly string[]): string[] {
  const named = new Set(facts.steps.flatMap(({ copy }) => copy?.sources.map((source) => posix.basename(source)) ?? []));
  const found = paths.filter((path) => documents.test(posix.basename(path)) && !named.has(posix.basename(path)));
  return ranked(found, (path) => [-path.split('/').length, /^readme/i.test(posix.basename(path)) ? 1 : 0]);
}

/** The greatest rank first, compared number by number; of equals the first by name. */
function ranked(paths: readonly string[], rank: (path: string) => readonly number[]): string[] {
  const all = paths.map((path) => ({ path, rank: rank(path) }));
  all.sort((a, b) => {
    const at = a.rank.findIndex((one, i) => one !== b.rank[i]);
    return at < 0 ? (a.path < b.path ? -1 : 1) : (b.rank[at] ?? 0) - (a.rank[at] ?? 0);
  });
  return all.map(({ path }) => path);
}
