import { commentsBetween } from '../dockerfile/comments.ts';
import type { Instruction } from '../dockerfile/model.ts';
import { isOver, readSuppression } from '../dockerfile/suppression.ts';
import type { Facts } from '../steps/facts.ts';

/** Says that steps are apart on purpose, or why something is done in an odd way. */
const purpose =
  /\b(work-?arounds?|hack(s|y)?|bugs?|issues?)\b|\b(layers?|cach(e|es|ed|ing)|rebuil\w*)\b|dockopt-ignore\b(?!-file)|\b(after|from) this (point|line)\b/i;

/** A ruler or a banner over several instructions, or an instruction that is commented out. */
const heading = /^#+\s*([#=*~_+-])\1{2,}|^#+\s*(RUN|COPY|ADD|ENV|ARG|USER|WORKDIR|CMD|ENTRYPOINT|EXPOSE|VOLUME|LABEL|FROM)\s|^#+\s*(&&|\|\|)|[^\\]\\$/;

/** Speaks to a tool about the instruction right below: inside a joined one it would not be heard any more. */
const pragma = /^#\s*(hadolint\s|check=|trivy:|checkov:|kics-|snyk|semgrep|nosemgrep|tally\b|dockerfile_lint|nosonar)/i;

/** The comment between two instructions that keeps them apart; undefined where none does. */
export function toldApart({ dockerfile, today }: Facts, first: Instruction, second: Instruction): string | undefined {
  for (const { text } of commentsBetween(dockerfile, [], first.range.end, second.range.start)) {
    const suppression = readSuppression(text);
    if (suppression && isOver(suppression, today)) continue;
    if (purpose.test(text) || pragma.test(text) || heading.test(text)) return text;
  }
  return undefined;
}
