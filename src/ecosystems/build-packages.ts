import type { Base } from '../bases/base.ts';
import type { Call } from './ecosystem.ts';

/** What is known of a package that only builds need. */
export interface BuildPackage {
  /** A compiler or headers are worth taking out again; a tool alone is small. */
  readonly kind: 'compiler' | 'headers' | 'tool';
  /** Packages with the libraries that what is built with it loads when it runs; undefined where they are not known. */
  readonly libraries: readonly string[] | undefined;
}

/** Where a package is installed. */
export interface InstallPlace {
  readonly base: Base;
  /** Names of all packages that the stage installs and that are no build packages. */
  readonly others: readonly string[];
}

/** The packages of a distribution that only builds in the image need, and how they are taken out again. */
export interface BuildPackages {
  /** undefined for a package that is not known to serve builds alone. */
  read(name: string, place: InstallPlace): BuildPackage | undefined;
  /** A package for which the manager keeps or brings compilers, whatever else is taken out. */
  keepsCompilers(name: string, call: Call): boolean;
  /** Options by which an install of build packages alone is told apart; without any the removal names the packages. */
  readonly apart?: string;
  /** The commands that take them out, in order. */
  removal(calledAs: string, packages: readonly string[]): readonly string[];
  /** True for the calls that `removal` writes. */
  isRemoval(call: Call): boolean;
  /** A package that `read` names as a library. */
  isLibrary(name: string): boolean;
  /** The folder in which the manager keeps what the removal goes by: a mount there hides it. */
  readonly state?: string;
}

/** Libraries by the package with their headers. */
export type Libraries = Readonly<Record<string, readonly string[]>>;

/** A name without version, architecture or repository. */
export function plainName(word: string): string {
  return word.replace(/[=<>~@:].*$/, '');
}
