import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { isDockerfileName } from '../../src/dockerfile-names.ts';
import { dockopt } from '../cli/built.ts';
import { readYaml, root, wrongBy } from './schema.ts';

test('the release workflow is one by its schema, gives each job its own rights, and no script what comes from outside', () => {
  const workflow = readYaml('.github/workflows/release.yml') as { readonly permissions: unknown; readonly jobs: Readonly<Record<string, Job>> };
  expect(wrongBy('github-workflow', workflow)).toEqual([]);
  expect(wrongBy('github-workflow', { ...workflow, jobs: { image: {} } })).not.toEqual([]);
  expect(workflow.permissions).toEqual({});
  for (const { permissions, steps } of Object.values(workflow.jobs)) {
    expect(permissions).toMatchObject({ contents: 'read' });
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  }
});

interface Job {
  readonly permissions: unknown;
  readonly steps: readonly { readonly run?: string }[];
}

test('what docs/integrations.md shows is valid YAML and JSON, its workflow one by its schema, with inputs that the action has', () => {
  const page = readFileSync(join(root, 'docs/integrations.md'), 'utf8');
  const blocks = [...page.matchAll(/^```(yaml|json)\n([^]*?)^```$/gm)].map(([, kind, text = '']): unknown =>
    kind === 'json' ? JSON.parse(text) : parse(text),
  );
  expect(blocks).toHaveLength(8);
  const workflow = blocks[0] as { readonly jobs: { readonly dockopt: { readonly steps: readonly { readonly with: object }[] } } };
  expect(wrongBy('github-workflow', workflow)).toEqual([]);
  const parted = blocks.find((block) => typeof block === 'object' && block !== null && 'jobs' in block && block !== workflow);
  expect(parted).toHaveProperty('jobs.part.strategy.matrix.shard');
  expect(wrongBy('github-workflow', parted)).toEqual([]);
  const { inputs } = readYaml('action.yml') as { readonly inputs: object };
  expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(workflow.jobs.dockopt.steps.at(-1)?.with ?? {})));
  for (const name of Object.keys(inputs)) expect(page).toMatch(new RegExp(`\`${name}[\`:]`));
});

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly files: string;
  readonly exclude: string;
}

test('hooks of pre-commit get the files that dockopt finds by name, and load no code of the repository', () => {
  const hooks = readYaml('.pre-commit-hooks.yaml') as readonly Hook[];
  expect(hooks.map(({ id }) => id)).toEqual(['dockopt', 'dockopt-check']);
  const names = ['Dockerfile', 'a/dockerfile', 'a/Dockerfile.prod', 'web.Dockerfile', 'Containerfile', 'x/web.containerfile'];
  const others = ['Dockerfile.dockerignore', 'Dockerfiles/a', 'aDockerfile', 'README.md', 'docker.yaml'];
  for (const { entry, files, exclude } of hooks) {
    expect(entry).toContain('--no-code');
    const takes = (path: string): boolean => regExp(files).test(path) && !regExp(exclude).test(path);
    expect([...names, ...others].filter(takes)).toEqual(names);
    expect([...names, ...others].filter(isDockerfileName)).toEqual(names);
  }
});

/** Of Python, which writes flags in front. */
function regExp(pattern: string): RegExp {
  return new RegExp(pattern.replace('(?i)', ''), 'i');
}

test('dockopt finds nothing at review in the Dockerfile of its own image, advice aside', () => {
  const { code, out, said } = dockopt(root, '--level', 'review', '--format', 'json', 'Dockerfile');
  expect(code, said).toBe(0);
  const report = JSON.parse(out) as { readonly files: readonly { readonly changes: unknown[]; readonly judgement: readonly { readonly level: string }[] }[] };
  expect(report).toMatchObject({
    files: [{ path: 'Dockerfile', outcome: 'unchanged', changes: [], faults: [], context: { path: '.', given: true } }],
    ignoreFiles: [],
    callerFiles: [],
  });
  expect(report.files[0]?.judgement.filter(({ level }) => level !== 'advice')).toEqual([]);
  expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).not.toContain('dockopt-ignore');
});
