import { expect, test } from 'vitest';
import { appendCommand, removeInstruction } from '../../src/dockerfile/edit.ts';
import { runPipeline } from '../../src/pipeline/pipeline.ts';
import { defineTransform, finding, type Transform } from '../../src/transform.ts';
import { noFiles } from '../../src/workspace/workspace.ts';
import removeInSameLayer from '../../transforms/remove-in-same-layer.ts';

/** Promises what `remove-in-same-layer` does, and puts the last RUN behind the first, whatever stands in between; or drops it. */
function lying(drops: boolean): Transform {
  return defineTransform({
    id: 'moves-a-deletion',
    title: 'moves a deletion',
    level: 'safe',
    keeps: removeInSameLayer.keeps,
    does: removeInSameLayer.does ?? [],
    *find({ dockerfile }) {
      const runs = dockerfile.instructions.filter(({ keyword }) => keyword === 'RUN');
      const [first, last] = [runs[0], runs.at(-1)];
      if (!first || !last || first === last) return;
      const edits = removeInstruction(dockerfile, last, { comments: false });
      if (!drops) edits.push(...appendCommand(dockerfile, first, last.argument.text));
      yield finding(last, 'moved', { allowed: 'safe', because: 'it says so' }, edits);
    },
  });
}

const making = 'FROM debian:bookworm-slim\nWORKDIR /srv\nRUN dd if=/dev/zero of=/tmp/big bs=1M count=9\n';

function faultsOf(between: string, deleting: string, drops: boolean): string {
  const text = `${making}${between}\nRUN ${deleting}\n`;
  const { text: after, faults } = runPipeline(text, { path: 'Dockerfile', transforms: [lying(drops)], level: 'safe', context: noFiles });
  if (faults.length > 0) expect(after).toBe(text);
  return faults.map(({ message }) => message).join();
}

test.each([
  ['RUN cp /tmp/big /srv/kept', 'rm /tmp/big'],
  ['RUN ./configure', 'rm /tmp/big'],
  ['COPY big /tmp/', 'rm /tmp/big'],
  ['RUN touch /tmp/other', 'rm /tmp/big /tmp/other'],
  ['USER nobody', 'rm /tmp/big'],
  ['RUN ln -s /tmp/big /srv/link', 'rm /tmp/big'],
  ['RUN tar -cf /srv/all.tar -C /tmp .', 'rm /tmp/big'],
])('the check sees that the deletion goes past `%s`', (between, deleting) => {
  expect(faultsOf(between, deleting, false)).toContain('fail the check');
});

test('the check sees that the deletion is gone', () => {
  expect(faultsOf('COPY app.conf /etc/app.conf', 'rm /tmp/big', true)).toContain('fail the check');
});

test('past what has nothing to do with it the deletion may go', () => {
  expect(faultsOf('COPY app.conf /etc/app.conf', 'rm /tmp/big', false)).toBe('');
});
