import type { Batch } from '../batch/batch.ts';

/** What is reviewed, applied and merged as one. */
export interface Portion {
  /** Of a folder, owners, transforms, or the Dockerfile that stands for those alike. */
  readonly name: string;
  /** What is done, on one line. */
  readonly title: string;
  /** What of the run it holds: texts as this portion alone makes them. */
  readonly batch: Batch;
  /** Why it holds more than its name says. */
  readonly notes: readonly string[];
  /** Dockerfiles that are changed as those in `shown` are. */
  readonly alike: readonly Alike[];
  /** The part of `batch` that stands for all of it. */
  readonly shown: Batch;
}

export interface Alike {
  readonly path: string;
  /** Lines of its text or patch in which it differs. */
  readonly differences: number;
}
