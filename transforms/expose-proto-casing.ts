import { defineMend } from '../src/build-checks.ts';
import { finding } from '../src/transform.ts';

export default defineMend({
  id: 'expose-proto-casing',
  check: 'ExposeProtoCasing',
  title: 'Write the protocols of EXPOSE in lower case',
  level: 'safe',
  benefit: 'Protocols are stored in lower case; not every tool that reads a Dockerfile knows the other spellings.',
  does: ['writes protocols in lower case'],
  *find({ dockerfile: { instructions, text } }) {
    const because = 'the image names the same ports';
    for (const instruction of instructions) {
      if (instruction.keyword !== 'EXPOSE') continue;
      const edits = instruction.words.flatMap(({ start, end }) => {
        const written = text.slice(start, end);
        const lower = written.replace(/\/\w+(?=["']*$)/, (protocol) => protocol.toLowerCase());
        return lower === written ? [] : [{ start, end, text: lower }];
      });
      if (edits.length > 0) yield finding(instruction, 'write the protocol in lower case', { allowed: 'safe', because }, edits);
    }
  },
});
