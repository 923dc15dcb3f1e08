import type { BuildInput } from './build-input.ts';
import type { NotUnderstood } from './dockerfile/model.ts';
import type { Edit } from './text.ts';
import type { IgnoreLine } from './transform.ts';

/** `safe`: proven equal but for what the level allows; `review`: a judgement that names what may differ; `advice`: told, never applied. */
export type Level = 'safe' | 'review' | 'advice';

/** A change that was made, or that a higher level would make. */
export interface Change {
  /** The transform's id. */
  readonly id: string;
  /** `id@path:line`, the line in the original text where it can be followed back: what `--only` and `--skip` take. */
  readonly finding: string;
  readonly level: Level;
  readonly message: string;
  readonly because: string;
  /** What may differ; at `review` always there. */
  readonly differs?: string | undefined;
  /** What it saves, with the source of the figure. */
  readonly saves?: string | undefined;
  /** Line in the original text, from 1. */
  readonly line: number;
  /** The text that the transform saw, and its edits on it. */
  readonly seen: string;
  readonly edits: readonly Edit[];
  /** Lines that it wants in the ignore file. */
  readonly ignores: readonly IgnoreLine[];
  /** What it wants of those who build the Dockerfile. */
  readonly wants: readonly BuildInput[];
}

/** A place where a transform held back. */
export interface Declined {
  readonly id: string;
  readonly finding: string;
  /** Id of the refusal. */
  readonly refusal: string;
  readonly because: string;
  readonly line: number;
}

/** The date of a `# dockopt-ignore` comment with which something is wrong. */
export interface SuppressionDate {
  /** Of the comment, from 1. */
  readonly line: number;
  /** As it is written. */
  readonly until: string;
  /** `over`: the comment silences no more; `no date`: it silences without end. */
  readonly is: 'over' | 'no date';
}

/** Something that a transform counted in the text as it was. */
export interface Counted {
  readonly id: string;
  readonly name: string;
  readonly quantity: number;
}

/** A fault of ours or of a user's transform: the transform's edits were undone in this file. */
export interface Fault {
  readonly id: string;
  readonly message: string;
}

/** An edit between two builds, and the file of the context that stands for it. */
export interface TypicalEdit {
  /** Of the program, of what its dependencies are installed from, of what is there for people alone. */
  readonly edit: 'source' | 'manifest' | 'unneeded';
  /** Relative to the context. */
  readonly path: string;
}

/** Which RUNs of a build run again. */
export interface RunsAfterEdit {
  /** Their lines, from 1. */
  readonly again: readonly number[];
  /** Those for which it depends on what another step makes this time. */
  readonly perhaps: readonly number[];
  /** The RUNs of the whole build. */
  readonly of: number;
}

/** What an edit makes the next build do. */
export interface RunsAgain extends TypicalEdit {
  /** Lines of the original text. */
  readonly before: RunsAfterEdit;
  /** Lines of the new text. */
  readonly after: RunsAfterEdit;
  /** Commands that run again before and are cached after, as `npm install`. */
  readonly spared: readonly string[];
  /** The other way round. */
  readonly added: readonly string[];
}

export interface ContextOfTarget {
  /** Relative to the working directory, `.` for itself. */
  readonly path: string;
  readonly given: boolean;
  /** By what: `--context`, `compose.yaml:4 web`, `the only Dockerfile, at the root` … */
  readonly by: string;
}

/** What became of one Dockerfile. */
export interface Outcome {
  /** Relative to the working directory, with forward slashes. */
  readonly path: string;
  /** The first of its contexts. */
  readonly context: ContextOfTarget | undefined;
  /** All that it is built with: a change holds with each. */
  readonly contexts: readonly ContextOfTarget[];
  readonly status: 'changed' | 'unchanged' | 'not understood' | 'failed';
  readonly original: string;
  readonly text: string;
  readonly changes: readonly Change[];
  /** What `--level review` would add, and advice. */
  readonly judgement: readonly Change[];
  readonly declined: readonly Declined[];
  readonly counts: readonly Counted[];
  readonly faults: readonly Fault[];
  /** Credentials that stand in the text: shown masked everywhere but in the patch and the new text. */
  readonly secrets: readonly string[];
  /** `# dockopt-ignore` comments that silenced nothing, by line. */
  readonly unusedSuppressions: readonly number[];
  /** Dates of such comments that are over, or none. */
  readonly suppressionDates: readonly SuppressionDate[];
  readonly notUnderstood?: NotUnderstood | undefined;
  /**
   * Which RUNs run again after typical edits, before and after; there where something changed. Computed when it is asked for, with the text of
   * the ignore file that is to be in force where that is another one.
   */
  readonly runsAgain?: ((ignoreFile?: string) => readonly RunsAgain[]) | undefined;
  /** A transform asked for digests, and there was no registry to ask. */
  readonly asksRegistry?: boolean | undefined;
  /** With `--target`: whether the file has that stage. */
  readonly hasTarget?: boolean | undefined;
  /** Why it could not be read, where status is `failed`. */
  readonly error?: string | undefined;
}

/** What an outcome holds beside its texts where nothing was found. */
export const noFindings: Omit<Outcome, 'path' | 'status' | 'original' | 'text'> = {
  context: undefined,
  contexts: [],
  changes: [],
  judgement: [],
  declined: [],
  counts: [],
  faults: [],
  unusedSuppressions: [],
  suppressionDates: [],
  secrets: [],
};
