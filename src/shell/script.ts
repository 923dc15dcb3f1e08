import type { SourceText } from '../text.ts';

/** What reads the text: POSIX `sh` (dash, busybox), bash, or not known. */
export type Dialect = 'posix' | 'bash' | 'unknown';

/** A word of a command. Offsets are into the script's text. */
export interface ShellWord {
  readonly start: number;
  readonly end: number;
  /** As written. */
  readonly text: string;
  /** What the command gets, where nothing in it is expanded. */
  readonly value: string | undefined;
  /** The same with `*`, `?` and `[]` left in; undefined where a variable or a substitution is in it. */
  readonly pattern: string | undefined;
}

export interface Redirection {
  /** `>`, `>>`, `<`, `>&` … */
  readonly operator: string;
  readonly target: ShellWord | undefined;
}

/** A simple command, wherever in the script it stands. */
export interface SimpleCommand {
  readonly start: number;
  readonly end: number;
  /** The name and its arguments, prefix assignments and redirections not among them. */
  readonly words: readonly ShellWord[];
  readonly assignments: readonly { readonly name: string; readonly value: string | undefined }[];
  readonly redirections: readonly Redirection[];
  /** Stands in an `if`, a loop, a function, a group or a substitution, not in the top-level list. */
  readonly nested: boolean;
}

/** How an item of the top-level list hangs on what stands before it. */
export type Connector = '&&' | '||' | ';';

/** An item of the top-level list: one command, a pipeline, or something compound. */
export interface ListItem {
  readonly start: number;
  readonly end: number;
  readonly connector: Connector | undefined;
  /** The commands of the pipeline; empty for a compound command. */
  readonly pipeline: readonly SimpleCommand[];
  readonly negated: boolean;
  readonly background: boolean;
}

/** The text that a shell gets, read. */
export interface Script {
  readonly source: SourceText;
  readonly items: readonly ListItem[];
  /** Every simple command in the order of the text, nested ones included. */
  readonly commands: readonly SimpleCommand[];
  /** What stands behind the last command: nothing, `;`, `&` or a `#` comment. */
  readonly tail: string;
  /** The first expansion that changes a variable of the shell, or reads one that the shell itself sets; undefined where there is none. */
  readonly state: string | undefined;
  /** The first thing in it that not every shell reads alike; undefined where there is none. */
  readonly bashism: string | undefined;
  /** The first substitution that runs more than one command or one pipeline, in which `set -e` may matter; undefined where there is none. */
  readonly listSubstituted: string | undefined;
  /** A redirection asks for lines that follow. */
  readonly opensHeredoc: boolean;
}
