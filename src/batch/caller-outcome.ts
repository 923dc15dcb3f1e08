import type { BuildInput } from '../build-input.ts';
import type { Outcome } from '../outcome.ts';

/** What becomes of a file that builds Dockerfiles. */
export interface CallerFileOutcome {
  /** Relative to the working directory, with forward slashes. */
  readonly path: string;
  readonly original: string;
  readonly text: string;
  /** Dockerfiles of this run that want something of it, by path. */
  readonly askedBy: readonly string[];
  /** Values that stood in it: nothing but the file and its patch may show them. */
  readonly leaked: readonly string[];
}

/** What is said to those who keep a file that builds a Dockerfile. */
export interface CallerNote {
  /** The Dockerfile's path, relative to the working directory like the file's. */
  readonly dockerfile: string;
  readonly file: string;
  /** From 1, in the file as it was. */
  readonly line: number;
  /** `to do`: they have to change it, else it cannot build the Dockerfile any more. `to know`: it was changed, or can do without. */
  readonly kind: 'to do' | 'to know';
  readonly text: string;
}

export interface CallerFiles {
  readonly callerFiles: readonly CallerFileOutcome[];
  readonly callerNotes: readonly CallerNote[];
}

export const noCallerFiles: CallerFiles = { callerFiles: [], callerNotes: [] };

/** What a Dockerfile wants of those who build it, each once. */
export function wantsOf({ changes }: Pick<Outcome, 'changes'>): readonly BuildInput[] {
  const found = new Map<string, BuildInput>();
  for (const input of changes.flatMap(({ wants }) => wants)) found.set(JSON.stringify([input.kind, input.id, input.insteadOf]), input);
  return [...found.values()];
}
