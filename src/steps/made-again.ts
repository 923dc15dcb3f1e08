import { posix } from 'node:path';
import { otherArtefacts } from '../ecosystems/artefacts.ts';
import { isObstacle, type ClosureRead, type ProjectFiles } from '../ecosystems/closure.ts';
import type { Artefact } from '../ecosystems/ecosystem.ts';
import { ecosystems } from '../ecosystems/index.ts';
import { builders } from '../ecosystems/javascript/builders.ts';
import { programWithin } from '../ecosystems/javascript/calls.ts';
import { once } from '../once.ts';
import type { ContextSource } from './context-sources.ts';
import type { CommandFacts, Facts, RunFacts, StageFacts, Step } from './facts.ts';
import { filesBefore, projectFiles } from './image-files.ts';
import { commandsWithin } from './package-scripts.ts';
import { isBelow } from './paths.ts';
import { closureRead, readsProject } from './project-installs.ts';

/** What commands of a stage make anew, as absolute paths of the image. */
interface Made {
  readonly path: string;
  /** The ecosystem always makes it under this name, and the name may mean nothing else wherever it lies. */
  readonly artefact: 'here' | 'anywhere' | undefined;
}

/** Stands for a working directory that the base decides: it is the same wherever nothing changes it. */
const unknownFolder = '/?';

/** The steps on whose files a source arrives make again what the line of an ignore file keeps away. */
export function isMadeAgain(facts: Facts, source: ContextSource, pattern: string): boolean {
  const to = source.to ?? unknownFolder;
  const made = facts.stages.filter((one) => isRelated(one, source.step.stage)).flatMap((one) => madeIn(facts, one));
  if (pattern.startsWith('**/')) {
    const name = pattern.slice(3);
    return made.some(({ path }) => path.endsWith(`/${name}`) && isBelow(path, to));
  }
  const place = posix.join(to, posix.relative(folderOf(source), pattern));
  return made.some(({ path }) => isBelow(place, path) && path !== to);
}

/** Lines for what the ecosystems' own commands make in the folders that a source brings, under the name that it always has. */
export function artefactsMade(facts: Facts, source: ContextSource): string[] {
  const to = source.to ?? unknownFolder;
  const folder = folderOf(source);
  const made = facts.stages.filter((one) => isRelated(one, source.step.stage)).flatMap((one) => madeIn(facts, one));
  const found = made.flatMap(({ path, artefact }) => {
    if (artefact === undefined || !isBelow(path, to) || path === to) return [];
    return artefact === 'anywhere' ? [`**/${posix.basename(path)}`] : [posix.join(folder, posix.relative(to, path))];
  });
  return [...new Set(found)].map((pattern) => ofEach(facts, pattern, found));
}

/** What several projects make under one name that no folder of the context has is meant wherever it lies. */
function ofEach({ context }: Facts, pattern: string, all: readonly string[]): string {
  const name = posix.basename(pattern);
  const several = all.some((other) => other !== pattern && posix.basename(other) === name);
  return several && manifestOf(name) !== undefined && !context.below('').some((path) => path.split('/').includes(name)) ? `**/${name}` : pattern;
}

/** The folder of the context from which a source brings. */
function folderOf({ path }: ContextSource): string {
  return path.replace(/(^|\/)\*$/, '') || '.';
}

/** One of two stages is built FROM the other, or they are the same. */
function isRelated(one: StageFacts, other: StageFacts): boolean {
  return isBuiltFrom(one, other) || isBuiltFrom(other, one);
}

function isBuiltFrom(stage: StageFacts, parent: StageFacts): boolean {
  for (let one: StageFacts | undefined = stage; one; one = one.parent) if (one === parent) return true;
  return false;
}

const madeBy = once((facts: Facts) => once((stage: StageFacts): readonly Made[] => stage.steps.flatMap((step) => madeByStep(facts, step))));

function madeIn(facts: Facts, stage: StageFacts): readonly Made[] {
  return madeBy(facts)(stage);
}

function madeByStep(facts: Facts, step: Step): Made[] {
  const { copy, run } = step;
  if (copy?.from !== undefined && copy.path !== undefined) {
    const { path } = copy;
    // What a folder holds that is copied into another one is not known.
    return copy.sources.some((source) => path !== '/' && posix.basename(source) === posix.basename(path))
      ? [{ path, artefact: isClear(posix.basename(path)) ? 'anywhere' : undefined }]
      : [];
  }
  return run ? commandsWithin(facts, step, isCertain).flatMap((command) => madeByCommand(facts, step, command)) : [];
}

/** The RUN comes to its end only where this command was run. */
function isCertain({ script }: RunFacts, { command }: CommandFacts): boolean {
  if (!script) return !command.nested;
  const at = script.items.findIndex((item) => item.start <= command.start && command.end <= item.end);
  const before = script.items.slice(0, at + 1);
  return (
    !command.nested &&
    before.every(({ connector, pipeline }, i) => connector !== '||' && (i === at || !/^(test|\[|\[\[)$/.test(pipeline[0]?.words[0]?.value ?? '')))
  );
}

function madeByCommand(facts: Facts, step: Step, command: CommandFacts): Made[] {
  const folder = command.workdir ?? unknownFolder;
  const files = projectFiles(facts, filesBefore(step, facts), folder);
  const words = command.arguments.map(({ value, text }) => value ?? text);
  const read = command.workdir === undefined ? command.use?.closure?.(files) : closureRead(command, facts, step);
  const projects = (command.call && command.ecosystem?.projectsBuilt?.(command.call, files)) ?? [projectFolder(command)];
  const found = artefactsOf(command, words, read).flatMap(({ name, anywhere }) =>
    projects.map((project): Made => ({ path: posix.join(folder, project, name), artefact: anywhere ? 'anywhere' : 'here' })),
  );
  const redirected = command.command.redirections.filter(({ operator }) => operator === '>').flatMap(({ target }) => target?.value ?? []);
  const fetched = command.kind === 'fetch' ? command.writes : [];
  const built = builtBy(files, command.program ?? '', words);
  return [
    ...found,
    ...[...redirected, ...fetched, ...built, ...outputsOf(command, read, files)].map((path) => ({
      path: posix.resolve(folder, path),
      artefact: undefined,
    })),
  ];
}

/** What an install of the project writes, or one of its fetch where what else it does is not told. */
function outputsOf({ use, fetch }: CommandFacts, own: ClosureRead | undefined, files: ProjectFiles): readonly string[] {
  if (use?.fetches === true) return [];
  const read = own && !isObstacle(own) ? own : fetch?.closure(files);
  return read && !isObstacle(read) ? read.outputs.filter((output) => !read.settings?.includes(output)) : [];
}

function artefactsOf({ program = '', use, fetch, ecosystem }: CommandFacts, words: readonly string[], read: ClosureRead | undefined): Artefact[] {
  const known = ecosystem?.artefacts ?? otherArtefacts.find(({ programs }) => programs.includes(program))?.artefacts ?? [];
  const called = words.filter((word) => !word.startsWith('-')).join(' ');
  // An install outside of any project makes nothing in it.
  const installs = use?.fetches !== true && (read ? readsProject(read) : fetch !== undefined);
  return known.filter(({ by }) => (by === 'install' ? installs : by.test(called)));
}

/** The folder of the project, where an option says that it is another one than the working directory. */
function projectFolder({ use }: CommandFacts): string {
  const manifest = use?.reads?.find((path) => posix.basename(path) === 'package.json');
  return manifest === undefined ? '.' : posix.dirname(manifest);
}

/** Where a program of an npm package writes, from the folder that it runs in. */
function builtBy(files: ProjectFiles, program: string, words: readonly string[]): readonly string[] {
  const [name = '', ...rest] = programWithin([program, ...words]);
  if (name === 'tsc') return compiled(files, rest);
  const builder = Object.hasOwn(builders, name) ? builders[name] : undefined;
  if (!builder || (builder.word && !rest.some((word) => builder.word?.test(word)))) return [];
  const { config, option = [] } = builder;
  if (option.some((one) => rest.some((word) => word === one || word.startsWith(`${one}=`)))) return [];
  const moved = config && files.below('.').some((path) => config.name.test(path) && config.key.test(files.text(path) ?? ''));
  return moved ? [] : builder.writes;
}

/** `outDir` of the project that `tsc` compiles. */
function compiled(files: ProjectFiles, words: readonly string[]): string[] {
  const given = words.indexOf('--outDir');
  if (given >= 0) return words.slice(given + 1, given + 2);
  const option = words.findIndex((word) => word === '-p' || word === '--project');
  const named = option < 0 ? 'tsconfig.json' : (words[option + 1] ?? '');
  const path = named.endsWith('.json') ? named : posix.join(named, 'tsconfig.json');
  if (words.includes('--noEmit')) return [];
  const text = (files.text(path) ?? '').replaceAll(/^\s*\/\/.*$/gm, '');
  const folder = /"outDir"\s*:\s*"([^"]+)"/.exec(text)?.[1];
  return folder === undefined || /"noEmit"\s*:\s*true/.test(text) ? [] : [posix.join(posix.dirname(path), folder)];
}

/** The name of something that is made, and means nothing else wherever it lies. */
export function isClear(name: string): boolean {
  return ecosystems.some(({ artefacts = [] }) => artefacts.some((one) => one.anywhere && one.name === name));
}

/** A pattern of file names by which the projects are known whose commands make this; undefined where none is. */
export function manifestOf(name: string): string | undefined {
  const own = ecosystems.find(({ artefacts = [] }) => artefacts.some((one) => one.name === name && one.each));
  return own?.manifests[0] ?? otherArtefacts.find(({ artefacts }) => artefacts.some((one) => one.name === name && one.each))?.manifest;
}
