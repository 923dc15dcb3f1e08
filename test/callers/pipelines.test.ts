import { expect, test } from 'vitest';
import { readGoreleaser, readPipeline } from '../../src/callers/pipelines.ts';
import { read, shown } from './read.ts';

const builds = (path: string, text: string): string[] => read(readPipeline, { [path]: text }).callers.map(shown);

test.each([
  [
    '.gitlab-ci.yml',
    'image:\n  stage: build\n  script:\n    - cd api\n    - docker build -f "$CI_PROJECT_DIR/x.Dockerfile" .\n',
    ['image 5: api x.Dockerfile -'],
  ],
  ['.travis.yml', 'after_success:\n- export TAG=1\n- docker build -t a:$TAG ./config\n', ['after_success 3: config config/Dockerfile -']],
  [
    '.circleci/config.yml',
    'jobs:\n  publish:\n    steps:\n      - checkout\n      - run:\n          command: |\n            cd web\n            docker build .\n',
    ['publish 8: web web/Dockerfile -'],
  ],
  ['Taskfile.yml', 'tasks:\n  image:\n    dir: web\n    cmds:\n      - docker build --target prod .\n', ['image 5: web web/Dockerfile prod']],
  [
    'cloudbuild.yaml',
    "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: [build, -t, 'gcr.io/$PROJECT_ID/a', -f, api/Dockerfile, api]\n  - name: gcr.io/cloud-builders/docker\n    args: [push, a]\n",
    ['pipeline 2: api api/Dockerfile -'],
  ],
  ['.drone.yml', 'steps:\n  - commands: [docker login, echo docker build]\n', []],
])('%s', (path, text, expected) => expect(builds(path, text)).toEqual(expected));

test('a declared value has its place in the text', () => {
  const text = 'a:\n  - echo x\n  - "docker build -f y/Dockerfile z"\n';
  const [caller] = read(readPipeline, { '.gitlab-ci.yml': text }).callers;
  const { dockerfile, context } = caller?.declared ?? {};
  expect([dockerfile, context].map((one) => text.slice(one?.start, one?.end))).toEqual(['y/Dockerfile', 'z']);
});

test('GoReleaser fills a context of its own', () => {
  const text = 'dockers:\n  - id: amd64\n    dockerfile: build/Dockerfile\n  - image_templates: [a]\n';
  expect(read(readGoreleaser, { '.goreleaser.yml': text }).callers.map(shown)).toEqual([
    'amd64 3: @a folder that goreleaser fills build/Dockerfile -',
    'goreleaser 4: @a folder that goreleaser fills Dockerfile -',
  ]);
});
