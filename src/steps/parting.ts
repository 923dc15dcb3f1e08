import { posix } from 'node:path';
import { compilers } from '../bases/run-time-rows.ts';
import type { RunTimeTwin } from '../bases/run-time.ts';
import { plainName, type BuildPackage } from '../ecosystems/build-packages.ts';
import { isObstacle, type Obstacle } from '../ecosystems/closure.ts';
import type { Call } from '../ecosystems/ecosystem.ts';
import type { Build, BuildCall, BuildStart, Framework, Installed, Program } from '../frameworks/framework.ts';
import { frameworks } from '../frameworks/index.ts';
import { installedGlobally, installsTools } from './global-tools.ts';
import { pairsOf } from '../dockerfile/pairs.ts';
import { once } from '../once.ts';
import { readBase } from '../bases/base.ts';
import type { CommandFacts, Facts, RunFacts, StageFacts, Step } from './facts.ts';
import { broughtBy, broughtAtEnd, filesBefore, projectFiles, type Origin } from './image-files.ts';
import { isElsewhere } from './manifest-copies.ts';
import { earlierSteps, lineOf } from './neighbours.ts';
import { outputsOf } from './outputs.ts';
import { isBelow } from './paths.ts';
import { commandsOf } from './package-scripts.ts';
import { namesInstalled } from './build-packages.ts';
import { allInstalls, type ProjectInstall } from './project-installs.ts';
import { publishedScript } from './known-scripts.ts';
import { onlyCleans } from './leavings.ts';
import { isUnread } from './mentions.ts';
import { addingOn, leavings } from '../ecosystems/index.ts';
import { restartOf, type Restart } from './restart.ts';
import { twinOf } from './run-time-bases.ts';
import { startOf, type Start } from './start.ts';
import { lastStarted, scriptStart } from './starts.ts';
import { names as namesVariable, variablesExpanded, variablesSet } from './variables.ts';

/** A stage that builds what the image starts, parted into what only the build needs and what is there when the program runs. */
export interface Parting extends Sides {
  readonly facts: Facts;
  readonly stage: StageFacts;
  readonly start: Start;
  readonly framework: Framework;
  readonly program: Program | Obstacle;
  /** No file of the project runs in the run-time stage. */
  readonly isServed: boolean;
  /** The last step that builds: what stands behind it belongs to the run-time stage. */
  readonly last: Step;
}

/** What its build makes and the image starts, absolute. */
export function madeBy({ program }: Pick<Parting, 'program'>): string[] {
  return isObstacle(program) ? [] : program.artefacts.flatMap(({ path, destination }) => [path, destination]);
}

interface Sides {
  readonly base: RunTimeTwin | undefined;
  /** Up to the last step that builds, in order: what the run-time stage says again, and what it alone needs. */
  readonly repeated: readonly Step[];
  readonly moved: readonly Step[];
  /** COPYs that bring the project, which the program may read, from the build context. */
  readonly project: readonly Step[];
  /** Files of the context that the program reads for sure, where the project does not come along. */
  readonly manifests: readonly Manifest[];
  /** The first step of which it cannot be told on which side it belongs. */
  readonly unclear: Step | undefined;
  /** Installed for the program by the distribution's package manager, by the packages' names. */
  readonly packages: readonly string[];
  /** All of them came without recommended packages. */
  readonly lean: boolean;
  /** Where the base alone says in which folder the program starts. */
  readonly workdir: string | undefined;
  /** What is written in place of instructions that need more than that base has. */
  readonly restart: Restart | Obstacle;
  /** All steps that run on its base, or configure its image. */
  readonly steps: readonly Step[];
  /** Who owns what the build makes, as `--chown` has it; undefined for root, and where it cannot be told. */
  readonly owner: string | undefined;
  /** The stage that installs what the program loads, without what only its development needs. */
  readonly dependencies: DependencyStage | undefined;
}

/** A file of the context, the COPY that brings it, and where it lies in the image. */
export interface Manifest {
  readonly like: Step;
  readonly source: string;
  readonly destination: string;
}

/** An install of the project that runs in a stage of its own. */
export interface DependencyStage {
  readonly install: ProjectInstall;
  /** Said in front of it. */
  readonly settings: readonly Step[];
  /** COPYs that bring the manifests, as they are. */
  readonly copies: readonly Step[];
  /** The option by which what only the development needs stays away. */
  readonly option: string;
}

/** What makes the environment that a program's packages are installed in. */
export interface Environment {
  /** In front of this step of the build. */
  readonly before: Step;
  /** What is set in front of all that uses it, as `NAME=value`: in both stages, and where it is filled alone. */
  readonly path: string;
  readonly settings: readonly string[];
  /** A command. */
  readonly by: string;
}

/** The environment that the build has to make first; undefined where it needs none. */
export function environmentOf({ program, stage, framework }: Parting): Environment | undefined {
  const made = isObstacle(program) ? undefined : program.installed?.made;
  let at = stage.steps.findIndex((step) => builds(step, framework) && fills(step, framework));
  while (at > 0 && stage.steps[at - 1]?.copy) at--;
  const before = stage.steps[at];
  return made && before && { before, path: `PATH=${made.programs}:$PATH`, settings: made.settings, by: made.by };
}

function fills({ run }: Step, framework: Framework): boolean {
  return run?.commands.some(({ call }) => call !== undefined && framework.fills?.(call) !== false) ?? false;
}

/** The command by which the build ends, where it takes apart what it made; undefined where it does not. */
export function unpackedBy({ program, last }: Parting): string | undefined {
  const words = isObstacle(program) ? undefined : program.unpacked?.by;
  const folder = last.state.workdir ?? '/';
  return words?.map((word) => (isBelow(word, folder) && folder !== '/' ? posix.relative(folder, word) : word)).join(' ');
}

/** How the last stage of a Dockerfile could be parted; undefined where it builds nothing that a framework knows. */
export const partingOf = once((facts: Facts): Parting | undefined => {
  const stage = facts.stages.at(-1);
  const start = stage && startOf(stage);
  return stage && start && partingFor(facts, stage, start);
});

/** The same of a stage for what another one that copies from it starts. */
export function partingFor(facts: Facts, stage: StageFacts, start: Start, shipped: StageFacts = stage): Parting | undefined {
  const calls = callsOf(facts, stage);
  if (calls.length === 0) return undefined;
  const brought = broughtAtEnd(stage, facts);
  const build = buildOf(facts, stage, start, calls);
  for (const framework of frameworks) {
    const told = framework.program(build);
    if (told === undefined) continue;
    const reads = isObstacle(told) || told.reads === undefined ? checkedBy(shipped, brought) : (brought.get(`/${told.reads}`)?.source ?? told.reads);
    const program = isObstacle(told) ? told : { ...told, reads };
    const last = lastOf(stage, framework, program);
    const isServed = !isObstacle(program) && program.isServed === true;
    if (!last) continue;
    const sides = sidesOf(facts, stage, start, last, framework, program);
    const apart = isObstacle(program) || !program.installed?.workspace || sides.dependencies ? program : together;
    return { facts, stage, start, framework, program: apart, isServed, last, ...sides };
  }
  return undefined;
}

const together: Obstacle = { because: 'the packages of its workspace cannot be installed apart from the rest of the build', file: undefined };

/** The folder that is copied for the packages that the program loads, of the stage that installs them. */
export function packagesFolder({ folder, workspace }: Installed): string {
  return workspace?.root ?? folder;
}

/** The last step that builds, or that puts what was built where the image starts it. */
function lastOf({ steps }: StageFacts, framework: Framework, program: Program | Obstacle): Step | undefined {
  const paths = isObstacle(program) ? [] : program.artefacts.map(({ path }) => path);
  const last = steps.findLast((step) => builds(step, framework));
  const copying = steps.findLast(({ run }) => run?.commands.some((command) => copiesFile(command) && command.writes.some((path) => paths.includes(path))));
  const made = last && copying && copying.instruction.index > last.instruction.index ? copying : last;
  if (!made) return undefined;
  const rest = steps.slice(steps.indexOf(made) + 1);
  const looking = rest.findIndex(({ run }) => !run || !onlyLooks(run));
  return rest.slice(0, looking < 0 ? rest.length : looking).at(-1) ?? made;
}

/** It prints what is there. */
function onlyLooks({ commands, opaque }: RunFacts): boolean {
  return (
    opaque === undefined &&
    commands.length > 0 &&
    commands.every(({ kind, writes, command }) => kind === 'look' && writes.length === 0 && command.redirections.length === 0)
  );
}

function copiesFile({ program }: CommandFacts): boolean {
  return /^(cp|mv|install)$/.test(program ?? '');
}

/** The file of the project that a health check runs or asks for, or by whose scripts it runs. */
function checkedBy(stage: StageFacts, brought: ReadonlyMap<string, Origin>): string | undefined {
  const checks = lineOf(stage).flatMap(({ steps }) => steps.filter(({ instruction }) => instruction.keyword === 'HEALTHCHECK'));
  const words = checks.at(-1)?.instruction.joined.text.split(/[\s"',;()[\]]+/) ?? [];
  const byScript = words.some((word) => /^(npm|npx|yarn|pnpm)$/.test(word));
  const names = new Set(words.map((word) => posix.basename(word)));
  return [...brought].find(([path]) => names.has(posix.basename(path)) || (byScript && posix.basename(path) === 'package.json'))?.[1].source;
}

/** A stage as frameworks see it. */
function buildOf(facts: Facts, stage: StageFacts, start: Start, calls: readonly { readonly buildCall: BuildCall }[]): Build {
  const files = projectFiles(facts, broughtAtEnd(stage, facts), '/');
  let readable: readonly string[] | undefined;
  return {
    base: stage.base,
    calls: calls.map(({ buildCall }) => buildCall),
    start: { ...wordsOf(facts, start), workdir: start.state.workdir ?? '/' },
    copied: copiedIn(stage),
    said: lineOf(stage).flatMap(({ steps }) => steps.map(({ instruction }) => instruction.joined.text)),
    files,
    get readable() {
      return (readable ??= files.below('/').filter(isReadable));
    },
  };
}

/** What `cp`, `mv` and `install` of one known file may write: a destination, or the file in it where that is a folder. */
function copiedIn({ steps }: StageFacts): ReadonlyMap<string, string> {
  return new Map(
    steps.flatMap(({ run }) =>
      (run?.commands ?? []).flatMap((command): [string, string][] => {
        const { reads, writes, unknownPaths } = command;
        const [from, ...more] = reads;
        const isOne = from !== undefined && more.length === 0 && !unknownPaths && !/[*?[]/.test(from);
        return isOne && copiesFile(command) ? writes.map((path) => [path, from]) : [];
      }),
    ),
  );
}

/** What the image starts: where its command names a script of the project, what that runs. */
function wordsOf(facts: Facts, { words: known, steps }: Start): Pick<BuildStart, 'words' | 'by'> {
  const [only, ...more] = steps;
  const words = (only && more.length === 0 ? (wordsOfShell(only, known) ?? lastStarted(only)) : known) ?? [];
  const script = only && more.length === 0 ? scriptStart(facts, only) : undefined;
  return script ? { words: script.started.calls ?? script.started.words, by: script.command.program } : { words, by: undefined };
}

/** The words of a command that a shell starts for the values of variables alone, which stand in them as written. */
function wordsOfShell({ instruction: { json, argument } }: Step, known: readonly string[] | undefined): readonly string[] | undefined {
  const [shell = '', option, script, ...more] = json ?? [];
  const isScript = /^(\/bin\/)?(ba|da)?sh$/.test(shell) && option === '-c' && more.length === 0;
  const text = json ? (isScript ? script : undefined) : known ? undefined : argument.text;
  const words =
    text
      ?.trim()
      .replace(/^exec\s+/, '')
      .split(/\s+/) ?? [];
  return words.length > 0 && words.every((word) => /^(?:[\w@%+:,./-]|(?<!^\w*)=|\$\{\w+(?::-[\w./-]*)?\}|\$\w+)+$/.test(word)) ? words : known;
}

/** Texts that a program shows, and prose that it may: not what stands at the root of a project for people. */
const data =
  /\.(svg|map|csv|po|pot|ipynb|min\.(js|css))$|(^|\/)(?!LICEN[SC]E|NOTICE|README|CHANGELOG|CONTRIBUTING|AUTHORS|COPYING)[^/]+\.txt$|^(?!.*(^|\/)(docs?|\.github)\/).+\/.+\/[^/]+\.(mdx?|rst|adoc)$/;

function isReadable(path: string): boolean {
  return data.test(path) || !isUnread(path);
}

/** An install of the project in a stage that ships it, and what the program loads of it. */
export interface ShippedInstall {
  readonly facts: Facts;
  readonly install: ProjectInstall;
  readonly packages: Installed | Obstacle;
  /** The option by which what only the development needs stays away. */
  readonly option: string;
}

/** Installs of whole projects, with all that their development needs, in stages that ship what they install. */
export const shippedInstalls = once((facts: Facts): readonly ShippedInstall[] =>
  facts.stages.flatMap((stage) => {
    const start = stage.shipped ? startOf(stage) : undefined;
    if (!start) return [];
    const build = buildOf(facts, stage, start, callsOf(facts, stage));
    const packages = frameworks.map((framework) => framework.packages?.(build)).find((one) => one !== undefined);
    if (!packages) return [];
    return allInstalls(facts).flatMap((install) => {
      const { step, command, folder, fetch } = install;
      const option =
        step.stage === stage && !fetch && command.call && command.ecosystem?.production?.(command.call, projectFiles(facts, filesBefore(step, facts), folder));
      return option ? [{ facts, install, packages, option }] : [];
    });
  }),
);

/** What a stage calls, but for the work of the distribution's manager, as frameworks see it. */
export function callsOf(facts: Facts, stage: StageFacts): { readonly step: Step; readonly buildCall: BuildCall }[] {
  return stage.steps.flatMap((step) =>
    (step.run?.commands ?? []).flatMap((command) => {
      const { call, workdir, ecosystem } = command;
      if (!call || workdir === undefined || !ecosystem || ecosystem.ofDistribution) return [];
      const commands = commandsOf(facts, step, command).map((one) => ({
        program: one.program ?? '',
        words: one.arguments.map(({ value }) => value),
        workdir: one.workdir ?? workdir,
        ofPackages: one.use !== undefined,
        isSet: (name: string) => isSet(step, call, one, name),
      }));
      return [{ step, buildCall: { call, workdir, commands, files: projectFiles(facts, filesBefore(step, facts), workdir), searched: searchedIn(step) } }];
    }),
  );
}

function isSet({ state }: Step, call: Call, { command }: CommandFacts, name: string): boolean {
  const isNamed = command.assignments.some((one) => one.name === name) || command.words.some(({ text }) => text.startsWith(`${name}=`));
  return isNamed || state.environment.has(name) || call.isUnknown(name) || call.environment(name) !== undefined;
}

/** Folders that ENV puts in front of PATH before a step, the last one first. */
function searchedIn(step: Step): string[] {
  const set = step.stage.steps
    .slice(0, step.stage.steps.indexOf(step))
    .flatMap(({ instruction }) => (instruction.keyword === 'ENV' ? pairsOf(instruction).filter(({ name }) => name === 'PATH') : []));
  return set.toReversed().flatMap(({ value }) => /^"?(\/[^$"]+):\$(?:PATH|\{PATH\})"?$/.exec(value)?.[1]?.split(':') ?? []);
}

/** It calls nothing but a language's package manager, for the project or for what builds it, and what looks: it belongs to the build. */
function isProjectWork(step: Step, framework: Framework): boolean {
  return builds(step, framework) && installsBeside(step, framework, [])?.names.length === 0;
}

/** One of its commands is of the build. */
function builds({ run }: Step, framework: Framework): boolean {
  return run !== undefined && (run.commands.some((command) => isOfBuild(command, framework)) || bringsBuilders(run, framework).size > 0);
}

/** Downloads of published scripts that install what only builds, and the shells that run them. */
function bringsBuilders(run: RunFacts, framework: Framework): ReadonlySet<CommandFacts> {
  return new Set(
    run.commands.flatMap((shell, i) => {
      const download = run.commands[i - 1];
      return download && framework.builders.has(publishedScript(run, shell)?.brings ?? '') ? [download, shell] : [];
    }),
  );
}

/** What a RUN installs with the distribution's manager of which else nothing is there when the program runs, but for what it leaves in these folders: the build's own commands, and changes of files there. */
function installsBeside(step: Step, framework: Framework, places: readonly string[], brought?: ReadonlyMap<string, Origin>): DistributionInstall | undefined {
  const gone = new Set(step.run?.commands.flatMap(({ removes }) => removes));
  const isThere = (path: string): boolean => places.some((place) => isBelow(path, place)) || framework.isReadByBuildsAlone?.(path) === true;
  const comesLater = (origin: Origin | undefined): boolean => origin !== undefined && origin.step.instruction.index > step.instruction.index;
  const isOfProject = (path: string): boolean => {
    const folder = path.replace(/\/[^/]*[*?[].*$/, '') || '/';
    return !brought || [...brought].some(([one, origin]) => isBelow(one, folder) && !comesLater(origin));
  };
  const bringing = step.run && bringsBuilders(step.run, framework);
  return installsAmong(step, (command) => {
    const { kind, program, writes, removes, unknownPaths } = command;
    if (isOfBuild(command, framework) || changesShell(command) || bringing?.has(command)) return true;
    // A COPY from the build keeps modes, and no owners.
    if (
      (kind !== 'file' && kind !== 'look') ||
      /^ch(own|grp)$/.test(program ?? '') ||
      unknownPaths ||
      !writes.every((path) => isThere(path) || gone.has(path) || comesLater(brought?.get(path)))
    )
      return false;
    // What is deleted beside what COPYs brought until then is not there in the run-time stage, either.

    if (!removes.every((path) => isThere(path) || (builds(step, framework) && !isOfProject(path)))) return false;
    // A folder that is made and stays may be one that the program wants to find.
    return program !== 'mkdir' || writes.every((path) => gone.has(path));
  });
}

/** Where files may be changed for the build's sake: its working directory, and where the program may read the project only what it makes. */
function placesOf(program: Program | Obstacle, last: { readonly state: Step['state'] }, brought: ReadonlyMap<string, unknown>): string[] {
  if (isObstacle(program)) return [];
  const { workdir = '/' } = last.state;
  const holdsProject = workdir !== '/' && [...brought.keys()].some((path) => isBelow(path, workdir));
  return [...program.artefacts.map(({ path }) => path), ...(program.reads === undefined && holdsProject ? [workdir] : [])];
}

function isOfBuild(command: CommandFacts, framework: Framework): boolean {
  const { program = '', call, ecosystem } = command;
  return (
    framework.builders.has(program) &&
    ecosystem?.ofDistribution !== true &&
    (framework.keepsTools === true || !bringsPrograms(command)) &&
    (!framework.isOfBuild || (call !== undefined && framework.isOfBuild(call)))
  );
}

/** It changes the shell of the RUN alone, and runs nothing that it does not name. */
function changesShell({ kind, program }: CommandFacts): boolean {
  return kind === 'shell' && !/^(eval|exec|\.|source|trap)$/.test(program ?? '');
}

/** An install of packages by name, which the program may call. */
function bringsPrograms({ use, arguments: all }: CommandFacts): boolean {
  return use?.action === 'install' && use.packages !== undefined && use.packages.some((position) => !buildTools.test(all[position]?.value ?? ''));
}

/** What people install by name only to install or to build. */
const buildTools =
  /^(npm|yarn|pnpm|corepack|typescript|ts-node|tsx|turbo|nx|lerna|rimraf|node-gyp|@nestjs\/cli|@angular\/cli|@vue\/cli(-service)?|react-scripts|vite|gulp(-cli)?|grunt(-cli)?|webpack(-cli)?|esbuild|cross-env|cargo-\w[\w-]*|sccache|trunk|wasm-pack)(@|$)|^\w[\w-]*\.\w[\w.-]*\/.*@(v?\d|latest)/;

const configures = new Set(['ENV', 'ARG', 'WORKDIR', 'USER', 'SHELL']);
const describes = new Set(['EXPOSE', 'LABEL', 'VOLUME', 'HEALTHCHECK', 'STOPSIGNAL', 'CMD', 'ENTRYPOINT', 'MAINTAINER']);

function sidesOf(facts: Facts, stage: StageFacts, start: Start, last: Step, framework: Framework, program: Program | Obstacle): Sides {
  const { reads, installed, manifests: read = [], tools = [], spares, links, artefacts = [] } = isObstacle(program) ? {} : program;
  const dependencies = installed && installed.development === undefined ? dependencyStage(facts, stage, installed, framework) : undefined;
  const line = lineOf(stage);
  const twin = twinOf(line[0] ?? stage, links);
  const building = framework.keepsTools ? compilersOf(stage) : [];
  const leavesAll = framework.runsOnItsBase === true && artefacts.length > 0 && !installed && reads === undefined;
  const base = twin ?? (dependencies || leavesAll || building.length > 0 ? sameImage(stage.stage.base, building) : undefined);
  const at = stage.steps.indexOf(last);
  const brought = broughtAtEnd(stage, facts);
  const places = placesOf(program, last, brought);
  const repeated: Step[] = [];
  const project: Step[] = [];
  const moved: Step[] = [];
  const packages = new Set<string>();
  let lean = true;
  let unclear: Step | undefined;
  // On the same image stands all that the stages hold that it is built FROM.
  for (const step of (twin ? line : [stage]).flatMap(({ steps }) => (steps === stage.steps ? steps.slice(0, at + 1) : steps))) {
    const { keyword } = step.instruction;
    if (describes.has(keyword)) (step.stage === stage ? moved : repeated).push(step);
    else if (configures.has(keyword)) repeated.push(step);
    else if (step.copy) {
      if (isSpared(step, spares)) continue;
      if (step.copy.path === undefined || isElsewhere(step, last)) unclear ??= step;
      else if (reads !== undefined || step.copy.from !== undefined || !broughtBy(facts, step)) project.push(step);
    } else if (step.run && !builds(step, framework) && makesUsersOrFolders(step)) repeated.push(step);
    else {
      const installs = installsBeside(step, framework, places, brought);
      if (installs) {
        const needed = neededOf(stage, installs.names);
        // It is not known how they are installed there.
        if (needed.length > 0 && !addingOn(stage.base.family)) unclear ??= step;
        for (const name of needed) packages.add(name);
        lean &&= installs.lean;
      } else if (installsTools(step, tools)) (callsTools(facts, stage, step) ? repeated : moved).push(step);
      else unclear ??= step;
    }
  }
  const rest = stage.steps.slice(at + 1);
  // They change less than what is built.
  const settled = rest.findIndex((step) => !describes.has(step.instruction.keyword) && !installsTools(step, tools));
  const early = rest.slice(0, settled < 0 ? rest.length : settled).filter(({ run }) => run);
  moved.push(...early);
  const behind = rest.filter((step) => !early.includes(step));
  for (const step of behind) {
    const { keyword } = step.instruction;
    if (step.copy || describes.has(keyword) || configures.has(keyword)) continue;
    if (!step.run || !((framework.keepsTools && runsSource(step)) || installOfDistribution(step) || makesUsersOrFolders(step) || installsTools(step, tools)))
      unclear ??= step;
  }
  const said = neededOfSettings(repeated, framework, [...project, ...moved, ...behind]);
  const written = [...said, ...project];
  const unlike = base?.sameConfiguration === true ? undefined : [...written, ...moved].find(expandsTheBase);
  // A comment inside would be said twice.
  unclear ??= written.find(({ instruction }) => instruction.innerComments.length > 0) ?? unlike;
  const steps = [...said, ...moved, ...behind];
  const folder = last.state.workdir;
  const isSaid = steps.some(({ instruction }) => instruction.keyword === 'WORKDIR');
  const workdir = isSaid || !base || base.sameConfiguration || readBase(base.image).workdir === folder ? undefined : folder;
  const { user = 'root' } = last.state;
  const owner = user === 'node' ? 'node:node' : user.includes(':') ? user : undefined;
  const manifests = (reads === undefined ? read : []).flatMap((path) => {
    const origin = brought.get(path);
    return origin ? [{ like: origin.step, source: origin.source, destination: `${posix.dirname(path)}/` }] : [];
  });
  return {
    owner,
    manifests,
    repeated: said,
    steps,
    moved,
    project: withoutRepeats(facts, project, behind),
    unclear,
    packages: [...packages],
    lean,
    workdir,
    dependencies,
    base,
    restart: base
      ? restartOf(
          facts,
          start,
          base,
          steps,
          artefacts.map(({ destination }) => destination),
        )
      : new Map(),
  };
}

/** It brings nothing from another image but programs that are not needed to run. */
function isSpared({ copy }: Step, spares: ReadonlySet<string> = new Set()): boolean {
  return copy?.from !== undefined && copy.sources.every((source) => spares.has(posix.basename(source)));
}

/** Its programs run on the source as it stands, and change nothing that an install left. */
function runsSource({ run }: Step): boolean {
  return run?.opaque === undefined && run?.commands.every(({ ecosystem }) => ecosystem?.ofDistribution !== true) === true;
}

/** A variable that neither the file nor every image sets: the run-time base may set it to something else. */
function expandsTheBase({ instruction, state }: Step): boolean {
  return variablesExpanded(instruction).some((name) => name !== 'PATH' && !state.environment.has(name));
}

/** The install of the project that fills a folder, where it can stand with its manifests alone, and nothing that was installed before it may matter to it. */
function dependencyStage(facts: Facts, stage: StageFacts, { folder, workspace }: Installed, framework: Framework): DependencyStage | undefined {
  const install = allInstalls(facts).find((one) => one.step.stage === stage && outputsOf(one).includes(folder));
  if (!install || isObstacle(install.read) || install.fetch || !install.step.run) return undefined;
  const { step, command, sources, needed } = install;
  const files = projectFiles(facts, filesBefore(step, facts), install.folder);
  const option = command.call && command.ecosystem?.production?.(command.call, files, workspace?.member);
  const before = stage.steps.slice(0, stage.steps.indexOf(step));
  if (option === undefined || needed.size === 0 || before.some((one) => one.run && !prepares(one, framework))) return undefined;
  const settings = before.filter(({ instruction, run }) => run !== undefined || configures.has(instruction.keyword));
  const bringing = new Set([...needed.values()].map((origin) => origin.step));
  const copies = before.filter((one) => bringing.has(one) && !sources.includes(one));
  if ([...settings, ...copies].some(({ instruction }) => instruction.innerComments.length > 0)) return undefined;
  return { install, settings, copies, option };
}

/** What people do in front of an install of the project: packages of the distribution, tools by name. */
function prepares(step: Step, framework: Framework): boolean {
  return installOfDistribution(step) !== undefined || makesUsersOrFolders(step) || (isProjectWork(step, framework) && !readsProject(step));
}

/** One of its commands installs the project, or runs what is in it. */
function readsProject({ run }: Step): boolean {
  return run?.commands.some(({ use, program, call }) => call !== undefined && program !== 'corepack' && use?.packages === undefined) ?? false;
}

/** Without variables of the build alone, arguments and a shell that nothing of the run-time stage needs. */
function neededOfSettings(repeated: readonly Step[], { buildVariables }: Framework, others: readonly Step[]): Step[] {
  const said: Step[] = [];
  for (const step of repeated.toReversed()) {
    const { keyword } = step.instruction;
    const set = variablesSet(step.instruction);
    const isNamed = [...said, ...others].some(({ instruction }) => set.some((name) => namesVariable(instruction, name)));
    const isNeeded =
      keyword === 'ENV'
        ? isNamed || !set.every((name) => buildVariables.test(name) || name === 'DEBIAN_FRONTEND')
        : keyword === 'ARG'
          ? isNamed
          : keyword === 'SHELL'
            ? others.some(({ run, instruction }) => run !== undefined || (describes.has(instruction.keyword) && !instruction.json))
            : true;
    if (isNeeded) said.unshift(step);
  }
  return said;
}

/** Without COPYs of which later ones bring each file again, as manifests come before the source; behind the build only those that no RUN comes before. */
function withoutRepeats(facts: Facts, copies: readonly Step[], behind: readonly Step[]): Step[] {
  const run = behind.findIndex((step) => step.run);
  const next = behind.slice(0, run < 0 ? behind.length : run).filter((step) => step.copy);
  return copies.filter((copy, i) => {
    const brought = broughtBy(facts, copy);
    const later = [...copies.slice(i + 1), ...next].flatMap((one) => [...(broughtBy(facts, one) ?? [])]);
    return !brought?.size || ![...brought].every(([path, source]) => later.some(([other, from]) => other === path && from === source));
  });
}

/** Without what only the development needs, or compilers, a stage is worth it on the same image, too. */
function sameImage(image: string, lost: readonly string[]): RunTimeTwin {
  return { image, loses: lost.length > 0 ? [...compilers, 'libgomp', ...lost] : [], sameConfiguration: true, ports: [], foreign: false };
}

/** Packages that a stage installs by name only to compile; none where it needs no more than small tools. */
function compilersOf(stage: StageFacts): string[] {
  const build = withBuilds(stage, namesInstalled(stage.steps)).filter((one) => one.build);
  return build.some((one) => one.build?.kind === 'compiler') ? build.map(({ name }) => name) : [];
}

interface DistributionInstall {
  readonly names: readonly string[];
  /** Without recommended ones. */
  readonly lean: boolean;
}

/** What a RUN installs that does nothing but install packages with the distribution's manager from where they come by themselves, and clean up. */
function installOfDistribution(step: Step): DistributionInstall | undefined {
  return installsAmong(step, changesShell);
}

/** The same of a RUN in which other commands stand that are accepted. */
function installsAmong({ run, state }: Step, isAccepted: (command: CommandFacts) => boolean): DistributionInstall | undefined {
  if (!run || run.opaque !== undefined) return undefined;
  const found: string[] = [];
  let lean = true;
  for (const command of run.commands) {
    const { ecosystem, use, arguments: all } = command;
    if (onlyCleans(command, leavings, state) || isAccepted(command)) continue;
    if (!ecosystem?.ofDistribution || use === undefined) return undefined;
    if (use.action === 'update' || use.action === 'clean') continue;
    if (use.action !== 'install' || !use.packages) return undefined;
    const chosen = new Set(use.packages);
    const words = all.map(({ value, text }) => value ?? text);
    if (words.some((word, position) => !chosen.has(position) && ecosystem.adding?.harmless.test(word) !== true)) return undefined;
    lean &&= ecosystem.adding?.isLean(words) === true;
    for (const position of use.packages) found.push(all[position]?.value ?? '');
  }
  return found.includes('') ? undefined : { names: found, lean };
}

/** What is not known to serve builds alone, and the libraries of what does. */
function neededOf(stage: StageFacts, names: readonly string[]): string[] {
  return withBuilds(stage, names).flatMap(({ name, build }) => (build ? (build.libraries ?? [name]) : [name]));
}

/** Packages of the distribution, with what is known of those that serve builds alone. */
function withBuilds({ base, steps }: StageFacts, names: readonly string[]): { readonly name: string; readonly build: BuildPackage | undefined }[] {
  const manager = steps.flatMap(({ run }) => run?.commands ?? []).find(({ ecosystem }) => ecosystem?.ofDistribution && ecosystem.buildPackages)?.ecosystem;
  const place = { base, others: names.map(plainName) };
  return names.map((name) => ({ name, build: manager?.buildPackages?.read(plainName(name), place) }));
}

/** It makes users and folders, or marks such folders: the same can be done on the run-time base. */
function makesUsersOrFolders(step: Step): boolean {
  const { run, state } = step;
  if (!run || run.opaque !== undefined) return false;
  const made = new Set([state.workdir]);
  for (const one of earlierSteps(step)) for (const path of foldersMade(one)) made.add(path);
  for (const path of foldersMade(step)) made.add(path);
  return run.commands.every((command) => {
    const { kind, program, unknownPaths, writes } = command;
    return (
      kind === 'user' ||
      changesShell(command) ||
      (program === 'mkdir' && !unknownPaths) ||
      (/^ch(own|mod|grp)$/.test(program ?? '') && !unknownPaths && writes.every((path) => made.has(path)))
    );
  });
}

/** A command of the build names one of the packages that the step installs. */
function callsTools(facts: Facts, stage: StageFacts, step: Step): boolean {
  const names = installedGlobally(step);
  const others = callsOf(facts, stage).filter((one) => installedGlobally(one.step).length === 0);
  const words = others.flatMap(({ buildCall }) => buildCall.commands.flatMap((one) => [one.program, ...one.words]));
  return words.some((word) => word === undefined || names.some((name) => word.split(/[\s/@"']+/).includes(name)));
}

function foldersMade({ run, instruction, state }: Step): readonly string[] {
  if (instruction.keyword === 'WORKDIR') return [posix.resolve(state.workdir ?? '/', instruction.argument.text)];
  return run?.commands.flatMap(({ program, writes }) => (program === 'mkdir' ? writes : [])) ?? [];
}
