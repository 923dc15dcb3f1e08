import { expect, test } from 'vitest';
import { removeInstruction } from '../../src/dockerfile/edit.ts';
import { runPipeline } from '../../src/pipeline/pipeline.ts';
import { defineTransform, finding, type Transform } from '../../src/transform.ts';
import { filesInMemory } from '../../src/workspace/workspace.ts';
import chownWhileCopying from '../../transforms/chown-while-copying.ts';

/** Promises what `chown-while-copying` does, and drops a RUN. */
const dropping: Transform = defineTransform({
  id: 'drops-a-change',
  title: 'drops a change of owner or mode',
  level: 'safe',
  keeps: chownWhileCopying.keeps,
  does: chownWhileCopying.does ?? [],
  *find({ dockerfile }) {
    const run = dockerfile.instructions.findLast(({ keyword }) => keyword === 'RUN');
    if (run) yield finding(run, 'gone', { allowed: 'safe', because: 'it says so' }, removeInstruction(dockerfile, run, { comments: false }));
  },
});

test.each(['chmod +x bin/start', 'chown 1001 bin', 'chown -R 1001:1001 /srv/tiles', 'chmod -R 755 bin'])('the check sees that `%s` is gone', (command) => {
  const text = `FROM node:20-slim\nWORKDIR /srv/tiles\nCOPY bin ./bin\nRUN ${command}\n`;
  const { text: after, faults } = runPipeline(text, {
    path: 'Dockerfile',
    transforms: [dropping],
    level: 'safe',
    context: filesInMemory(new Map([['bin/start', '']])),
  });
  expect(after).toBe(text);
  expect(faults.map(({ message }) => message).join()).toContain('fail the check');
});
