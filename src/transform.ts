import type { BuildInput } from './build-input.ts';
import type { Options } from './options.ts';
import type { Level } from './outcome.ts';
import type { Edit } from './text.ts';
import type { Instruction } from './dockerfile/model.ts';
import type { Facts } from './steps/facts.ts';
import type { Question, Verdict } from './legality/question.ts';

/** What a transform may never alter: checked from both texts, so that none can declare its own bug right. */
export type Kept = 'commands' | 'files' | 'stages' | 'config' | 'comments';

/** What a transform does beyond joining or leaving alone; everything else stays checked. */
export type Does =
  | 'cleans up'
  | 'unites installs'
  | 'introduces stages'
  | 'leaves out what development needs'
  | 'splits'
  | 'mounts'
  | 'mounts secrets'
  | 'mounts ssh'
  | 'builds natively'
  | 'moves variables'
  | 'sets owners while copying'
  | 'installs by the lockfile'
  | 'mounts what is deleted'
  | 'deletes what it unpacked'
  | 'moves deletions'
  | 'copies below installs'
  | 'removes build packages'
  | 'skips recommended packages'
  | 'writes pairs with ='
  | 'writes folders absolutely'
  | 'writes protocols in lower case'
  | 'writes stage names in lower case'
  | 'leaves the platform out'
  | 'drops what is overridden'
  | 'labels the maintainer'
  | 'runs without a shell'
  | 'starts directly'
  | 'asks by another program'
  | 'copies in place of adding'
  | 'raises the frontend'
  | 'takes the run-time base'
  | 'drops root'
  | 'links copies'
  | 'pins images'
  | 'writes lists as heredocs';

/** Under which heading a line stands in an ignore file, in this order. */
export const ignoreGroups = [
  'version control',
  'made again in the image',
  'left by tools',
  'read by docker only',
  'tracked, and read by nothing in the image',
  'on one machine only',
  'settings and secrets of one machine',
  'given to builds as secrets',
] as const;

/** A line for the ignore file in force for the Dockerfile. */
export interface IgnoreLine {
  /** As it stands in the file, a `!` in front of it where it brings something back. */
  readonly pattern: string;
  readonly group: (typeof ignoreGroups)[number];
}

/** One reviewable change: all its edits or none. */
export interface Finding {
  readonly kind: 'finding';
  readonly at: Instruction;
  readonly message: string;
  readonly level: Level;
  readonly because: string;
  readonly differs?: string | undefined;
  readonly saves?: string | undefined;
  readonly edits: readonly Edit[];
  /** What the ignore file has to hide: with edits all of it, else they are not made; without edits as much of it as no other Dockerfile needs. */
  readonly ignores?: readonly IgnoreLine[] | undefined;
  /** What those who build it have to give from now on. */
  readonly wants?: readonly BuildInput[] | undefined;
}

/** A place where the transform held back, and the refusal that decided. */
export interface Decline {
  readonly kind: 'decline';
  readonly at: Instruction;
  readonly refusal: string;
  readonly because: string;
}

/** Something counted, for a sum over all files. */
export interface Count {
  readonly kind: 'count';
  readonly name: string;
  readonly quantity: number;
}

export type Found = Finding | Decline | Count;

export interface Transform<Given extends Options = Options> {
  /** Its name on the command line, in suppressions and in reports: lower case and dashes. */
  readonly id: string;
  readonly title: string;
  /** The best level that its findings can have. */
  readonly level: Level;
  /** One paragraph for people: what it does and why it pays. */
  readonly benefit?: string;
  readonly default?: 'on' | 'off';
  readonly keeps: readonly Kept[];
  readonly does?: readonly Does[];
  /** The questions whose refusals are its preconditions. */
  readonly asks?: readonly Question<never>[];
  readonly caveats?: readonly string[];
  readonly references?: readonly string[];
  /** Its options with their defaults; a value's type is the option's. */
  readonly options?: Given | undefined;
  find(facts: Facts, options: Given): Iterable<Found>;
}

export function defineTransform<Given extends Options = Options>(transform: Transform<Given>): Transform<Given> {
  return transform;
}

/** A change where the verdict allows it. */
export function finding(at: Instruction, message: string, verdict: Extract<Verdict, { allowed: Level }>, edits: readonly Edit[], saves?: string): Finding {
  return { kind: 'finding', at, message, level: verdict.allowed, because: verdict.because, differs: verdict.differs, edits, saves };
}

export function declined(at: Instruction, verdict: Extract<Verdict, { refused: string }>): Decline {
  return { kind: 'decline', at, refusal: verdict.refused, because: verdict.because };
}

/** Counts something over all files: the sums are printed at the end. */
export function counted(name: string, quantity = 1): Count {
  return { kind: 'count', name, quantity };
}
