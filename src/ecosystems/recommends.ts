import type { Base } from '../bases/base.ts';
import type { Call } from './ecosystem.ts';

/** What an install of a package manager does with packages that others only recommend. */
export interface RecommendsRead {
  /** It says itself whether they come, by whatever option. */
  readonly says: boolean;
  /** The option by which none comes, behind the action. */
  readonly option: string;
  /** Positions of the packages among the arguments; undefined where one is a file, a pattern, or comes from an expansion. */
  readonly packages: readonly number[] | undefined;
}

/** A package that comes as a recommended one, and by what a Dockerfile shows that it needs it. */
export interface Recommended {
  readonly package: string;
  /** Packages that recommend it, by themselves or through what they need. */
  readonly by: RegExp;
  /** Packages without which nothing works that they are there for. */
  readonly always?: RegExp;
  /** Where an image of the distribution itself has its programs, it came as a recommended one, whatever recommends it. */
  readonly byUse?: true;
  /** Packages that need it or stand for it: with one of them it comes anyway. */
  readonly broughtBy: RegExp;
  /** True where the base image is known to hold it. */
  readonly heldBy?: (base: Base) => boolean;
  /** Its own programs. */
  readonly programs?: RegExp;
  /** Other programs that call them. */
  readonly callers?: RegExp;
  /** What tells of its use in the text of a step or of a script. */
  readonly words?: RegExp;
  /** The same in manifests and lockfiles. */
  readonly inManifests?: RegExp;
  /** An install of a language's packages that may compile needs it: of any, or of the ecosystems with these ids. */
  readonly compiles?: true | readonly string[];
  /** Words of a Dockerfile by which it is not needed. */
  readonly unless?: RegExp;
}

/** Packages that come because others recommend them, and how an install goes without. */
export interface Recommends {
  /** undefined for a call that installs no packages by name. */
  read(call: Call): RecommendsRead | undefined;
  /** False where the program may not know the option on this base; where nothing is said it does. */
  takesOption?(call: Call, base: Base): boolean;
  /** In the text of a step or of a file that it copies: the manager's configuration says whether they come. */
  readonly configured: RegExp;
  /** Folders and files of that configuration. */
  readonly configuration: readonly string[];
  /** It is known what the package recommends. */
  isKnown(name: string): boolean;
  /** Packages that are there for what they recommend. */
  readonly collections: RegExp;
  /** Packages that look for plug-ins, fonts or services of recommended ones while they run. */
  readonly extended: RegExp;
  /** An image of the distribution itself: it holds nothing but what each installation has. */
  isBare(base: Base): boolean;
  readonly packages: readonly Recommended[];
  /** What going without saves, with the source of the figure. */
  readonly saves?: string;
}
