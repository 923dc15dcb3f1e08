import { defineMend } from '../src/build-checks.ts';
import { finding } from '../src/transform.ts';

export default defineMend({
  id: 'consistent-instruction-casing',
  check: 'ConsistentInstructionCasing',
  title: 'Write all keywords in the case that most have',
  level: 'safe',
  benefit: 'Instructions are found more easily where all of them look alike.',
  *find({ dockerfile: { stages, text } }) {
    const instructions = stages.flatMap((stage) => [stage.from, ...stage.instructions]);
    const written = instructions.map(({ keywordRange }) => text.slice(keywordRange.start, keywordRange.end));
    const lower = written.filter((word) => word === word.toLowerCase()).length;
    const upper = written.filter((word) => word === word.toUpperCase()).length;
    const because = `${lower > upper ? 'lower' : 'upper'} case is what most keywords of the file have; Docker reads both`;
    for (const [i, instruction] of instructions.entries()) {
      const wanted = lower > upper ? instruction.keyword.toLowerCase() : instruction.keyword;
      if (written[i] === wanted) continue;
      yield finding(instruction, `${written[i] ?? ''} becomes ${wanted}`, { allowed: 'safe', because }, [{ ...instruction.keywordRange, text: wanted }]);
    }
  },
});
