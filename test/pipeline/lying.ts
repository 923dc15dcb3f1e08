import { expect } from 'vitest';
import { runPipeline } from '../../src/pipeline/pipeline.ts';
import { defineTransform, finding, type Transform } from '../../src/transform.ts';
import { filesInMemory } from '../../src/workspace/workspace.ts';

/** What the check says where a transform promises what a built-in one does, and puts another text in place of the whole file; nothing where it lets it pass. */
export function said(like: Pick<Transform, 'keeps' | 'does'>, before: string, after: string, files: Readonly<Record<string, string>> = {}): string {
  const transform = defineTransform({
    id: 'liar',
    title: 'Make any change',
    level: 'safe',
    keeps: like.keeps,
    does: like.does ?? [],
    *find({ dockerfile: { text, instructions } }) {
      const [at] = instructions;
      if (at && text === before) yield finding(at, 'change it', { allowed: 'safe', because: 'it is a test' }, [{ start: 0, end: text.length, text: after }]);
    },
  });
  const context = filesInMemory(new Map(Object.entries(files)));
  const { faults, text } = runPipeline(before, { path: 'Dockerfile', transforms: [transform], level: 'safe', context });
  expect(text).toBe(faults.length > 0 ? before : after);
  return faults.map(({ message }) => message).join();
}
