import { expect, test } from 'vitest';
import { firstQuarrel } from '../../src/portions/order.ts';

const lines = ['FROM debian', ...Array.from({ length: 11 }, (_, i) => `RUN echo ${i}`)].map((line) => `${line}\n`);
const original = lines.join('');

function changed(...at: number[]): string {
  return lines.map((line, i) => (at.includes(i) ? `# changed\n${line}` : line)).join('');
}

test('patches with three lines between them go in any order', async () => {
  expect(await firstQuarrel(original, [changed(4), changed(7), changed(11)])).toBeUndefined();
});

test('those that are nearer do not', async () => {
  expect(await firstQuarrel(original, [changed(4), changed(11), changed(6)])).toEqual([0, 2]);
  expect(await firstQuarrel(original, [changed(4), changed(4)])).toEqual([0, 1]);
});

test('a line on top quarrels with a patch that begins with the first line, as git wants it there', async () => {
  expect(await firstQuarrel(original, [`# syntax=docker/dockerfile:1\n${original}`, changed(3)])).toEqual([0, 1]);
  expect(await firstQuarrel(original, [`# syntax=docker/dockerfile:1\n${original}`, changed(5)])).toBeUndefined();
});

test('what would be found in another place is no patch to go with', async () => {
  const block = 'RUN a\nRUN b\nRUN c\nRUN d\nRUN e\nRUN f\nRUN g\n';
  const twice = `FROM debian\n${block}FROM debian AS two\n${block}`;
  const inSecond = `FROM debian\n${block}FROM debian AS two\n${block.replace('RUN d\n', 'RUN D\n')}`;
  const atTop = `FROM debian\n${block.replace('RUN a\n', `${'RUN x\n'.repeat(8)}RUN a\n`)}FROM debian AS two\n${block}`;
  expect(await firstQuarrel(twice, [inSecond, atTop])).toEqual([0, 1]);
});

test('what comes out has to be a Dockerfile, and right', async () => {
  expect(await firstQuarrel(original, [changed(4), changed(11)], ([first]) => first !== 0)).toEqual([0, 1]);
  const two = 'FROM a AS x\nRUN 1\nRUN 2\nRUN 3\nRUN 4\nFROM b AS y\nRUN 5\n';
  expect(await firstQuarrel(two, [two.replace('RUN 1', 'RUN [ "'), two.replace('RUN 5', 'RUN 6')])).toBeUndefined();
});
