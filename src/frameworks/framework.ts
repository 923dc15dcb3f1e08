import type { Base } from '../bases/base.ts';
import type { Linking } from '../bases/preferred-rows.ts';
import type { Obstacle, ProjectFiles } from '../ecosystems/closure.ts';
import type { Call } from '../ecosystems/ecosystem.ts';

/** What is known of a kind of program: what builds it, where that lies, what must go along. Data first, no edits. */

/** A command as words, and the folder that it runs in. */
export interface BuildCommand {
  readonly program: string;
  /** Its arguments; an undefined one is not known. */
  readonly words: readonly (string | undefined)[];
  /** Absolute. */
  readonly workdir: string;
  /** It installs packages, or looks after those that are there. */
  readonly ofPackages: boolean;
  /** True for a variable that the stage, its RUN or the command itself sets. */
  readonly isSet: (name: string) => boolean;
}

/** A call that may build. */
export interface BuildCall {
  readonly call: Call;
  /** Absolute. */
  readonly workdir: string;
  /** The call itself or, where it runs a script of the project, what that runs. */
  readonly commands: readonly BuildCommand[];
  /** What COPYs brought before it, seen from that folder. */
  readonly files: ProjectFiles;
  /** Folders that ENV put in front of the search path of the base, the last one first. */
  readonly searched: readonly string[];
}

/** The words by which an image starts its program, and the folder that it starts in. */
export interface BuildStart {
  readonly words: readonly string[];
  /** Absolute. */
  readonly workdir: string;
  /** The manager of packages that finds them as a script of the project, which has to be there. */
  readonly by: string | undefined;
}

/** What an image does in a stage, as far as frameworks need it. */
export interface Build {
  readonly base: Base;
  /** All calls of the stage that are no work of the distribution's package manager, in order. */
  readonly calls: readonly BuildCall[];
  readonly start: BuildStart;
  /** By each path that a RUN copies or moves one file to: that file. Both absolute. */
  readonly copied: ReadonlyMap<string, string>;
  /** The texts of its instructions, continued lines joined, those of the stages that it is built FROM among them. */
  readonly said: readonly string[];
  /** Files of the build context that the stage holds, seen from the root. */
  readonly files: ProjectFiles;
  /** Those of them that something may read: all but settings of tools for people, prose and the like. */
  readonly readable: readonly string[];
}

/** Something that the build made, and where the program looks for it: both absolute. */
export interface Artefact {
  readonly path: string;
  readonly destination: string;
  /** A file that keeps its name: it is copied into its folder. */
  readonly inFolder?: boolean;
}

/** A folder of packages that the program loads. */
export interface Installed {
  readonly folder: string;
  /** Why those for development have to be there, too. */
  readonly development: string | undefined;
  /** Where those of several projects lie in a folder of each: the root around them, absolute, which comes as a whole from where they alone are installed, and the project that is started, by its name. */
  readonly workspace?: { readonly root: string; readonly member: string };
  /** Where it is not there by itself: the command that makes it, the folder in it that the search path has to begin with, and what else has to be set for what fills it, as `NAME=value`. */
  readonly made?: { readonly by: string; readonly programs: string; readonly settings: readonly string[] };
}

/** What takes an artefact apart at the end of the build, so that what changes least is copied by itself. */
export interface Unpacked {
  /** The words of a command, paths absolute. */
  readonly by: readonly string[];
  /** For sentences: "its libraries are loaded from a folder beside it". */
  readonly differs: string;
}

/** What of a build runs. */
export interface Program {
  /** For sentences: "the binary"; empty where the program runs as it stands in the source. */
  readonly title: string;
  /** What changes least comes first. */
  readonly artefacts: readonly Artefact[];
  /** Files of the project that it reads for sure, absolute. */
  readonly manifests?: readonly string[];
  /** A file of the context, and what in it may read other files when the program runs: the project stays in the image. */
  readonly reads: string | undefined;
  /** What its artefacts are linked to, where they are programs of the system. */
  readonly links?: Linking;
  /** Programs that COPYs from other images bring, by name, and that only the build calls. */
  readonly spares?: ReadonlySet<string>;
  /** Where installs of the project put what it loads, absolute. */
  readonly installed?: Installed | undefined;
  /** Where the artefacts are not there by themselves: the last step of the build. */
  readonly unpacked?: Unpacked | undefined;
  /** Packages that the build installs globally, by their names, and the image starts. */
  readonly tools?: readonly string[];
  /** No file of the project runs: what is built is only served. */
  readonly isServed?: true;
}

export interface Framework {
  readonly id: string;
  /** Programs that only build: what else installs or runs a language's packages may be for the program. */
  readonly builders: ReadonlySet<string>;
  /** Where a builder does other work as well: whether a call of it is part of the build. */
  isOfBuild?(call: Call): boolean;
  /** Where builders install more than what the program loads: whether a call puts packages where it does. */
  fills?(call: Call): boolean;
  /** What it installs by name lies among the packages that the program loads. */
  readonly keepsTools?: true;
  /** An image without a smaller variant is one to run on: what only builds is worth a stage there, too. */
  readonly runsOnItsBase?: true;
  /** A file of the project that its programs do not read, as a manifest that only says how to build. */
  isReadByBuildsAlone?(path: string): boolean;
  /** Variables that only its builds read. */
  readonly buildVariables: RegExp;
  /** What of a stage runs; undefined where the image does not start what it builds. */
  program(build: Build): Program | Obstacle | undefined;
  /** Folders, absolute, that calls make and that are the same whatever platform they run on. */
  neutral?(build: Pick<Build, 'calls'>): readonly string[];
  /** What a program loads that runs as it stands in the source. */
  packages?(build: Build): Installed | Obstacle | undefined;
}
