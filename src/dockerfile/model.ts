import type { Range, SourceText } from '../text.ts';

/** A Dockerfile as BuildKit reads it, every part with its place in the text. */
export interface Dockerfile {
  readonly text: string;
  /** The line end that most lines have. */
  readonly eol: '\n' | '\r\n';
  readonly escape: '\\' | '`';
  readonly directives: readonly Directive[];
  readonly instructions: readonly Instruction[];
  readonly stages: readonly Stage[];
  /** Comment lines outside of instructions, in order, parser directives not among them. */
  readonly comments: readonly Comment[];
}

/** `# syntax=…`, `# escape=…`, `# check=…`; the name in lower case. */
export interface Directive extends Range {
  readonly name: string;
  readonly value: string;
}

export interface Comment extends Range {
  /** From the `#` to the last character that is no blank. `start` is the offset of `#`. */
  readonly text: string;
  /** Line, from 1. */
  readonly line: number;
}

export interface Flag extends Range {
  /** Without the two dashes. */
  readonly name: string;
  /** As BuildKit reads it, unquoted; undefined for a flag without `=`. */
  readonly value: string | undefined;
}

export interface Word extends Range {
  /** As BuildKit reads it: quotes kept (they are removed when variables are expanded). */
  readonly text: string;
}

export interface Heredoc {
  readonly name: string;
  /** `<<-`: leading tabs are stripped. */
  readonly chomp: boolean;
  /** The delimiter is not quoted, so the body is expanded. */
  readonly expand: boolean;
  /** The body's lines, line ends included, as BuildKit keeps them. */
  readonly content: string;
  /** The body in the file, without its terminator line. */
  readonly body: Range;
}

export interface Instruction {
  /** Position among the instructions, from 0. */
  readonly index: number;
  /** In capitals. */
  readonly keyword: string;
  readonly keywordRange: Range;
  /** From the keyword to the end of the last physical line without its line end, heredoc terminators included. */
  readonly range: Range;
  /** Offset behind the last character of the joined text that is no blank: what follows up to `range.end` are blanks, a
   * continuation mark, comment and empty lines, or heredoc bodies. */
  readonly contentEnd: number;
  /** Lines as BuildKit counts them, from 1. */
  readonly startLine: number;
  readonly endLine: number;
  /** The whole joined text from the keyword on, as BuildKit joins continuation lines. */
  readonly joined: SourceText;
  readonly flags: readonly Flag[];
  /** What follows keyword and flags, blanks at both ends removed. For RUN in shell form: the very text that the shell gets
   * (heredoc bodies not included). */
  readonly argument: SourceText;
  /** The argument's words as BuildKit parts them: by blanks alone for COPY, ADD, VOLUME, EXPOSE and FROM; outside of quotes for ENV, LABEL and
   * ARG; `CMD` and the rest for HEALTHCHECK; the whole for USER, WORKDIR, STOPSIGNAL and MAINTAINER. None for RUN, CMD, ENTRYPOINT, SHELL, ONBUILD,
   * and for a JSON form but the `CMD` of HEALTHCHECK. */
  readonly words: readonly Word[];
  /** The strings of the JSON form, for HEALTHCHECK those behind `CMD`; undefined for the shell form and for ONBUILD. */
  readonly json: readonly string[] | undefined;
  readonly heredocs: readonly Heredoc[];
  /** Comments that belong to this instruction: the block of comment lines right above it, no empty line between. */
  readonly comments: readonly Comment[];
  /** Comment lines inside its continuation lines. */
  readonly innerComments: readonly Comment[];
}

export interface Stage {
  readonly index: number;
  readonly from: Instruction;
  /** The base as written, after `--platform`; variables not expanded. */
  readonly base: string;
  /** In lower case. */
  readonly name: string | undefined;
  /** All instructions after FROM, in order. */
  readonly instructions: readonly Instruction[];
}

/** Why a file is left alone as a whole. */
export interface NotUnderstood {
  readonly id: string;
  readonly because: string;
  /** From 1, where it can be told. */
  readonly line?: number | undefined;
}

export type Reading = { readonly dockerfile: Dockerfile } | { readonly notUnderstood: NotUnderstood };
