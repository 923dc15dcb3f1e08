import { defineMend } from '../src/build-checks.ts';
import { writePair } from '../src/dockerfile/edit.ts';
import { isLegacy } from '../src/dockerfile/pairs.ts';
import { declined, finding } from '../src/transform.ts';

export default defineMend({
  id: 'legacy-key-value-format',
  check: 'LegacyKeyValueFormat',
  title: 'Write ENV and LABEL with =',
  level: 'safe',
  benefit:
    '`ENV NAME value` sets one variable to all that follows, whatever it looks like: `ENV A 1 B=2` sets no B. With `=` it is plain where the value ends.',
  does: ['writes pairs with ='],
  *find({ dockerfile }) {
    for (const instruction of dockerfile.instructions) {
      if (!isLegacy(instruction)) continue;
      const edits = writePair(dockerfile, instruction);
      if (edits) {
        const because = 'the value stays what it was, with its blanks and its variables';
        yield finding(instruction, `write ${instruction.keyword} with =`, { allowed: 'safe', because }, edits);
      } else
        yield declined(instruction, { refused: 'no-equal-spelling', because: 'dockopt knows no spelling with = that gives this value and keeps all comments' });
    }
  },
});
