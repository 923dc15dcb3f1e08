import { expect, test } from 'vitest';
import { callersIn } from '../../src/callers/callers.ts';
import { repositoryOf } from '../../src/workspace/repository.ts';
import { folder } from '../cli/built.ts';
import { shown } from './read.ts';

async function callers(files: Readonly<Record<string, string>>): Promise<string[]> {
  return (await callersIn(repositoryOf(folder(files)))).callers.map((caller) => `${caller.kind} ${caller.file} ${shown(caller)}`);
}

test('a compose file is known by what commands call it, and by its content', async () => {
  const stack = 'services:\n  a:\n    build: .\n';
  expect(
    await callers({
      Dockerfile: '',
      'deploy/stack.yml': stack,
      'deploy/parts.txt': stack,
      Makefile: 'up:\n\tdocker compose --project-directory . -f deploy/parts.txt up\n',
      'k8s/service.yaml': 'kind: Service\nspec:\n  build: x\n',
      '.gitlab-ci.yml': 'services:\n  - docker\nimage:\n  script:\n    - docker build .\n',
    }),
  ).toEqual([
    'compose deploy/parts.txt a 3: . Dockerfile -',
    'pipeline .gitlab-ci.yml image 5: . Dockerfile -',
    'compose deploy/stack.yml a 3: deploy deploy/Dockerfile -',
  ]);
});

test('a bake file is read under any name, where the command runs', async () => {
  expect(
    await callers({
      'api/Dockerfile': '',
      'ci/release.json': '{"target":{"a":{"context":"api"}}}',
      '.github/workflows/a.yml': 'jobs:\n  b:\n    steps:\n      - uses: docker/bake-action@v6\n        with:\n          files: ./ci/release.json\n',
      'ci/other.json': '{"target":{"a":{"context":"api"}}}',
    }),
  ).toEqual(['bake ci/release.json a 1: api api/Dockerfile -']);
});

test('a script without an ending is known by its first line', async () => {
  const build = 'docker build .\n';
  expect(await callers({ Dockerfile: '', 'bin/image': `#!/usr/bin/env bash\n${build}`, 'bin/words': build })).toEqual([
    'script bin/image image 2: . Dockerfile -',
  ]);
});
