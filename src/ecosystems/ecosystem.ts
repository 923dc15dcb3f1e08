import type { Base } from '../bases/base.ts';
import type { Family } from '../bases/families.ts';
import type { BuildPackages } from './build-packages.ts';
import type { Recommends } from './recommends.ts';
import type { CachingPlace, CachingRead } from './caching.ts';
import type { Closure, ClosureRead, Obstacle, ProjectFiles } from './closure.ts';

/** What is known of a package manager: how it is called, what it leaves behind, which files it reads. Data first, no edits. */

/** An argument as written and, where nothing in it is expanded, as the program gets it. */
export interface Argument {
  readonly text: string;
  readonly value: string | undefined;
}

/** A call of one of the ecosystem's programs, prefixes such as `sudo` or `env` taken off. */
export interface Call {
  /** Its name without the directory. */
  readonly program: string;
  /** The same as it is called: with its directory, and behind `sudo -E ` or the like. */
  readonly calledAs: string;
  /** Variables set right in front of it; an undefined value is one that is not known. */
  readonly assignments: readonly { readonly name: string; readonly value: string | undefined }[];
  readonly arguments: readonly Argument[];
  /** The value of an environment variable in force, prefix assignments included; undefined where it is not set or not known. */
  environment(name: string): string | undefined;
  /** True for one that is set, and its value is not known. */
  isUnknown(name: string): boolean;
}

export type Action =
  /** Fetches the index that installs read. */
  | 'update'
  | 'upgrade'
  | 'install'
  | 'remove'
  /** Removes only what it left behind. */
  | 'clean'
  /** Prints, marks or configures; leaves nothing behind. */
  | 'other';

/** What one call does. */
export interface Use {
  readonly action: Action;
  /** Index of the argument that names the action: options that apply to it go behind it. -1 where the program has none. */
  readonly actionAt: number;
  /** Positions of the packages among the arguments, where each is a plain package name; undefined where one is a file, a URL,
   * or comes from an option or an expansion. */
  readonly packages?: readonly number[];
  /** Ids of the leavings that the call writes. */
  readonly leaves: readonly string[];
  /** Ids of the leavings that it cannot do without, as an earlier call left them. */
  readonly needs: readonly string[];
  /** Ids of the leavings that it fetches itself before it needs them. */
  readonly renews: readonly string[];
  /** Ids of the leavings that it removes. */
  readonly cleans: readonly string[];
  /** Context files and folders that it reads, by name, relative to its working directory; undefined where they are not known. */
  readonly reads?: readonly string[];
  /** On this base it may put another release of the manager itself in another place, and a shell goes on with the one that it found first. */
  readonly replacesItself?: (base: Base) => boolean;
  /** What an install reads, asked of the files of its working directory; undefined where that is not known. */
  readonly closure?: (files: ProjectFiles) => ClosureRead;
  /** It only fetches what later calls need, and nothing is changed where it runs before them. */
  readonly fetches?: boolean;
  /** It adds, changes or removes a repository, or the keys by which one is trusted: an index that was fetched before is another one. */
  readonly setsSources?: boolean;
}

/** Something that a package manager writes, that no later step needs, and that can be written again. */
export interface Leaving {
  /** `apt-lists` */
  readonly id: string;
  /** For sentences: "package lists". */
  readonly title: string;
  /** Absolute directories, `~` for the home of the user who ran it; whoever empties or removes one cleaned up. */
  readonly directories: readonly string[];
  /** An option by which it never comes, put behind the action. */
  readonly avoidedBy?: string;
  /** Options of a call that `avoidedBy` takes the place of. */
  readonly replaces?: readonly string[];
  /** Programs older than their releases here do not know `avoidedBy`; matched against the base image's name and tag. */
  readonly notOn?: RegExp;
  /** What the words of a pipeline, quotes taken off, do for the later calls of a program there: true where it knows `avoidedBy` from then on, false where not, undefined where they leave it as it is. */
  readonly brings?: (words: readonly string[], program: string) => boolean | undefined;
  /** The command that removes it, as experts write it. */
  readonly cleanUp?: (program: string) => string;
  /** Later calls that do not fetch it anew fail or change without it. */
  readonly livedOn?: boolean;
  /** Other programs that call the manager, and do not fetch it first. */
  readonly usedBy?: readonly string[];
  /** Why removing it is right. */
  readonly because: string;
  /** What that saves, with the source of the figure. */
  readonly saves?: string;
}

export interface Fetch {
  /** As the Dockerfile would write it. */
  readonly command: string;
  /** Cache mounts of the call, by their target, that hold what it fetches. */
  readonly kept?: RegExp;
  /** The same of those that it has no use for. */
  readonly unused?: RegExp;
  readonly closure: (files: ProjectFiles) => ClosureRead;
}

/** Something that a project's own commands make in the folder that they run in, and make again elsewhere. */
export interface Artefact {
  /** A name, or a path from that folder. */
  readonly name: string;
  /** Installs of the project make it, or calls whose arguments, joined by blanks, match. */
  readonly by: 'install' | RegExp;
  /** The name means nothing else: it is the same wherever it lies. */
  readonly anywhere?: boolean;
  /** Each project of several makes its own. */
  readonly each?: boolean;
}

/** An install that takes what the lockfile says, or fails. */
export interface LockedInstall {
  /** A word in place of another one, by the position of that among the arguments. */
  readonly instead?: { readonly position: number; readonly word: string };
  /** An option at its end. */
  readonly option?: string;
  /** As people call it. */
  readonly call: string;
  /** Why it would fail, or do something else. */
  readonly obstacle: Obstacle | undefined;
}

/** What a call hands on to the program that it starts, and code may live on. */
export interface HandedOn {
  /** Paths of files with such code. */
  readonly code: RegExp;
  /** Names of variables. */
  readonly variables: RegExp;
  /** Calls of other programs, which the call has put in reach by their names. */
  readonly programs: RegExp;
}

/** The program behind a call that names a script of the project. */
export interface Started {
  /** As people call it: `npm start`. */
  readonly call: string;
  /** The program, by its path where the call's folder holds it, and its arguments. */
  readonly words: readonly string[];
  /** Where these are not known to be all: the words of the one plain command that the script is. */
  readonly calls?: readonly string[];
  /** The package of the project that brings the program; undefined for one of the image's own, or a file of the project. */
  readonly from: string | undefined;
  readonly handsOn: HandedOn;
  /** Why the call does more than that, or may. */
  readonly obstacle: Obstacle | undefined;
}

/** How packages of a distribution are installed in a RUN of their own. */
export interface Adding {
  readonly family: Family;
  /** Words of an install that neither name packages nor say where they come from. */
  readonly harmless: RegExp;
  /** With the option by which recommended packages do not come. */
  isLean(words: readonly string[]): boolean;
  /** Commands, each of which needs the one before, as people write them; `lean` without recommended packages. */
  commands(packages: readonly string[], lean: boolean): readonly string[];
}

/** A setting that a call keeps in a file. */
export interface Configured {
  /** The file, `~` for the home of the user; a name alone lies in the folder of the call. */
  readonly file: string;
  /** Arguments with which the same program takes it back. */
  readonly takenBack: readonly string[];
  /** The folder of logs that hold what it was called with, `~` for the home of the user. */
  readonly logs?: string;
}

/** How a call builds for another platform than the one that it runs on; `nothing` of what others make of it depends on the platform. */
export interface Crossing {
  /** Variables in front of the call, by the build arguments of the target: `GOARCH=$TARGETARCH`. */
  readonly settings: readonly { readonly name: string; readonly value: string; readonly argument: string }[];
}

export interface Ecosystem {
  readonly id: string;
  readonly programs: readonly string[];
  /** Other programs that call it, and need what it keeps. */
  readonly usedBy?: readonly string[];
  /** Scripts of the project, called by their path, that fetch the program and run it: of their calls no more than the caches is told. */
  readonly wrappers?: readonly string[];
  /** The level at which two neighbouring installs of plain packages with the same options may become one. */
  readonly unites?: 'safe' | 'review';
  /** What may differ then. */
  readonly unitingDiffers?: string;
  /** Packages that the builds of others import: they have to be there before those are fetched. */
  readonly importedByBuilds?: RegExp;
  readonly leavings: readonly Leaving[];
  /** File names, `*` allowed, by which its manifests and lockfiles are known wherever they lie. */
  readonly manifests: readonly string[];
  readonly artefacts?: readonly Artefact[];
  /** Folders, from the one that it runs in, of the projects in each of which a call makes them; where this is not told, the one that it runs in. */
  readonly projectsBuilt?: (call: Call, files: ProjectFiles) => readonly string[];
  /** The fetch that would spare a call its own, where that could run before the source is there: the call builds, so what it does is not told. */
  readonly needs?: (call: Call) => Fetch | undefined;
  /** The caches that a call fills or reads, whether or not the rest of what it does is understood. */
  readonly caching?: (call: Call, place: CachingPlace) => CachingRead;
  /** Calls after which its caches lie elsewhere, by their arguments joined by blanks. */
  readonly movesCaches?: RegExp;
  /** Calls that only empty its caches, where `read` does not tell. */
  readonly clearsCaches?: RegExp;
  /** It installs packages of the distribution: cleaned up in the RUN that installs them they leave a shipped stage as small as a cache mount would (measured). */
  readonly ofDistribution?: boolean;
  readonly adding?: Adding;
  /** Programs that run packages which they fetch, and find them again beside what the manager keeps. */
  readonly runsFetched?: readonly string[];
  /** Packages that it installs for builds alone. */
  readonly buildPackages?: BuildPackages;
  /** What it installs beside the packages that are named and those that they need. */
  readonly recommends?: Recommends;
  /** True for an install of packages that are all published ready to be unpacked: none has to be compiled. */
  unpacks?(call: Call, files: ProjectFiles): boolean;
  /** The same install by its lockfile alone; undefined where it is none of the whole project, or goes by it already. */
  readonly locked?: (call: Call, files: ProjectFiles, base: Base) => LockedInstall | undefined;
  /** What a call starts that names a script of the project; undefined for any other call. */
  readonly starts?: (call: Call, files: ProjectFiles) => Started | undefined;
  /** The options, behind all others, with which an install of the project leaves out what only its development needs, and what others need than one member of its workspace, where that is named; undefined where it does so already. */
  readonly production?: (call: Call, files: ProjectFiles, member?: string) => string | undefined;
  /** How a call that builds is told the platform of the image, which a caller builds for several of; undefined where the call does not build for any. */
  readonly crosses?: (call: Call, platforms: readonly string[]) => Crossing | Obstacle | undefined;
  /** What it builds runs on every platform. */
  readonly neutral?: RegExp;
  /** How it comes by credentials. */
  readonly credentials?: {
    /** Names of variables that it takes them from, whatever files say; for some of its programs alone where these are named. */
    readonly variables?: RegExp;
    readonly programs?: readonly string[];
    /** Names of the files that it reads them from, in whatever case. */
    readonly files?: RegExp;
    /** The variables that stand in for options with an address, by option. */
    readonly addresses?: Readonly<Record<string, string>>;
    /** Calls, program included, that keep what they are given in a place that is not known, and how people call them. */
    readonly keeps?: readonly { readonly call: RegExp; readonly called: string }[];
  };
  /** What a call writes of its arguments into the configuration of the user or of the project; undefined for any other call. */
  readonly configures?: (call: Call) => Configured | undefined;
  /** What a call does; undefined where it is not understood. */
  read(call: Call): Use | undefined;
}

interface OptionsRead {
  /** As written, and the letters of a short cluster one by one: `-Uq` is `-Uq`, `-U` and `-q`. */
  readonly options: readonly string[];
  /** Positions of the other arguments. */
  readonly rest: readonly number[];
  /** By option, in order, whether it stood behind a blank, behind `=` or right at the letter. */
  readonly values: ReadonlyMap<string, readonly Argument[]>;
}

/** What options are given, in order; undefined where none is, or where it is not known. */
export function valuesOf({ values }: OptionsRead, ...options: readonly string[]): string[] | undefined {
  const given = options.flatMap((option) => values.get(option) ?? []);
  const known = given.flatMap(({ value }) => value ?? []);
  return given.length > 0 && known.length === given.length ? known : undefined;
}

/** Splits options from the rest. `withValue` lists options whose value may be the next argument. */
export function readOptions(call: Call, withValue: readonly string[]): OptionsRead {
  const options: string[] = [];
  const rest: number[] = [];
  const values = new Map<string, Argument[]>();
  const add = (option: string, value: Argument): void => void values.set(option, [...(values.get(option) ?? []), value]);
  let ended = false;
  for (let i = 0; i < call.arguments.length; i++) {
    const argument = call.arguments[i] ?? { text: '', value: undefined };
    const option = argument.value ?? argument.text;
    if (ended || !option.startsWith('-') || option === '-') {
      rest.push(i);
      continue;
    }
    ended = option === '--';
    options.push(option);
    const { name, attached, letters } = splitOption(option, withValue);
    options.push(...letters);
    const next = call.arguments[i + 1];
    if (attached !== undefined) add(name, { text: attached, value: argument.value === undefined ? undefined : attached });
    else if (withValue.includes(name) && next) {
      add(name, next);
      i++;
    }
  }
  return { options, rest, values };
}

/** `--name=value`, `-nvalue`, `-xyn`: the option that takes a value, the value that hangs on it, and the letters of the cluster. */
function splitOption(
  option: string,
  withValue: readonly string[],
): { readonly name: string; readonly attached: string | undefined; readonly letters: readonly string[] } {
  const equals = option.indexOf('=');
  if (option.startsWith('--')) {
    return equals < 0 ? { name: option, attached: undefined, letters: [] } : { name: option.slice(0, equals), attached: option.slice(equals + 1), letters: [] };
  }
  const letters: string[] = [];
  for (let i = 1; i < option.length && option.length > 2; i++) {
    const letter = `-${option[i] ?? ''}`;
    if (withValue.includes(letter)) {
      const attached = option.slice(i + 1).replace(/^=/, '');
      return { name: letter, attached: attached === '' ? undefined : attached, letters: i === 1 ? [letter] : [...letters, letter] };
    }
    if (!/[A-Za-z0-9]/.test(option[i] ?? '')) break;
    letters.push(letter);
  }
  // What is longer is a word (`npm -global`, `find -name`) and no cluster.
  return { name: option, attached: undefined, letters: option.length <= 5 ? letters : [] };
}

/** True where the call has one of the options, in whatever spelling. */
export function hasOption({ options, values }: OptionsRead, ...names: readonly string[]): boolean {
  return names.some((name) => options.includes(name) || values.has(name));
}

/** `name`, `name=1.2`, `name<2`, `name:arch`, `name@tag`, `.virtual`; no path, no group, no `name-` (apt removes that). */
const plainPackage = /^(\w|\.\w)([\w.+:~=<>*@-]*[\w.+~*])?$/;

/** The positions, where every argument there is a plain package name; the manager may have a pattern of its own. */
export function plainPackages(call: Call, positions: readonly number[], pattern: RegExp = plainPackage): readonly number[] | undefined {
  for (const position of positions) {
    const value = call.arguments[position]?.value;
    if (value === undefined || !pattern.test(value)) return undefined;
  }
  return positions.length > 0 ? positions : undefined;
}

/**
 * The closure of an install of named packages, which reads nothing of the project; undefined where one of them may be a file.
 * `exact` knows a package by its one version.
 */
export function namedPackages(call: Call, positions: readonly number[], exact: RegExp, pattern: RegExp = plainPackage): (() => Closure) | undefined {
  const words: string[] = [];
  for (const position of positions) {
    const { text = '', value = withVersion(text) } = call.arguments[position] ?? {};
    if (value === undefined || !(text.includes('$') || pattern.test(value))) return undefined;
    words.push(value);
  }
  return words.length === 0 ? undefined : () => ({ files: [], outputs: [], floating: words.find((word) => !exact.test(word)) });
}

/** `nginx=$VERSION` is a package, whatever the variable says. */
function withVersion(text: string): string | undefined {
  return /^["']?[\w@][\w.+:/@-]*[=@]["']?\$[\w{}]+["']?$/.test(text) ? text : undefined;
}

/** Another call of the same program, as the same user and with the same variables but for those that do not matter to it; undefined where one is not known. */
export function sameProgram({ calledAs, assignments }: Call, arguments_: readonly string[], unneeded?: RegExp): string | undefined {
  const kept = assignments.filter(({ name }) => !unneeded?.test(name));
  if (kept.some(({ value }) => value === undefined || !/^[\w./:@,=+-]*$/.test(value))) return undefined;
  return [...kept.map(({ name, value }) => `${name}=${value ?? ''}`), calledAs, ...arguments_].join(' ');
}

/** Positions of arguments that are one of the words. */
export function positionsOf(call: Call, ...words: readonly string[]): number[] {
  return call.arguments.flatMap(({ value }, position) => (value !== undefined && words.includes(value) ? [position] : []));
}

const nothing: readonly string[] = [];

/** A use that leaves, needs, renews and cleans nothing but what is given. */
export function use(action: Action, actionAt: number, more: Partial<Use> = {}): Use {
  return { action, actionAt, leaves: nothing, needs: nothing, renews: nothing, cleans: nothing, ...more };
}
