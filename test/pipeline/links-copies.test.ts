import { expect, test } from 'vitest';
import { addFlag } from '../../src/dockerfile/edit.ts';
import { runPipeline, type PipelineResult } from '../../src/pipeline/pipeline.ts';
import { defineTransform, finding, type Transform } from '../../src/transform.ts';
import { filesInMemory } from '../../src/workspace/workspace.ts';
import linkCopies from '../../transforms/link-copies.ts';

/** Promises what `link-copies` does, and links every COPY. */
const linking: Transform = defineTransform({
  id: 'links-them-all',
  title: 'links every COPY',
  level: 'safe',
  keeps: linkCopies.keeps,
  does: linkCopies.does ?? [],
  *find({ dockerfile }) {
    for (const copy of dockerfile.instructions)
      if (copy.keyword === 'COPY' && !copy.flags.some(({ name }) => name === 'link'))
        yield finding(copy, 'linked', { allowed: 'safe', because: 'it says so' }, addFlag(copy, '--link'));
  },
});

function linked(text: string): PipelineResult {
  const context = filesInMemory(new Map([['app.conf', 'port = 80\n']]));
  return runPipeline(text, { path: 'Dockerfile', transforms: [linking], level: 'safe', context });
}

test.each([
  'FROM debian:bookworm-slim\nCOPY app.conf /bin/\n',
  'FROM debian:bookworm-slim\nCOPY ["app.conf", "/var/run/"]\n',
  'FROM debian:bookworm-slim\nCOPY <<EOF /lib/app.conf\nport = 80\nEOF\n',
  'FROM debian:bookworm-slim\nCOPY app.conf /tmp/\n',
  'FROM debian:bookworm-slim\nWORKDIR /app\nRUN ln -s /data conf\nCOPY app.conf conf/\n',
  'FROM debian:bookworm-slim\nWORKDIR /app\nRUN chown 1000 .\nCOPY app.conf ./\n',
  'FROM debian:bookworm-slim\nRUN mkdir -m 700 /app\nCOPY app.conf /app/\n',
  'FROM debian:bookworm-slim\nRUN umask 077 && mkdir /app\nCOPY app.conf /app/\n',
  'FROM debian:bookworm-slim\nRUN useradd -d /app app\nWORKDIR /app\nCOPY app.conf ./\n',
  'FROM debian:bookworm-slim\nWORKDIR /app\nCOPY --chown=daemon app.conf ./\n',
  'FROM debian:bookworm-slim\nWORKDIR /app\nCOPY --chown=1000 app.conf ./\n',
  'FROM debian:bookworm-slim\nRUN mkdir -p /app/conf\nCOPY app.conf /app/conf\n',
  'FROM debian:bookworm-slim\nRUN --mount=type=cache,target=/app mkdir /app/conf\nCOPY app.conf /app/conf/\n',
  'FROM registry.example/base\nWORKDIR /app\nCOPY app.conf ./\n',
])('the check sees that a link may replace something: %j', (text) => {
  const { text: after, faults } = linked(text);
  expect(after).toBe(text);
  expect(faults.map(({ message }) => message).join()).toContain('COPY --link may replace');
});

test('the check lets a link pass into a folder that the stage made', () => {
  const { text, faults } = linked('FROM debian:bookworm-slim\nWORKDIR /app\nCOPY app.conf ./\n');
  expect(faults).toEqual([]);
  expect(text).toContain('COPY --link app.conf ./');
});
