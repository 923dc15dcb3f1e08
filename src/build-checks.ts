import type { Directive, Dockerfile, Instruction } from './dockerfile/model.ts';
import { defineTransform, type Finding, type Decline, type Transform } from './transform.ts';
import type { Facts } from './steps/facts.ts';

/** A transform that mends what one of BuildKit's own checks finds. Where the file skips the check, it stays away without a word. */
export interface Mend extends Omit<Transform, 'keeps' | 'references' | 'find'> {
  /** As `docker build --check` calls it. */
  readonly check: string;
  readonly find: (facts: Facts) => Iterable<Finding | Decline>;
}

/** Its id is the check's name as the documentation has it in addresses. */
export function defineMend({ check, find, ...described }: Mend): Transform {
  return defineTransform({
    ...described,
    keeps: ['commands', 'files', 'stages', 'config', 'comments'],
    references: [`https://docs.docker.com/reference/build-checks/${described.id}/`],
    *find(facts) {
      for (const found of find(facts)) if (!isSkipped(facts.dockerfile, found.at, check)) yield found;
    },
  });
}

/** `# check=skip=…` at the top of the file, or right above the instruction: https://docs.docker.com/build/checks/#skip-checks */
function isSkipped({ directives }: Dockerfile, { comments }: Instruction, check: string): boolean {
  const own = comments.map(({ text }) => /^#\s*check\s*=\s*(.*)$/i.exec(text)?.[1] ?? '');
  const ofFile = directives.filter(({ name }: Directive) => name === 'check').map(({ value }) => value);
  return [...ofFile, ...own].some((value) => {
    const skipped = /(?:^|;)\s*skip\s*=\s*([^;]*)/i.exec(value)?.[1]?.split(',') ?? [];
    return skipped.some((one) => one.trim().toLowerCase() === check.toLowerCase() || one.trim().toLowerCase() === 'all');
  });
}
