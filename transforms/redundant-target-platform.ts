import { defineMend } from '../src/build-checks.ts';
import { mayLeavePlatform, targetPlatform } from '../src/legality/leave-platform.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { declined, finding } from '../src/transform.ts';

export default defineMend({
  id: 'redundant-target-platform',
  check: 'RedundantTargetPlatform',
  title: 'Leave out the platform that is built for anyway',
  level: 'safe',
  benefit: 'FROM takes the image of the platform that the build is for, unless it is told another one.',
  does: ['leaves the platform out'],
  asks: [mayLeavePlatform],
  *find({ dockerfile, without }) {
    for (const { from } of dockerfile.stages) {
      const flag = from.flags.find(({ name, value = '' }) => name === 'platform' && targetPlatform.test(value));
      if (!flag) continue;
      const [, otherwise] = targetPlatform.exec(flag.value ?? '') ?? [];
      const verdict = ask(mayLeavePlatform, { dockerfile, otherwise }, without);
      if (isRefused(verdict)) yield declined(from, verdict);
      else {
        const blanks = /^[ \t]*/.exec(dockerfile.text.slice(flag.end))?.[0] ?? '';
        yield finding(from, 'leave out --platform', verdict, [{ start: flag.start, end: flag.end + blanks.length, text: '' }]);
      }
    }
  },
});
