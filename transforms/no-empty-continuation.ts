import { defineMend } from '../src/build-checks.ts';
import { removeEmptyContinuations } from '../src/dockerfile/edit.ts';
import { finding } from '../src/transform.ts';

export default defineMend({
  id: 'no-empty-continuation',
  check: 'NoEmptyContinuation',
  title: 'Leave no empty line in an instruction',
  level: 'safe',
  benefit: 'An empty line behind a `\\` does not end the instruction, though it looks as if it did; a later Docker may refuse it.',
  *find({ dockerfile }) {
    const because = 'Docker leaves empty lines out: the command stays the same, its place in the build cache too';
    for (const instruction of dockerfile.instructions) {
      const edits = removeEmptyContinuations(dockerfile, instruction);
      if (edits.length > 0) yield finding(instruction, 'remove empty lines in the instruction', { allowed: 'safe', because }, edits);
    }
  },
});
