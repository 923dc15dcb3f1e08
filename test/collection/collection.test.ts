import { describe, expect, test } from 'vitest';
import { collections, type Api } from '../../src/collection/api.ts';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import { readFacts } from '../../src/steps/read.ts';
import { noFiles } from '../../src/workspace/workspace.ts';

function api(text: string): Pick<Api, 'dockerfile' | 'shell'> {
  const reading = readDockerfile(text);
  if (!('dockerfile' in reading)) throw new Error(reading.notUnderstood.because);
  return collections(readFacts(reading.dockerfile, { context: noFiles }));
}

const text =
  '# syntax=docker/dockerfile:1\n\n# the base\nFROM node:18 AS build\n# what it needs\nRUN apt-get update && \\\n    apt-get install -y curl\ncopy . .\n\nFROM nginx\nCOPY --from=build /app /srv\n';
const root = () => api(text).dockerfile(text);

const edited = (source: string, edit: (commands: ReturnType<Api['shell']>) => void): string => {
  const { dockerfile, shell } = api(source);
  const all = dockerfile(source);
  all.find('RUN').forEach((run) => edit(shell(run)));
  return all.toSource();
};
const run = (commands: string): string => `FROM debian\nRUN ${commands}\n`;

describe('instructions', () => {
  test('are found by keyword in any case, filtered and counted', () => {
    expect(root().length).toBe(5);
    expect(root().find('copy').length).toBe(2);
    const inBuild = root()
      .find('COPY')
      .filter(({ stage }) => stage?.name === 'build');
    expect(Array.from(inBuild, (one) => one.text)).toEqual(['copy . .']);
  });

  test('no edit gives the very same text', () => expect(root().toSource()).toBe(text));

  test('an instruction goes in front of the comments of another, or below its last line', () => {
    expect(root().find('RUN').insertBefore('USER root').toSource()).toBe(text.replace('# what it needs', 'USER root\n# what it needs'));
    expect(root().find('RUN').insertAfter('USER node\nWORKDIR /app').toSource()).toBe(text.replace('-y curl\n', '-y curl\nUSER node\nWORKDIR /app\n'));
  });

  test('what makes a text of an item may leave it alone', () => {
    expect(
      root()
        .find('FROM')
        .replaceWith((from) => (from.stage?.name === 'build' ? from.text.replace('18', '22') : undefined))
        .toSource(),
    ).toBe(text.replace('18', '22'));
  });

  test('they go with their lines; comments stay', () =>
    expect(root().find('RUN').remove().toSource()).toBe(text.replace('RUN apt-get update && \\\n    apt-get install -y curl\n', '')));

  test('several edits, also around one instruction, are made together', () => {
    const all = root();
    all.find('RUN').replaceWith('RUN true');
    all.find('FROM').insertBefore('ARG VERSION').insertAfter('LABEL a=b').insertAfter('LABEL c=d');
    expect(all.toSource()).toBe(
      '# syntax=docker/dockerfile:1\n\nARG VERSION\n# the base\nFROM node:18 AS build\nLABEL a=b\nLABEL c=d\n# what it needs\nRUN true\ncopy . .\n\nARG VERSION\nFROM nginx\nLABEL a=b\nLABEL c=d\nCOPY --from=build /app /srv\n',
    );
  });

  test('two edits of one place are an error that names the line', () => {
    const all = root();
    all.find('RUN').remove();
    expect(() => all.find('RUN').replaceWith('RUN true')).toThrow('two edits meet in line 6');
  });

  test('CRLF and a byte order mark are kept', () => {
    const crlf = '\uFEFFFROM a\r\nRUN b\r\n';
    const all = api(crlf).dockerfile(crlf);
    all.find('FROM').insertBefore('ARG X\nARG Y');
    expect(all.find('RUN').insertAfter('USER me').toSource()).toBe('\uFEFFARG X\r\nARG Y\r\nFROM a\r\nRUN b\r\nUSER me\r\n');
  });

  test('a text that is no Dockerfile is an error that says why', () => expect(() => api(text).dockerfile('FROM a\nHELLO\n')).toThrow('line 2'));
});

describe('commands', () => {
  test.each<[string, string, (commands: ReturnType<Api['shell']>) => void, string]>([
    ['replaced', 'a && npm install && c', (all) => all.find('npm').replaceWith(({ text: old }) => old.replace('install', 'ci')), 'a && npm ci && c'],
    ['put in front', 'a && b', (all) => all.find('b').insertBefore('x'), 'a && x && b'],
    ['put in front, on lines', 'a \\\n && b', (all) => all.find('b').insertBefore('x'), 'a \\\n && x \\\n && b'],
    ['put behind', 'a && b', (all) => all.find('a').insertAfter('x'), 'a && x && b'],
    ['put behind the last', 'a && b', (all) => all.find('b').insertAfter('x'), 'a && b && x'],
    ['removed', 'a && b && c', (all) => all.find('b').remove(), 'a && c'],
    ['removed, neighbours', 'a && b && c && d', (all) => all.filter(({ program }) => program === 'b' || program === 'c').remove(), 'a && d'],
    ['replaced in a loop', 'for i in 1 2; do curl $i; done', (all) => all.find('curl').replaceWith('wget $i'), 'for i in 1 2; do wget $i; done'],
  ])('%s', (_what, before, edit, after) => expect(edited(run(before), edit)).toBe(run(after)));

  test.each<[string, string, (commands: ReturnType<Api['shell']>) => void]>([
    ['a part of a pipeline', 'a | b && c', (all) => all.find('b').insertAfter('x')],
    ['behind ||', 'a || b', (all) => all.find('b').insertBefore('x')],
    ['all of a RUN', 'a && b', (all) => all.remove()],
  ])('no place for an edit is an error: %s', (_what, before, edit) => expect(() => edited(run(before), edit)).toThrow(/replaceWith/));

  test('those of a heredoc are replaced where they stand, and have no place for others', () => {
    const source = '# syntax=docker/dockerfile:1\nFROM debian\nRUN <<EOT\nnpm install\nEOT\nRUN cat <<A && npm install\n$(npm install x)\nA\n';
    const to = (edit: (commands: ReturnType<Api['shell']>) => void): string => edited(source, (all) => edit(all.find('npm')));
    expect(to((all) => all.replaceWith(({ text: old }) => `${old} --no-audit`))).toBe(source.replaceAll(/npm install( x)?/g, '$& --no-audit'));
    for (const edit of ['insertBefore', 'insertAfter'] as const) expect(() => to((all) => all[edit]('x'))).toThrow('only replaceWith can change it');
    expect(() => to((all) => all.remove())).toThrow('line 3: `npm install` is no command of a plain');
  });

  test('there are none in exec form, where the shell cannot be read, and in other instructions', () => {
    const source = 'FROM debian\nRUN ["npm", "ci"]\nSHELL ["python3", "-c"]\nRUN print(1)\nCMD a\n';
    const { dockerfile, shell } = api(source);
    expect(Array.from(dockerfile(source), (instruction) => shell(instruction).length)).toEqual([0, 0, 0, 0, 0]);
  });

  test('an instruction that was not found by api.dockerfile is an error', () => {
    const [from] = api(text).dockerfile(text);
    if (from) expect(() => api(text).shell(from)).toThrow('api.dockerfile');
    expect(from).toBeDefined();
  });
});
