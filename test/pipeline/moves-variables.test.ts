import { expect, test } from 'vitest';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import { eventsOf } from '../../src/pipeline/events.ts';
import { runPipeline } from '../../src/pipeline/pipeline.ts';
import { readFacts } from '../../src/steps/read.ts';
import { noFiles } from '../../src/workspace/workspace.ts';
import orderByChange from '../../transforms/order-by-change.ts';

/** What the check compares for a transform that moves variables. */
function eventsIn(lines: readonly string[]): string[] {
  const reading = readDockerfile(`${lines.join('\n')}\n`);
  if (!('dockerfile' in reading)) throw new Error(reading.notUnderstood.because);
  const facts = readFacts(reading.dockerfile, { context: noFiles });
  return eventsOf(facts, { keeps: ['commands', 'files', 'stages', 'config'], does: ['moves variables'] });
}

function events(...lines: readonly string[]): string[] {
  return eventsIn(['FROM debian:bookworm-slim', ...lines]);
}

test('a declaration may come below a RUN that does not name it', () => {
  const before = events('ARG SHA', 'ENV REVISION=$SHA', 'LABEL revision=$SHA', 'RUN make', 'CMD ["app"]');
  expect(events('RUN make', 'ARG SHA', 'ENV REVISION=$SHA', 'LABEL revision=$SHA', 'CMD ["app"]')).toEqual(before);
});

test.each([
  ['below what names it', ['ARG SHA', 'RUN echo $SHA'], ['RUN echo $SHA', 'ARG SHA']],
  ['below what names what it is expanded in', ['ARG SHA', 'ENV REVISION=$SHA', 'RUN echo $REVISION'], ['ENV REVISION=$SHA', 'RUN echo $REVISION', 'ARG SHA']],
  ['below a COPY that expands it', ['ARG SHA', 'COPY app-$SHA /app'], ['COPY app-$SHA /app', 'ARG SHA']],
  ['below a heredoc that names it', ['ARG SHA', 'RUN <<E\necho $SHA\nE'], ['RUN <<E\necho $SHA\nE', 'ARG SHA']],
  ['below its label', ['ARG SHA', 'LABEL revision=$SHA', 'RUN make'], ['LABEL revision=$SHA', 'RUN make', 'ARG SHA']],
  ['past another one of its name', ['ARG SHA', 'ENV SHA=1', 'RUN make'], ['ENV SHA=1', 'RUN make', 'ARG SHA']],
  ['past one that changes what it expands', ['ARG A', 'ENV B=$A', 'RUN make', 'ENV A=2'], ['ARG A', 'RUN make', 'ENV A=2', 'ENV B=$A']],
  ['past the same label', ['ARG SHA', 'LABEL a=$SHA', 'RUN make', 'LABEL a=2'], ['RUN make', 'LABEL a=2', 'ARG SHA', 'LABEL a=$SHA']],
  ['below a RUN though every program goes by it', ['ENV PATH=/opt/bin', 'RUN make'], ['RUN make', 'ENV PATH=/opt/bin']],
  ['away', ['ARG SHA', 'RUN make'], ['RUN make']],
  ['with another step', ['ARG SHA', 'RUN make', 'USER app'], ['USER app', 'RUN make', 'ARG SHA']],
])('no declaration comes %s', (_where, before, after) => {
  expect(events(...after)).not.toEqual(events(...before));
});

test('a stage that is built FROM another one has its variables', () => {
  const base = ['FROM debian AS base', 'ARG SHA', 'RUN make'];
  const moved = ['FROM debian AS base', 'RUN make', 'ARG SHA'];
  const reading = ['FROM base', 'RUN echo $SHA'];
  expect(eventsIn([...moved, ...reading])).toEqual(eventsIn([...base, ...reading]));
  expect(eventsIn([...base, 'FROM base', 'ARG SHA=1', 'RUN echo $SHA'])).not.toEqual(eventsIn([...base, ...reading, 'ARG SHA=1']));
});

test('an ARG that is declared again above each of many RUNs comes down at once', () => {
  const text = `FROM debian:bookworm-slim\n${'ARG VERSION\nRUN apt-get install -y curl\n'.repeat(12)}LABEL version=$VERSION\n`;
  const { text: after, faults } = runPipeline(text, { path: 'Dockerfile', transforms: [orderByChange], level: 'review', context: noFiles });
  expect(faults).toEqual([]);
  expect(after).toBe(`FROM debian:bookworm-slim\n${'RUN apt-get install -y curl\n'.repeat(12)}${'ARG VERSION\n'.repeat(12)}LABEL version=$VERSION\n`);
});
