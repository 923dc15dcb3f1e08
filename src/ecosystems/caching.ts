import type { Base } from '../bases/base.ts';
import type { Obstacle, ProjectFiles } from './closure.ts';
import type { Argument } from './ecosystem.ts';

/** What a call keeps in directories that a later build can take up again: downloads, or what a compiler made. Data for a cache mount, no edits. */
export interface Caching {
  /** As a noun: "npm's downloads". Calls with the same one share it. */
  readonly title: string;
  /** Absolute, or below the home of the user (`~/.npm`). */
  readonly directories: readonly string[];
  /** Only one build at a time may write there. */
  readonly locked?: boolean;
  /** What it holds is of no use, or wrong, on another distribution, or on another C library. */
  readonly fits?: 'distribution' | 'libc';
  /** Arguments, by position, with which it stays empty. */
  readonly against?: readonly number[];
  /** Options that it needs, put behind the action where they are missing, each with the words that do the same behind it. */
  readonly options?: readonly (readonly [option: string, ...others: string[]])[];
  /** The option, and the words that do the same, by which a call fetches the manager's index anew; it needs it where no update of its RUN does that before. */
  readonly renews?: readonly [option: string, ...others: string[]];
  /** Variables that it needs, set in front of the call where they have another value. */
  readonly sets?: readonly (readonly [name: string, value: string])[];
  /** Later calls live on what an earlier one left there: all of them get the mount, or none. */
  readonly livedOn?: boolean;
  /** The call puts there what it makes of the project, which cannot be fetched. */
  readonly ofProject?: boolean;
  /** Whatever the image starts with may read it there: none in a stage that is shipped. */
  readonly readAtStart?: boolean;
  /** The call fetches nothing: it fails without what an earlier one left there. */
  readonly offline?: boolean;
  /** What the image does with the directories after each call, undone at the start of the RUN and put back at its end. */
  readonly around?: { readonly first: string; readonly last: string; readonly names: string };
  /** The folder that holds the directories is there, and the user may write in it. */
  readonly inWritable?: boolean;
  /** It lies in what the call makes: who copies that from the stage can do without it. */
  readonly inOutput?: boolean;
  /** What may differ: at `review` only. */
  readonly differs?: string;
}

/** Where a call runs. */
export interface CachingPlace {
  readonly base: Base;
  /** The files of the project that are there before. */
  readonly files: ProjectFiles;
  readonly root: boolean;
  /** The text of the steps of its stage before the call, and of its own up to it. */
  readonly before: () => string;
}

/** Nothing, caches, or why it is not known where they lie. */
export type CachingRead = readonly Caching[] | Obstacle;

/** Folders in which other things lie as well, which a mount would hide. */
const manyThings =
  /^(~|\/root|\/home\/[^/]+|\/var|\/usr|\/usr\/local)?(\/(\.cache|\.local|\.config|share|cache|lib|src|tmp|\.local\/share))?\/?$|^\/(opt|home|etc|srv|app|run|mnt|data|workspace)\/?$/;

/** A directory that options or variables name, in order, or else the usual one; an obstacle where a name is not known, or is no place for a cache. */
export function directoryOf(given: readonly (Argument | string | undefined)[], usual: string): string | Obstacle {
  const first = given.find((one) => one !== undefined && one !== '');
  if (first === undefined) return usual;
  const value = typeof first === 'string' ? first : first.value;
  if (value === undefined || !/^(~|\/(?!dev\/))/.test(value) || manyThings.test(value))
    return { because: 'its cache was moved, and where it lies is not known, or is no folder to mount', file: undefined };
  return value.replace(/\/+$/, '');
}
