import { expect, test } from 'vitest';
import { readSkaffold } from '../../src/callers/skaffold.ts';
import { read, shown } from './read.ts';

test('artifacts and those of profiles, the Dockerfile relative to the context', () => {
  const text = `apiVersion: skaffold/v4beta6
kind: Config
build:
  artifacts:
    - image: api
      context: services/api
      docker:
        target: prod
        buildArgs:
          A: b
    - image: web
      context: services
      docker: { dockerfile: web/Dockerfile }
    - image: root
    - image: java
      jib: {}
profiles:
  - name: dev
    build:
      artifacts:
        - image: tagged
          context: '{{.DIR}}'
---
apiVersion: skaffold/v4beta6
build:
  artifacts:
    - image: second
      kaniko: { dockerfile: deploy/Dockerfile }
      context: app
`;
  const { callers } = read(readSkaffold, { 'k8s/skaffold.yaml': text, 'k8s/deploy/Dockerfile': '' });
  expect(callers.map(shown)).toEqual([
    'api 5: k8s/services/api k8s/services/api/Dockerfile prod',
    'web 11: k8s/services k8s/services/web/Dockerfile -',
    'root 14: k8s k8s/Dockerfile -',
    'tagged 21: ?{{.DIR}} ?{{.DIR}} -',
    'second 27: k8s/app k8s/deploy/Dockerfile -',
  ]);
  const [api] = callers;
  expect(text.slice(api?.declared.context?.start, api?.declared.context?.end)).toBe('services/api');
  expect(text.slice(api?.declared.args[0]?.start, api?.declared.args[0]?.end)).toBe('A: b');
});

test('broken YAML is a note', () => {
  expect(read(readSkaffold, { 'skaffold.yaml': 'build:\n  artifacts: [\n' })).toMatchObject({ callers: [], notes: [{ file: 'skaffold.yaml' }] });
});
