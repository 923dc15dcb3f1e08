/** The public API: what a transform of your own imports from `dockopt`. */
export { declined, defineTransform, finding } from './transform.ts';
export type { Decline, Does, Finding, Kept, Transform } from './transform.ts';
export type { Level } from './outcome.ts';
export type { Edit, Range, SourceText } from './text.ts';
export type { Comment, Directive, Dockerfile, Flag, Heredoc, Instruction, Stage, Word } from './dockerfile/model.ts';
export type { Facts, Step } from './steps/facts.ts';
export type { Allowed, Question, Refusal, Refused, Verdict } from './legality/question.ts';
