import { posix } from 'node:path';
import { foldersFor, isArchived, packageFor, type RunTimeTwin } from '../bases/run-time.ts';
import { nativePackages, runTimeNeeds } from '../ecosystems/run-time-needs.ts';
import { isAtLeast } from '../ecosystems/wheels.ts';
import { once } from '../once.ts';
import type { ContextFiles } from '../workspace/workspace.ts';
import { namesInstalled } from './build-packages.ts';
import type { CommandFacts, Facts, StageFacts, Step } from './facts.ts';
import { languagePackages } from './language-packages.ts';
import { commandsWithin } from './package-scripts.ts';
import { programFiles } from './program-files.ts';
import { scriptStep } from './script-step.ts';
import { startOf } from './start.ts';
import { runScript, startScripts, type ScriptRead } from './scripts.ts';
import { fileNeedingJdk, startedBy, startsPrograms } from './started-programs.ts';

/** Steps that are to run on, or to be the configuration of, the twin of a base image. */
export interface OnTwin {
  readonly facts: Facts;
  /** The stage to which the steps belong, as it stands. */
  readonly stage: StageFacts;
  readonly steps: readonly Step[];
  readonly twin: RunTimeTwin;
  /** No file of the project runs there. */
  readonly isServed?: boolean;
  /** Where a build of this file puts what the image starts, absolute: it is no script. */
  readonly made?: readonly string[];
  /** Its start is written anew, without a shell. */
  readonly restarts?: boolean;
  /** A stage on the fat image stands before it, which can give folders. */
  readonly afterBuild?: boolean;
}

/** Something that the twin has not, and what needs it. */
export interface LostUse {
  readonly lost: string;
  /** For sentences: `` `curl` in line 7 ``, `server.js`. */
  readonly by: string;
  /** The package of the distribution that brings it. */
  readonly package: string | undefined;
  /** Absolute folders that a stage on the fat image can give, where no package can be had. */
  readonly folders: readonly string[] | undefined;
}

/** All that is needed and lost, each thing once, what the steps install by its name left out. */
export function lostUses(on: OnTwin): readonly LostUse[] {
  const { stage, steps, twin } = on;
  const lost = new Set(twin.loses);
  const installs = stage.base.family === 'debian' && !twin.foreign && !isArchived(twin.image);
  const installed = new Set(namesInstalled(steps));
  const found = new Map<string, LostUse>();
  for (const [thing, by] of needs(on)) {
    const brought = stage.base.family === 'debian' ? packageFor(thing) : undefined;
    const isThere = twin.holds && programs.test(thing) ? Object.hasOwn(twin.holds, thing) : !lost.has(thing);
    if (isThere || found.has(thing) || (brought !== undefined && installed.has(brought))) continue;
    const given = on.afterBuild && stage.base.family === 'debian' && !twin.foreign && !installs ? foldersFor(thing) : undefined;
    found.set(thing, { lost: thing, by, package: installs ? brought : undefined, folders: given });
  }
  return [...found.values()];
}

function* needs(on: OnTwin): Iterable<readonly [thing: string, by: string]> {
  const { facts, stage, steps, twin, isServed = false, restarts } = on;
  for (const step of steps) {
    const at = ` in line ${step.instruction.startLine}`;
    if (needsShell(step) && !(restarts && step.instruction.keyword !== 'HEALTHCHECK')) yield ['a shell', `line ${step.instruction.startLine}`];
    for (const command of step.run ? commandsWithin(facts, step) : []) yield* ofCommand(command, at);
    for (const { path, step: read } of step.run ? runScript(facts, step) : [])
      for (const command of read?.run?.commands ?? []) yield* ofCommand(command, ` in ${path}`);
    if (step.instruction.keyword === 'HEALTHCHECK')
      for (const command of checkCommands(step)) {
        yield* ofCommand(command, at);
        // The start is written anew where a program is called otherwise there, a check is not.
        const { program = '', path } = command;
        if (twin.holds && Object.hasOwn(twin.holds, program) && twin.holds[program] !== path) yield ['the same search path', `\`${path ?? program}\`${at}`];
      }
    if (/\/etc\/ssl\/certs/.test(step.instruction.joined.text)) yield ['CA certificates', `line ${step.instruction.startLine}`];
    if (step.instruction.keyword === 'ENV' && /\bTZ=|\bTZ /.test(step.instruction.argument.text) && !twin.sameConfiguration) yield ['time zones', `TZ${at}`];
  }
  for (const { path, step } of startedHere(on)) {
    const isFile = !path.startsWith('`');
    if (isFile && step) yield ['a shell', path];
    // Words of a JSON form count as texts, too.
    const first = twin.holds && !isFile ? startOf(stage)?.words?.[0] : undefined;
    for (const command of step?.run?.commands ?? [])
      if (isFile || !twin.holds || (command.program === first && !restarts)) yield* ofCommand(command, isFile ? ` in ${path}` : '');
  }
  const files = isServed ? noFiles : programFiles(facts, stage).files;
  const { programs } = startedBy(facts.context, files, twin.loses);
  for (const [program, file] of programs) yield [program, file];
  const starting = startsPrograms(facts.context, files);
  if (starting !== undefined) yield ['a shell', starting];
  const zoned = fileNeedingZones(files, facts.context);
  if (zoned !== undefined) yield ['time zones', zoned];
  const jdk = fileNeedingJdk(files, facts.context);
  if (jdk !== undefined) yield ['javac', jdk];
  const isHere = isInstalled(facts, files);
  for (const { thing, by, file } of needsOfPackages(files, facts.context)) if (isHere(file)) yield [thing, by];
  // Node.js brings certificates of its own; programs of all other languages take the system's.
  if (!twin.sameConfiguration) yield ['CA certificates', 'whatever asks a server over TLS'];
}

const noFiles: ReadonlySet<string> = new Set();

const fileNeedingZones = once((files: ReadonlySet<string>, context: ContextFiles): string | undefined =>
  [...files].find((file) => /\.(go|rs)$/.test(file) && /\btime\.LoadLocation\(|\btzfile\b/.test(context.text(file) ?? '')),
);

const needsOfPackages = once((files: ReadonlySet<string>, context: ContextFiles) =>
  languagePackages(files, context).flatMap(({ name, version, language, development, file, script }) => {
    if (development) return [];
    const things = language === 'javascript' && isNative(name, script) ? ['glibc'] : [];
    for (const { language: own, name: named, needs: more, before } of runTimeNeeds) {
      const isMeant = before === undefined || (version !== undefined && !isAtLeast(version, before));
      if (own === language && named.test(name) && isMeant) things.push(...more);
    }
    return things.map((thing) => ({ thing, by: `${name} (${file})`, file }));
  }),
);

const listsOf = once((files: ReadonlySet<string>): readonly string[] => [...files].filter((file) => /requirements[^/]*\.(txt|in)$/.test(file)));

/** Not a list of pip's that no RUN and none of the lists that are installed names, where RUNs name others: they are for other images. */
function isInstalled({ context, dockerfile }: Facts, files: ReadonlySet<string>): (file: string) => boolean {
  const lists = listsOf(files);
  const runs = dockerfile.instructions.filter(({ keyword }) => keyword === 'RUN').map(({ joined }) => joined.text);
  const installed = new Set(lists.filter((file) => runs.some((text) => isNamedIn(text, file))));
  if (installed.size === 0 || runs.some((text) => /[*$]\S*\.(txt|in)\b|requirements\S*[*$?]/.test(text))) return () => true;
  // The list grows while it is gone through.
  for (const list of installed) for (const file of lists) if (isNamedIn(context.text(list) ?? '', file)) installed.add(file);
  return (file) => !lists.includes(file) || installed.has(file);
}

function isNamedIn(text: string, file: string): boolean {
  return text.split(/[\s"'=;&|/]+|^-r/m).includes(posix.basename(file));
}

/** The name of a program, not of another thing. */
const programs = /^[\w+.-]+$/;

function needsShell({ instruction: { keyword, json, argument }, run }: Step): boolean {
  return run !== undefined || (/^(CMD|ENTRYPOINT|HEALTHCHECK)$/.test(keyword) && !json && !/^NONE$/i.test(argument.text));
}

/** A package of npm with code that was compiled for one C library. */
function isNative(name: string, script: boolean | undefined): boolean {
  return script === true || /-(gnu|glibc)$/.test(name) || nativePackages.test(name);
}

/** What the stage's own ENTRYPOINT and CMD start: what stands behind a program that is made here is its own affair. */
function startedHere({ facts, stage, steps, made = [] }: OnTwin): readonly ScriptRead[] {
  const { words: [program = ''] = [], state } = startOf(stage) ?? {};
  const place = program.includes('/') ? posix.resolve(state?.workdir ?? '/', program) : program;
  if (made.some((path) => place === (program.includes('/') ? path : posix.basename(path)))) return [];
  return steps.some(({ instruction: { keyword } }) => keyword === 'CMD' || keyword === 'ENTRYPOINT') ? startScripts(facts) : [];
}

function checkCommands({ instruction: { argument, json } }: Step): readonly CommandFacts[] {
  const text = json ? json.join(' ') : argument.text.replace(/^[\s\S]*?\bCMD\b/i, '');
  return scriptStep(text)?.run?.commands ?? [];
}

const overTls = /^(curl|wget|git)$/;

function* ofCommand({ program, arguments: all, kind, command }: CommandFacts, at: string): Iterable<readonly [thing: string, by: string]> {
  if (program === undefined) return;
  const by = `\`${program}\`${at}`;
  yield [program, by];
  const words = all.map(({ value, text }) => value ?? text);
  if (overTls.test(program) && words.some((word) => /https:|git@|^[\w.-]+\.\w+\//.test(word))) yield ['CA certificates', by];
  if (program === 'update-ca-certificates') yield ['CA certificates', by];
  if (kind === 'archive' && program === 'tar') {
    if (words.some((word, i) => /\.t?xz$/.test(word) || word === '--xz' || (i === 0 && /^-?[a-zA-Z]*J/.test(word)))) yield ['xz', by];
    if (words.some((word, i) => /\.t?bz2$/.test(word) || word === '--bzip2' || (i === 0 && /^-?[a-zA-Z]*j/.test(word)))) yield ['bzip2', by];
  }
  // A source file is compiled in front of its run: https://openjdk.org/jeps/330
  if (program === 'java' && words.some((word) => word.endsWith('.java') || word === '--source' || /^jdk\.(compiler|jshell|jlink)/.test(word)))
    yield ['javac', `\`java ${words.join(' ')}\``];
  if (program === 'dotnet' && /^(build|publish|restore|run|test|tool|ef|watch|msbuild|new|pack|dev-certs|nuget|sln)$/.test(words[0] ?? ''))
    yield ['dotnet sdk', `\`dotnet ${words[0] ?? ''}\`${at}`];
  if (/^(mvnw?|gradlew?|sbt|ant|kotlinc|scalac)$/.test(program)) yield ['javac', by];
  if (command.words.some(({ text }) => text.includes('apt-key'))) yield ['gpg', by];
}
