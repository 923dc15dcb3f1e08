import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWorkflow } from '../../src/callers/workflows/read.ts';
import { read, shown } from './read.ts';

function builds(jobs: string, more: Readonly<Record<string, string>> = {}): string[] {
  return read(readWorkflow, { '.github/workflows/ci.yml': jobs, ...more }).callers.map(shown);
}

test('build-push-action: the root by default, files relative to the root', () => {
  const text = `jobs:
  image:
    steps:
      - uses: docker/build-push-action@v6
      - uses: docker/build-push-action@v6
        with: { context: api, target: prod }
      - uses: docker/build-push-action@v6
        with: { context: ., file: ./api/x.Dockerfile }
      - uses: docker/build-push-action@v6
        with: { context: "{{defaultContext}}:api", file: y.Dockerfile }
      - uses: docker/build-push-action@v6
        with: { context: "https://github.com/a/b.git#v1" }
`;
  expect(builds(text)).toEqual([
    'image 4: . Dockerfile -',
    'image 5: api api/Dockerfile prod',
    'image 7: . api/x.Dockerfile -',
    'image 9: api api/y.Dockerfile -',
    'image 11: @https://github.com/a/b.git#v1 @https://github.com/a/b.git#v1 -',
  ]);
});

test('lists in the inputs have their places', () => {
  const text = `jobs:
  image:
    steps:
      - uses: docker/build-push-action@v6
        with:
          build-args: |
            VERSION=1
            SHA=\${{ github.sha }}
          secrets: |
            token=\${{ secrets.TOKEN }}
          platforms: linux/amd64
          build-contexts: shared=./shared
`;
  const [caller] = read(readWorkflow, { 'ci.yml': text }).callers;
  const { args = [], secrets = [], platforms = [], contexts = [] } = caller?.declared ?? {};
  expect(args.map(({ name, value }) => [name, value])).toEqual([
    ['VERSION', '1'],
    ['SHA', undefined],
  ]);
  expect([...args, ...secrets, ...platforms, ...contexts].map(({ start, end }) => text.slice(start, end))).toEqual([
    'VERSION=1',
    'SHA=${{ github.sha }}',
    'token=${{ secrets.TOKEN }}',
    'linux/amd64',
    'shared=./shared',
  ]);
});

test('a matrix is expanded where it is written out', () => {
  const text = `jobs:
  image:
    strategy:
      matrix:
        app: [a, b, c]
        exclude: [{ app: c }]
        include:
          - { app: b, file: special.Dockerfile }
          - { app: d }
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: apps/\${{ matrix.app }}
          file: apps/\${{ matrix.app }}/\${{ matrix.file || 'Dockerfile' }}
  dynamic:
    strategy:
      matrix: \${{ fromJSON(needs.plan.outputs.matrix) }}
    steps:
      - uses: docker/build-push-action@v6
        with: { context: "\${{ matrix.app }}" }
  objects:
    strategy: { matrix: { include: [{ image: { dir: x } }, { image: { dir: y } }] } }
    steps:
      - run: docker build -f \${{ matrix.image.dir }}/Dockerfile .
`;
  expect(builds(text)).toEqual([
    'image 11: apps/a apps/a/Dockerfile -',
    'image 11: apps/b apps/b/special.Dockerfile -',
    'image 11: apps/d apps/d/Dockerfile -',
    'dynamic 19: ?${{ matrix.app }} ?${{ matrix.app }} -',
    'objects 24: . x/Dockerfile -',
    'objects 24: . y/Dockerfile -',
  ]);
  const { dockerfile } = read(readWorkflow, { 'ci.yml': text }).callers.at(-1)?.declared ?? {};
  expect(text.slice(dockerfile?.start, dockerfile?.end)).toBe('${{ matrix.image.dir }}/Dockerfile');
});

test.each([
  ["matrix.v == 'slim' && 'slim' || 'full'", 'slim'],
  ["matrix.v != 'slim' && 'other' || matrix.v", 'slim'],
  ["(!matrix.none) && matrix['v']", 'slim'],
  ["format('{0}', matrix.v)", undefined],
  ['github.ref', undefined],
  ["github.ref && 'a' || 'b'", undefined],
  ["'it''s'", "it's"],
])('%s is %j', (expression, value) => {
  const text = `jobs: { a: { strategy: { matrix: { v: [slim] } }, steps: [{ uses: docker/build-push-action@v6, with: { target: "\${{ ${expression} }}" } }] } }\n`;
  expect(read(readWorkflow, { 'ci.yml': text }).callers[0]?.declared.target?.value).toBe(value);
});

test('docker build in run: folders, options and variables', () => {
  const text = `env: { FILE: app.Dockerfile }
defaults: { run: { working-directory: services } }
jobs:
  image:
    steps:
      - run: |
          docker build -t x \\
            -f api/Dockerfile --build-arg A=1 --target=prod api
      - run: cd web && docker buildx build --push --platform linux/amd64 .
      - run: docker build -f "$FILE" . && echo done
        working-directory: .
      - run: |
          (cd a && sudo docker image build .)
          podman build b
      - run: docker build $UNKNOWN/\${{ github.sha }}
      - run: docker build - < Dockerfile
      - run: docker compose build
      - run: docker build -f \${{ env.FILE }} \${{ github.workspace }}
        working-directory: .
`;
  expect(builds(text)).toEqual([
    'image 7: services/api services/api/Dockerfile prod',
    'image 9: services/web services/web/Dockerfile -',
    'image 10: . app.Dockerfile -',
    'image 13: services/a services/a/Dockerfile -',
    'image 14: services/b services/b/Dockerfile -',
    'image 15: ?$UNKNOWN/${{ github.sha }} ?$UNKNOWN/${{ github.sha }} -',
    'image 16: @- @- -',
    'image 18: . app.Dockerfile -',
  ]);
  const [caller] = read(readWorkflow, { 'ci.yml': text }).callers;
  const { context, dockerfile, target, args = [] } = caller?.declared ?? {};
  expect([context, dockerfile, target, args[0]].map((one) => text.slice(one?.start, one?.end))).toEqual(['api', 'api/Dockerfile', 'prod', 'A=1']);
});

test('a checkout into a folder is the repository there, another repository is elsewhere', () => {
  const text = `jobs:
  image:
    steps:
      - uses: actions/checkout@v4
        with: { path: src }
      - uses: actions/checkout@v4
        with: { repository: a/b, path: other }
      - uses: docker/build-push-action@v6
        with: { context: src/api }
      - run: docker build other
`;
  expect(builds(text)).toEqual(['image 8: api api/Dockerfile -', 'image 10: @another repository, in other @another repository, in other -']);
});

test('local actions and workflows are read with the inputs that they are given', () => {
  const files = {
    '.github/actions/build/action.yml': `inputs: { dir: { default: x }, file: { default: Dockerfile } }
runs:
  using: composite
  steps:
    - uses: docker/build-push-action@v6
      with: { context: "\${{ inputs.dir }}", file: "\${{ inputs.dir }}/\${{ inputs.file }}" }
`,
    '.github/workflows/build.yml': `on: { workflow_call: { inputs: { dir: { type: string } } } }
jobs:
  called:
    steps:
      - run: docker build \${{ inputs.dir }}
`,
  };
  const text = `jobs:
  a: { steps: [{ uses: ./.github/actions/build, with: { dir: y } }] }
  b: { uses: ./.github/workflows/build.yml, with: { dir: z } }
  c: { uses: ./.github/workflows/ci.yml }
`;
  const reading = read(readWorkflow, { '.github/workflows/ci.yml': text, ...files });
  expect(reading.callers.map((caller) => `${caller.file} ${shown(caller)}`)).toEqual([
    '.github/actions/build/action.yml build 5: y y/Dockerfile -',
    '.github/workflows/build.yml called 5: z z/Dockerfile -',
  ]);
  expect(reading.uses).toEqual(['.github/actions/build/action.yml', '.github/workflows/build.yml']);
});

test('a Docker action is built in the folder of its Dockerfile', () => {
  expect(read(readWorkflow, { 'tools/action.yml': 'runs: { using: docker, image: docker/Dockerfile }\n' }).callers.map(shown)).toEqual([
    'tools 1: tools/docker tools/docker/Dockerfile -',
  ]);
  expect(read(readWorkflow, { 'action.yml': 'runs: { using: docker, image: "docker://alpine" }\n' }).callers).toEqual([]);
});

const pieces = 'jobs: a steps - run: docker build . ${{ }} matrix.x || && ( ) ! \' " | { } [ ] , uses: with: strategy: include:'
  .split(' ')
  .concat([' ', '  ', '\n']);

test.each([
  'jobs:\n  a:\n    strategy: ',
  'jobs: { a: { steps: [{ run: ',
  'jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with: ',
])('no text makes it throw, behind %j', (before) => {
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (one) => {
      expect(() => read(readWorkflow, { 'ci.yml': before + one })).not.toThrow();
    }),
    { numRuns: 500 },
  );
});
