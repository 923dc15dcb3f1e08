import type { Instruction } from '../dockerfile/model.ts';

/** Says that steps are apart on purpose. */
const purpose = /\b(layers?|cach(e|es|ed|ing)|rebuil\w*)\b|dockopt-ignore\b(?!-file)|\b(after|from) this (point|line)\b/i;

/** A ruler or a banner over several instructions, or an instruction that is commented out. */
const heading = /^#\s*([#=*~_+-])\1{2,}|^#+\s*(RUN|COPY|ADD|ENV|ARG|USER|WORKDIR|CMD|ENTRYPOINT|EXPOSE|VOLUME|LABEL|FROM)\s/;

/** Speaks to a tool about the instruction right below: inside a joined one it would not be heard any more. */
const pragma = /^#\s*(hadolint\s|check=|trivy:|checkov:|kics-|snyk|semgrep|nosemgrep|tally\b|dockerfile_lint|nosonar)/i;

/** The comment above an instruction that keeps it apart from the one before; undefined where none does. */
export function toldApart(instruction: Instruction): string | undefined {
  return instruction.comments.find((comment) => purpose.test(comment.text) || pragma.test(comment.text) || heading.test(comment.text))?.text;
}
