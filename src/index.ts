/** The public API: what a transform or a configuration of your own imports from `dockopt`. */
export { counted, declined, defineTransform, finding } from './transform.ts';
export type { Count, Decline, Does, Finding, Found, Kept, Transform } from './transform.ts';
export type { Options, OptionValue } from './options.ts';
export type { PlainTransform, SourceFile } from './plain-transform.ts';
export type { Api } from './collection/api.ts';
export type { Collection } from './collection/collection.ts';
export type { FoundCommand } from './collection/commands.ts';
export type { FoundInstruction } from './collection/instructions.ts';
export { defineConfig } from './config/config.ts';
export type { Config, Override, TransformState } from './config/config.ts';
export type { Level } from './outcome.ts';
export type { Edit, Range, SourceText } from './text.ts';
export type { Comment, Directive, Dockerfile, Flag, Heredoc, Instruction, Stage, Word } from './dockerfile/model.ts';
export type { CommandFacts, Facts, Step } from './steps/facts.ts';
export { appendCommand, joinCopies, joinRuns, removeInstruction } from './dockerfile/edit.ts';
export { insertWord, replaceWord } from './shell/edit.ts';
export { ask, isRefused } from './legality/question.ts';
export type { Allowed, Question, Refusal, Refused, Verdict } from './legality/question.ts';
