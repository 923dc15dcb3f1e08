import { holdsCompilers } from '../bases/base.ts';
import { isManifest } from '../ecosystems/index.ts';
import { plainName } from '../ecosystems/build-packages.ts';
import type { Recommended, Recommends, RecommendsRead } from '../ecosystems/recommends.ts';
import { once } from '../once.ts';
import { firstWhere } from '../text.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { filesBefore, projectFiles } from './image-files.ts';
import { descendsFrom, mayRunOn } from './neighbours.ts';
import { namesOfInstall } from './build-packages.ts';
import { surelyBuilds } from './builds.ts';
import { commandsOf } from './package-scripts.ts';
import { overlap } from './paths.ts';
import { scriptStep } from './script-step.ts';
import { runScript, startScripts } from './scripts.ts';

/** An install that takes recommended packages along, as its manager does where nothing is said. */
export interface RecommendingInstall {
  readonly step: Step;
  readonly command: CommandFacts;
  readonly manager: Recommends;
  readonly option: string;
  /** Positions among the arguments; undefined where not all are plain names. */
  readonly packages: readonly number[] | undefined;
  /** Without version and architecture. */
  readonly names: readonly string[];
  /** What these recommend. */
  readonly told: ReadonlySet<Recommended>;
}

/** What comes only because something recommends it. */
export interface Recommendations {
  /** Packages that the steps, or what the container starts, need. */
  readonly kept: readonly string[];
  /** Others that are of use to somebody who works in the image. */
  readonly dropped: readonly string[];
}

/** All installs of the shipped stages that do not say whether recommended packages come, where nothing else says it either. */
export const recommendingInstalls = once((facts: Facts): readonly RecommendingInstall[] =>
  installs(facts).flatMap(({ step, command, manager, read, names, told }) => {
    if (read.says || !step.stage.shipped || isConfigured(facts, step, manager)) return [];
    return [{ step, command, manager, option: read.option, packages: read.packages, names, told }];
  }),
);

export const recommendationsOf = once((install: RecommendingInstall, facts: Facts): Recommendations => {
  const { names, manager } = install;
  const [kept, dropped] = [[] as string[], [] as string[]];
  // What is kept recommends packages, too.
  for (let before = -1; before < kept.length;) {
    before = kept.length;
    const told = new Set([...install.told, ...kept.flatMap((name) => relationsOf(manager)(name).recommended)]);
    const all = { ...install, names: [...names, ...kept], told };
    for (const one of manager.packages) {
      const needed = kept.includes(one.package) || !mayCome(all, one) ? undefined : firstNeed(facts, all, one);
      if (needed !== undefined && !isThere(facts, all, one, needed === 'always' ? undefined : needed, kept)) kept.push(one.package);
    }
  }
  for (const one of install.told) {
    const known = kept.includes(one.package) || dropped.includes(one.package);
    if (!known && (one.programs ?? one.callers) && !isThere(facts, install, one, undefined, kept)) dropped.push(one.package);
  }
  return { kept, dropped };
});

/** A recommended package that steps use, and that comes neither by its name nor with another one where an install goes without: those are lost. */
export const lostRecommended = once((facts: Facts): readonly string[] => {
  return installs(facts).flatMap((install) => {
    const { manager, names, read } = install;
    if (!read.says) return [];
    return manager.packages.flatMap((one) => {
      const needed = mayCome(install, one) ? firstNeed(facts, install, one) : undefined;
      if (needed === undefined || isThere(facts, install, one, needed === 'always' ? undefined : needed, [])) return [];
      return [`${one.package} for ${names.filter((name) => !manager.packages.some((other) => other.package === name)).join(' ')}`];
    });
  });
});

interface Install {
  readonly step: Step;
  readonly command: CommandFacts;
  readonly manager: Recommends;
  readonly names: readonly string[];
  readonly told: ReadonlySet<Recommended>;
}

/** Every install of a manager whose packages recommend others, in the order of the file. */
const installs = once((facts: Facts): readonly (Install & { readonly read: RecommendsRead })[] =>
  facts.steps.flatMap((step) =>
    (step.run?.commands ?? []).flatMap((command) => {
      const manager = command.ecosystem?.recommends;
      const read = command.call && manager?.read(command.call);
      if (!manager || !read) return [];
      const names = namesOf(command);
      return [{ step, command, manager, read, names, told: new Set(names.flatMap((name) => relationsOf(manager)(name).recommended)) }];
    }),
  ),
);

/** What a package recommends, and what it brings or stands for. */
interface Relations {
  readonly recommended: readonly Recommended[];
  readonly brought: readonly Recommended[];
}

const relationsOf = once(({ packages }: Recommends) => {
  const known = new Map<string, Relations>();
  return (name: string): Relations => {
    const relations = known.get(name) ?? {
      recommended: packages.filter(({ by, always }) => by.test(name) || always?.test(name)),
      brought: packages.filter((one) => one.package === name || one.broughtBy.test(name)),
    };
    known.set(name, relations);
    return relations;
  };
});

/** It comes as a recommended one, or there is nothing else that its use could be explained by. */
function mayCome({ step, manager, told }: Install, one: Recommended): boolean {
  return told.has(one) || (one.byUse === true && manager.isBare(step.stage.base));
}

/** Where it is first needed; 'always' for what nothing works without. */
function firstNeed(facts: Facts, install: Install, one: Recommended): Use | 'always' | undefined {
  if (one.unless?.test(facts.dockerfile.text) === true) return undefined;
  const told = install.told.has(one);
  const found = firstBehind(facts, install, told ? needs(facts)(one) : calls(facts)(one));
  if (found) return found;
  // Something may call it that cannot be seen: it has to be there for the next step.
  if (install.names.some((name) => one.always?.test(name) === true)) return textUse(install.step, '', install.step.instruction.index + 1);
  return told && one.inManifests !== undefined && manifestTexts(facts.context).some((text) => one.inManifests?.test(text)) ? 'always' : undefined;
}

/** A package's own programs show by themselves that it is in use. */
const calls = once((facts: Facts) => once((one: Recommended) => uses(facts).filter((use) => hasProgram(use, one))));
/** All the rest does where something installed recommends it. */
const needs = once((facts: Facts) => once((one: Recommended) => uses(facts).filter((use) => hasProgram(use, one) || hints(use, one))));

function hasProgram({ program }: Use, { programs }: Recommended): boolean {
  return program !== undefined && programs?.test(program) === true;
}

function hints({ program, text, compiling }: Use, { callers, words, compiles }: Recommended): boolean {
  if (program !== undefined && callers?.test(program) === true) return true;
  return words?.test(text) === true || (compiling !== undefined && (compiles === true || compiles?.includes(compiling) === true));
}

/** Something that runs, or may run. */
interface Use {
  /** undefined for what the container starts. */
  readonly step: Step | undefined;
  /** Of its instruction; infinite for what the container starts. */
  readonly index: number;
  /** Where in the script of its RUN; 0 where it stands in none. */
  readonly start: number;
  readonly program: string | undefined;
  readonly text: string;
  /** The id of a language's package manager that installs what may have to be compiled. */
  readonly compiling: string | undefined;
  /** It is known to run compilers. */
  readonly builds: boolean;
}

/** In the order of the file, what the container starts behind all. */
const uses = once((facts: Facts): readonly Use[] => [
  ...facts.steps.flatMap((step) => [...usesIn(facts, step)]),
  ...facts.steps.flatMap((step) => checkUses(facts, step)),
  ...startScripts(facts).flatMap(({ text = '', step: read }) => [
    textUse(undefined, text),
    ...(read?.run?.commands ?? []).map((command) => commandUse(facts, command, { step: undefined, read })),
  ]),
]);

const builds = once((facts: Facts): readonly Use[] => uses(facts).filter((use) => use.builds));

function* usesIn(facts: Facts, step: Step): Iterable<Use> {
  const { instruction, run } = step;
  if (run) {
    if (instruction.flags.length > 0) yield textUse(step, instruction.flags.map(({ name, value }) => `${name}=${value ?? ''}`).join(' '));
    for (const outer of run.commands)
      for (const command of commandsOf(facts, step, outer)) yield commandUse(facts, command, { step, read: step, start: outer.command.start });
    if (run.opaque !== undefined) yield textUse(step, instruction.argument.text);
    for (const { text = '', step: read } of runScript(facts, step)) {
      yield textUse(step, text);
      for (const command of read?.run?.commands ?? []) yield commandUse(facts, command, { step, read });
    }
  } else if (instruction.keyword !== 'LABEL' && instruction.keyword !== 'HEALTHCHECK') yield textUse(step, instruction.joined.text);
}

function checkUses(facts: Facts, { instruction }: Step): Use[] {
  if (instruction.keyword !== 'HEALTHCHECK') return [];
  const text = instruction.argument.text.replace(/^[\s\S]*?\bCMD\b/i, '');
  const commands = scriptStep(text)?.run?.commands ?? [];
  return [textUse(undefined, instruction.argument.text), ...commands.map((command) => commandUse(facts, command, { step: undefined, read: undefined }))];
}

function textUse(step: Step | undefined, text: string, index = step?.instruction.index ?? Infinity): Use {
  return { step, index, start: 0, program: undefined, text, compiling: undefined, builds: false };
}

function commandUse(
  facts: Facts,
  command: CommandFacts,
  { step, read, start = 0 }: { readonly step: Step | undefined; readonly read: Step | undefined; readonly start?: number },
): Use {
  const { program, prefix, command: own, ecosystem, use } = command;
  const text = prefix + own.words.map((word) => word.text).join(' ');
  const ofProject = ecosystem && ecosystem.manifests.length > 0 && (use?.action === 'install' || /\b(install|ci|sync|add|update|wheel)\b/.test(text));
  const compiling = ofProject && !(read && isSureToUnpack(facts, read, command)) ? ecosystem.id : undefined;
  return { step, index: step?.instruction.index ?? Infinity, start, program, text, compiling, builds: !ecosystem && surelyBuilds(command) };
}

/** The first of uses in the order of the file that is behind an install, on what it left. */
function firstBehind(facts: Facts, { step, command }: Install, among: readonly Use[]): Use | undefined {
  const { index } = step.instruction;
  for (let at = firstWhere(among.length, (i) => (among[i]?.index ?? 0) >= index); at < among.length; at++) {
    const use = among[at];
    if (!use?.step) return use;
    if (use.step === step ? use.start === 0 || use.start > command.command.start : mayRunOn(facts, use.step.stage, step.stage)) return use;
  }
  return undefined;
}

/** An install of packages that are all published ready to be unpacked. */
function isSureToUnpack(facts: Facts, step: Step, { ecosystem, call, workdir }: CommandFacts): boolean {
  return call !== undefined && ecosystem?.unpacks?.(call, projectFiles(facts, filesBefore(step, facts), workdir ?? '/')) === true;
}

/** By its name, with another package, in the base image, or by an earlier install that takes recommended packages along: up to its first use. */
function isThere(facts: Facts, install: Install, one: Recommended, use: Use | undefined, kept: readonly string[]): boolean {
  const { step, command, manager, told } = install;
  if (one.heldBy?.(step.stage.base) === true || kept.some((name) => relationsOf(manager)(name).brought.includes(one))) return true;
  const { named, recommended, taken } = bringersOf(facts)(manager)(one);
  const isInTime = (other: Install): boolean => isOneLine(step, other.step) && (!use || isBefore(other, use));
  if (named.some(isInTime)) return true;
  // A package that it is known to recommend stays with it.
  if (!told.has(one) && recommended.some((other) => other.step !== step && isInTime(other))) return true;
  return taken.some((other) => {
    const { index } = other.step.instruction;
    const isEarlier = index < step.instruction.index || (other.step === step && other.command.command.start < command.command.start);
    return isEarlier && isInTime(other) && (other.told.has(one) || (use !== undefined && hasProgram(use, one)));
  });
}

function isBefore({ step, command }: Install, { index, start }: Use): boolean {
  return step.instruction.index < index || (step.instruction.index === index && (start === 0 || command.command.start < start));
}

/** Installs that name a package or what brings it; those that take along something that brings it; those that may take itself along. */
const bringersOf = once((facts: Facts) =>
  once((manager: Recommends) =>
    once((one: Recommended) => {
      const all = installs(facts).filter((install) => install.manager === manager);
      const recommending = all.filter(({ read }) => !read.says);
      const isBrought = (name: string): boolean => relationsOf(manager)(name).brought.includes(one);
      return {
        named: all.filter(({ names }) => names.some(isBrought)),
        recommended: recommending.filter(({ told }) => [...told].some((another) => isBrought(another.package))),
        taken: recommending.filter((install) => mayCome(install, one)),
      };
    }),
  ),
);

/** One of both runs on what the other left. */
function isOneLine(a: Step, b: Step): boolean {
  return a.instruction.index <= b.instruction.index ? descendsFrom(b.stage, a.stage) : descendsFrom(a.stage, b.stage);
}

/** Code that runs behind an install and cannot be read. */
export function unreadBehind(facts: Facts, { step }: RecommendingInstall): string | undefined {
  const found = unreadScripts(facts).find(
    (one) => !one.step || (one.step.instruction.index >= step.instruction.index && mayRunOn(facts, one.step.stage, step.stage)),
  );
  return found?.path;
}

const unreadScripts = once((facts: Facts): readonly { readonly path: string; readonly step: Step | undefined }[] => [
  ...facts.steps.flatMap((step) => runScript(facts, step).flatMap(({ text, path }) => (text === undefined ? [{ path, step }] : []))),
  ...startScripts(facts).flatMap(({ text, path }) => (text === undefined ? [{ path, step: undefined }] : [])),
]);

/** What builds behind an install, where no compiler is there by its name or with the base image; undefined where there is one, or nothing builds. */
export function unnamedCompilerOf(facts: Facts, install: RecommendingInstall): string | undefined {
  const packages = install.command.ecosystem?.buildPackages;
  const { base } = install.step.stage;
  if (!packages || holdsCompilers(base) === true) return undefined;
  const use = firstBehind(facts, install, builds(facts));
  const isCompiler = (name: string): boolean => packages.read(name, { base, others: [] })?.kind === 'compiler';
  if (!use || recommendationsOf(install, facts).kept.some(isCompiler)) return undefined;
  return compilerInstalls(facts).some((step) => isOneLine(step, install.step)) ? undefined : `\`${use.program ?? ''}\``;
}

/** Steps that install a compiler by its name. */
const compilerInstalls = once((facts: Facts): readonly Step[] =>
  facts.steps.filter((step) =>
    step.run?.commands.some((command) =>
      namesOfInstall(command).some((name) => command.ecosystem?.buildPackages?.read(name, { base: step.stage.base, others: [] })?.kind === 'compiler'),
    ),
  ),
);

/** Names that an install has, in whatever way they are written. */
function namesOf({ use, arguments: all }: CommandFacts): string[] {
  return all.slice((use?.actionAt ?? -1) + 1).flatMap(({ text }) => (text.startsWith('-') ? [] : [plainName(text.replaceAll(/["']/g, ''))]));
}

/** The manager's own configuration says whether recommended packages come: a RUN or a heredoc writes it, or a file of the context that a COPY brings. */
function isConfigured(facts: Facts, step: Step, manager: Recommends): boolean {
  return configuringSteps(facts)(manager).some((one) => one.instruction.index <= step.instruction.index && isOneLine(one, step));
}

const configuringSteps = once((facts: Facts) =>
  once(({ configured, configuration }: Recommends): readonly Step[] =>
    facts.steps.filter(({ instruction, copy }) => {
      if (configured.test(instruction.joined.text) || instruction.heredocs.some(({ content }) => configured.test(content))) return true;
      const below = copy?.path !== undefined && configuration.some((folder) => overlap(copy.path ?? '', folder));
      return below && copy.from === undefined && copy.sources.some((source) => configured.test(facts.context.text(contextPath(source)) ?? ''));
    }),
  ),
);

/** A COPY that brings configuration of the manager which cannot be read. */
export function unreadConfiguration(facts: Facts, { step, manager }: RecommendingInstall): string | undefined {
  const found = unreadConfigurations(facts)(manager).find((one) => one.instruction.index < step.instruction.index && isOneLine(one, step));
  return found?.instruction.argument.text;
}

const unreadConfigurations = once((facts: Facts) =>
  once(({ configuration }: Recommends): readonly Step[] =>
    facts.steps.filter(
      ({ copy }) =>
        copy?.path !== undefined &&
        configuration.some((folder) => copy.path === folder || copy.path?.startsWith(`${folder}/`)) &&
        (copy.from !== undefined || copy.sources.some((source) => facts.context.text(contextPath(source)) === undefined)),
    ),
  ),
);

const manifestTexts = once((context: Facts['context']): readonly string[] =>
  context.below('').flatMap((file) => (isManifest(file) || file.endsWith('.gitmodules') ? (context.text(file) ?? []) : [])),
);
