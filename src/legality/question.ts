import type { Level } from '../outcome.ts';

/** What legality answers: allowed at a level, because …; or the first refusal that applies. */
export type Verdict =
  | { readonly allowed: Level; readonly because: string; readonly differs?: string | undefined }
  | {
      readonly refused: string;
      readonly because: string;
      /** What is in the way here; it stands behind the reason as well. */
      readonly what?: string | undefined;
    };

export type Allowed = Extract<Verdict, { allowed: Level }>;
export type Refused = Extract<Verdict, { refused: string }>;

export interface Refusal<Subject> {
  readonly id: string;
  /** Its only wording; what `applies` returns as text is put behind it. */
  readonly because: string;
  /** A text says what is in the way. */
  applies(subject: Subject): boolean | string | undefined;
}

/** An ordered list of refusals, and what is answered when none applies. */
export interface Question<Subject> {
  readonly id: string;
  readonly refusals: readonly Refusal<Subject>[];
  answer(subject: Subject): Allowed;
}

/** Asks a question. `without` switches refusals off by id, for tests that show that each decides somewhere. */
export function ask<Subject>(question: Question<Subject>, subject: Subject, without: ReadonlySet<string> = new Set()): Verdict {
  for (const refusal of question.refusals) {
    if (without.has(refusal.id)) continue;
    const applies = refusal.applies(subject);
    if (applies === false || applies === undefined) continue;
    return applies === true
      ? { refused: refusal.id, because: refusal.because }
      : { refused: refusal.id, because: `${refusal.because}: ${applies}`, what: applies };
  }
  return question.answer(subject);
}

export function isRefused(verdict: Verdict): verdict is Refused {
  return 'refused' in verdict;
}

/** The refusals of several questions, each id once. */
export function refusalsOf(questions: readonly Question<never>[]): Pick<Refusal<never>, 'id' | 'because'>[] {
  return [...new Map(questions.flatMap(({ refusals }) => refusals.map((refusal) => [refusal.id, refusal] as const))).values()];
}
