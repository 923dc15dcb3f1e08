import { defineMend } from '../src/build-checks.ts';
import { namesStage } from '../src/dockerfile/stages.ts';
import { finding } from '../src/transform.ts';

export default defineMend({
  id: 'stage-name-casing',
  check: 'StageNameCasing',
  title: 'Write the names of stages in lower case',
  level: 'safe',
  benefit: 'Docker keeps the names of stages in lower case, and a FROM finds them only by that: `FROM Build` is an image, and none that can be.',
  does: ['writes stage names in lower case'],
  *find({ dockerfile: { stages, instructions, text } }) {
    const because = 'COPY --from, RUN --mount and --target find a stage in either case';
    for (const { from, name } of stages) {
      const word = from.words[2];
      if (!word || name === undefined || word.text === name) continue;
      const edits = [{ start: word.start, end: word.end, text: name }];
      for (const { flags } of instructions.slice(from.index)) {
        for (const { start, end } of flags.filter((flag) => namesStage(flag, name))) {
          const written = text.slice(start, end);
          const lower = written.replace(new RegExp(`(?<=from=["']?)${name}`, 'i'), name);
          if (lower !== written) edits.push({ start, end, text: lower });
        }
      }
      yield finding(from, `${word.text} becomes ${name}`, { allowed: 'safe', because }, edits);
    }
  },
});
