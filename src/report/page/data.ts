/** What the page of `--format html` shows; no text in it holds a credential. */
export interface PageData {
  readonly version: string;
  /** Dockerfiles that were looked at. */
  readonly dockerfiles: number;
  readonly files: readonly PageFile[];
  readonly notes: readonly PageNote[];
}

/** A file that changes, or of which something is told. */
export interface PageFile {
  readonly path: string;
  /** Contexts and by what, or the Dockerfiles that ask for the change. */
  readonly about: string;
  /** undefined for a file that is new. */
  readonly before: string | undefined;
  readonly after: string;
  /** Unified, empty where nothing changes. */
  readonly patch: string;
  readonly changes: readonly PageChange[];
  /** What a higher level would add, and advice. */
  readonly judgement: readonly PageChange[];
  readonly declined: readonly PageDeclined[];
  readonly runsAgain: readonly string[];
  /** Why it is left alone, or what went wrong. */
  readonly troubles: readonly string[];
}

export interface PageChange {
  readonly id: string;
  readonly finding: string;
  readonly level: 'safe' | 'review' | 'advice';
  readonly message: string;
  readonly because: string;
  readonly differs?: string | undefined;
  readonly saves?: string | undefined;
  /** Line of the text before. */
  readonly line: number;
}

export interface PageDeclined {
  readonly id: string;
  readonly because: string;
  readonly line: number;
}

export interface PageNote {
  readonly file: string;
  readonly line: number;
  readonly kind: 'to do' | 'to know';
  readonly text: string;
}
