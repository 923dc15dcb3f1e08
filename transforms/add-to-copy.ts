import { replaceKeyword } from '../src/dockerfile/style.ts';
import { mayCopyForAdd } from '../src/legality/copy-for-add.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { addsFromContext } from '../src/steps/plain-adds.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'add-to-copy',
  title: 'Copy with COPY what ADD would only copy',
  level: 'safe',
  benefit: 'ADD fetches addresses and unpacks archives. Where it does neither COPY says what happens, and stays a copy whatever the source becomes.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['copies in place of adding'],
  asks: [mayCopyForAdd],
  references: ['https://docs.docker.com/build/building/best-practices/#add-or-copy'],
  caveats: ['The step is another one for the build cache: it runs once more.'],
  *find(facts) {
    for (const step of facts.steps) {
      if (!addsFromContext(step)) continue;
      const { instruction } = step;
      const verdict = ask(mayCopyForAdd, { facts, step }, facts.without);
      const edit = replaceKeyword(facts.dockerfile, instruction, 'COPY');
      yield isRefused(verdict) ? declined(instruction, verdict) : finding(instruction, 'ADD becomes COPY', verdict, [edit]);
    }
  },
});
