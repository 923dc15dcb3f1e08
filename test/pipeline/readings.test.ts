import { expect, test } from 'vitest';
import { runPipeline } from '../../src/pipeline/pipeline.ts';
import { defineTransform, finding, type Does } from '../../src/transform.ts';
import { filesInMemory } from '../../src/workspace/workspace.ts';

/** What the check says of a change of the whole text that calls itself one kind of change. */
function faultsOf(does: Does, before: string, after: string): number {
  const transform = defineTransform({
    id: 'liar',
    title: 'Make any change',
    level: 'safe',
    keeps: ['commands', 'files', 'stages', 'config', 'comments'],
    does: [does],
    *find({ dockerfile: { text, instructions } }) {
      const [at] = instructions;
      if (at && text === before) yield finding(at, 'change it', { allowed: 'safe', because: 'it is a test' }, [{ start: 0, end: text.length, text: after }]);
    },
  });
  const { faults, text } = runPipeline(before, { path: 'Dockerfile', transforms: [transform], level: 'safe', context: filesInMemory(new Map()) });
  expect(text).toBe(faults.length > 0 ? before : after);
  return faults.length;
}

const cases: readonly (readonly [Does, string, string, string])[] = [
  ['writes pairs with =', 'ENV A b  c', 'ENV A="b  c"', 'ENV A="b c"'],
  ['writes pairs with =', 'ENV A \\$B c', 'ENV A="\\$B c"', 'ENV A="$B c"'],
  ['writes folders absolutely', 'WORKDIR a', 'WORKDIR /a', 'WORKDIR /b'],
  ['writes protocols in lower case', 'EXPOSE 80/TCP 90', 'EXPOSE 80/tcp 90', 'EXPOSE 80/udp 90'],
  ['writes protocols in lower case', 'EXPOSE $A/TCP', 'EXPOSE $A/tcp', 'EXPOSE $a/tcp'],
  ['drops what is overridden', 'CMD a\nCMD b', 'CMD b', 'CMD a'],
  ['labels the maintainer', 'MAINTAINER "a b"', 'LABEL org.opencontainers.image.authors="a b"', 'LABEL org.opencontainers.image.authors="a"'],
  ['runs without a shell', 'CMD a b', 'CMD ["a", "b"]', 'CMD ["a b"]'],
  ['runs without a shell', 'CMD a b', 'CMD ["a", "b"]', 'ENTRYPOINT ["a", "b"]'],
  ['copies in place of adding', 'ADD a.txt /', 'COPY a.txt /', 'COPY b.txt /'],
  ['copies in place of adding', 'ADD a.txt /', 'COPY a.txt /', 'COPY --chmod=600 a.txt /'],
];

function file(text: string): string {
  return `FROM debian:bookworm-slim\n${text}\n`;
}

test.each(cases)('%s: %s may be %s and not %s', (does, before, right, wrong) => {
  expect(faultsOf(does, file(before), file(right))).toBe(0);
  expect(faultsOf(does, file(before), file(wrong))).toBe(1);
  expect(faultsOf('unites installs', file(before), file(right))).toBe(1);
});

test.each<readonly [Does, string, string, string]>([
  [
    'writes stage names in lower case',
    'FROM a AS B\nRUN b\nFROM c\nCOPY --from=B /x /x\n',
    'FROM a AS b\nRUN b\nFROM c\nCOPY --from=b /x /x\n',
    'FROM a AS b\nRUN b\nFROM c\nCOPY --from=c /x /x\n',
  ],
  ['leaves the platform out', 'FROM --platform=$TARGETPLATFORM a\n', 'FROM a\n', 'FROM b\n'],
  [
    'leaves the platform out',
    'FROM --platform=$TARGETPLATFORM a AS b\nFROM --platform=linux/arm64 b\n',
    'FROM a AS b\nFROM --platform=linux/arm64 b\n',
    'FROM a AS b\nFROM b\n',
  ],
  ['raises the frontend', '# check=skip=all\nFROM a\n', '# syntax=docker/dockerfile:1\n# check=skip=all\nFROM a\n', '# syntax=docker/dockerfile:1\nFROM a\n'],
])('%s: %j may be %j and not %j', (does, before, right, wrong) => {
  expect(faultsOf(does, before, right)).toBe(0);
  expect(faultsOf(does, before, wrong)).toBe(1);
  expect(faultsOf('unites installs', before, right)).toBe(1);
});

test('an ADD that unpacks may not become a COPY', () => {
  expect(faultsOf('copies in place of adding', 'FROM debian\nADD a.tar.gz /\n', 'FROM debian\nCOPY a.tar.gz /\n')).toBe(1);
  expect(faultsOf('copies in place of adding', 'FROM debian\nADD https://example.org/a.txt /\n', 'FROM debian\nCOPY https://example.org/a.txt /\n')).toBe(1);
});
