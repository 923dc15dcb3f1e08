import { defineMend } from '../src/build-checks.ts';
import { finding } from '../src/transform.ts';

export default defineMend({
  id: 'from-as-casing',
  check: 'FromAsCasing',
  title: 'Write AS in the case of its FROM',
  level: 'safe',
  benefit: 'Both are keywords of one instruction; in one case they are found more easily.',
  *find({ dockerfile: { stages, text } }) {
    const because = 'Docker reads both cases';
    for (const { from } of stages) {
      const as = from.words[1];
      const keyword = text.slice(from.keywordRange.start, from.keywordRange.end);
      const wanted = keyword === 'FROM' ? 'AS' : keyword === 'from' ? 'as' : undefined;
      if (!as || wanted === undefined || as.text === wanted) continue;
      yield finding(from, `${as.text} becomes ${wanted}`, { allowed: 'safe', because }, [{ start: as.start, end: as.end, text: wanted }]);
    }
  },
});
