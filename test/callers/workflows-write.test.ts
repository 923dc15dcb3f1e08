import { describe, expect, test } from 'vitest';
import type { BuildInput } from '../../src/build-input.ts';
import { readWorkflow } from '../../src/callers/workflows/read.ts';
import { writeWorkflow } from '../../src/callers/workflows/write.ts';
import { gives } from '../../src/callers/write.ts';
import { filesOf } from './read.ts';

const token: BuildInput = { kind: 'secret', id: 'NPM_TOKEN', source: { environment: 'NPM_TOKEN' }, insteadOf: 'NPM_TOKEN' };
const file: BuildInput = { kind: 'secret', id: 'netrc', source: { file: '.netrc' } };
const ssh: BuildInput = { kind: 'ssh', id: 'default', insteadOf: 'SSH_KEY' };

const path = '.github/workflows/ci.yml';

/** A job of one step. */
function job(...lines: readonly string[]): string {
  return ['on: push', 'jobs:', '  image:', '    steps:', '      - uses: actions/checkout@v4', ...lines.map((line) => `      ${line}`), '', ''].join('\n');
}

/** The text after an input was written into the only build, or what is told. */
function written(text: string, input: BuildInput = token): string {
  const [caller] = callersIn(text);
  if (!caller) throw new Error('nothing is built there');
  const result = writeWorkflow(caller, input, text);
  if ('told' in result) return `told: ${result.told}`;
  const [after] = callersIn(result.text);
  expect(after && gives(after, input)).toBe(true);
  expect(after?.context).toEqual(caller.context);
  return result.text;
}

function callersIn(text: string) {
  return readWorkflow({ path, text }, filesOf({ [path]: text, Dockerfile: '' })).callers;
}

describe('build-push-action', () => {
  const action = '- uses: docker/build-push-action@v6';

  test('a line of build-args becomes one of secrets', () => {
    const before = job(
      action,
      '  with:',
      '    context: .',
      '    # private packages',
      '    build-args: |',
      '      A=1',
      '      NPM_TOKEN=${{ secrets.NPM }}',
      '      B=2',
      '    push: true',
    );
    expect(written(before)).toBe(
      job(
        action,
        '  with:',
        '    context: .',
        '    # private packages',
        '    build-args: |',
        '      A=1',
        '      B=2',
        '    push: true',
        '    secrets: |',
        '      NPM_TOKEN=${{ secrets.NPM }}',
      ),
    );
  });

  test('the only one takes build-args along', () => {
    const after = job(action, '  with:', '    context: .', '    secrets: |', '      NPM_TOKEN=${{ secrets.NPM }}');
    expect(written(job(action, '  with:', '    context: .', '    build-args: NPM_TOKEN=${{ secrets.NPM }}'))).toBe(after);
    expect(written(job(action, '  with:', '    context: .', '    build-args: |', '      NPM_TOKEN=${{ secrets.NPM }}'))).toBe(after);
  });

  test('with CRLF', () => {
    const before = job(action, '  with:', '    build-args: |', '      NPM_TOKEN=${{ secrets.NPM }}', '      A=1', '    context: .').replaceAll('\n', '\r\n');
    const after = job(action, '  with:', '    build-args: |', '      A=1', '    context: .', '    secrets: |', '      NPM_TOKEN=${{ secrets.NPM }}');
    expect(written(before)).toBe(after.replaceAll('\n', '\r\n'));
  });

  test('secrets that exist get one more', () => {
    const line = '      NPM_TOKEN=${{ secrets.NPM_TOKEN }}';
    const block = job(action, '  with:', '    secrets: |', '      A=${{ secrets.A }}', '    context: .');
    expect(written(block)).toBe(job(action, '  with:', '    secrets: |', '      A=${{ secrets.A }}', line, '    context: .'));
    const single = job(action, '  with:', '    secrets: A=${{ secrets.A }}', '    context: .');
    expect(written(single)).toBe(job(action, '  with:', '    secrets: |', '      A=${{ secrets.A }}', line, '    context: .'));
  });

  test('without any input', () => {
    expect(written(job(action), file)).toBe(job(action, '  with:', '    secret-files: |', '      netrc=.netrc'));
    expect(written(job(action, '  with:', '    build-args: SSH_KEY=${{ secrets.KEY }}'), ssh)).toBe(job(action, '  with:', '    ssh: default'));
  });

  test('a name alone is taken from the environment', () => {
    expect(written(job(action, '  with:', '    build-args: NPM_TOKEN'))).toBe(job(action, '  with:', '    secrets: |', '      NPM_TOKEN=${{ env.NPM_TOKEN }}'));
  });

  test('the first release and other actions are told', () => {
    const told = 'told: It is not known what this action takes. Add `secrets: NPM_TOKEN=${{ secrets.N }}` to `with` in place of the build argument NPM_TOKEN.';
    expect(written(job('- uses: someone/build-push-action@v2', '  with:', '    build-args: NPM_TOKEN=${{ secrets.N }}'))).toBe(told);
    expect(written(job('- uses: someone/build-push-action@v2', '  with:', '    build-args: NPM_TOKEN=user:password@${{ vars.HOST }}'))).not.toContain(
      'password',
    );
    expect(written(job('- uses: docker/build-push-action@v1', '  with:', '    build-args: NPM_TOKEN=${{ secrets.N }}'))).toBe(told);
  });
});

describe('commands', () => {
  test('an expression goes through the environment of the step', () => {
    const before = job('- name: build', '  run: |', '    docker build --build-arg NPM_TOKEN=${{ secrets.NPM }} \\', '      -t app .', '    docker push app');
    expect(written(before)).toBe(
      job(
        '- name: build',
        '  run: |',
        '    docker build --secret id=NPM_TOKEN \\',
        '      -t app .',
        '    docker push app',
        '  env:',
        '    NPM_TOKEN: ${{ secrets.NPM }}',
      ),
    );
    const quoted = job('- run: docker build --build-arg "NPM_TOKEN=${{ secrets.NPM }}" .', '  env:', '    A: 1');
    expect(written(quoted)).toBe(job('- run: docker build --secret id=NPM_TOKEN .', '  env:', '    A: 1', '    NPM_TOKEN: ${{ secrets.NPM }}'));
  });

  test('what is in the environment already stays there', () => {
    const before = job('- run: docker build --build-arg NPM_TOKEN=$NPM .', '  env:', '    NPM: ${{ secrets.NPM }}');
    expect(written(before)).toBe(job('- run: docker build --secret id=NPM_TOKEN,env=NPM .', '  env:', '    NPM: ${{ secrets.NPM }}'));
    expect(written(job('- run: docker build --build-arg NPM_TOKEN=${{ env.NPM }} .'))).toBe(job('- run: docker build --secret id=NPM_TOKEN,env=NPM .'));
    expect(written(job('- run: docker build .'), file)).toBe(job('- run: docker build --secret id=netrc,src=.netrc .'));
  });
});
