import { expect, test } from 'vitest';
import { addEcosystem, hasOption, plainPackages, readOptions, use, type Action, type Ecosystem, type Level } from '../../src/index.ts';
import { ecosystems, isManifest, leavings } from '../../src/ecosystems/index.ts';
import { runAll } from '../../src/testing/fixture.ts';
import builtIn from '../../transforms/index.ts';

const actions: Readonly<Record<string, Action>> = { sync: 'update', add: 'install', restore: 'install', tidy: 'clean' };

/** A manager that nothing in dockopt knows of: packages of the system by `larder add`, those of a project by `larder restore`. */
const larder: Ecosystem = {
  id: 'larder',
  programs: ['larder'],
  unites: 'safe',
  manifests: ['larder.toml', 'larder.lock'],
  artefacts: [{ name: 'shelf', by: 'install' }],
  leavings: [
    {
      id: 'larder-jars',
      title: "larder's jars",
      directories: ['/var/cache/larder'],
      cleanUp: () => 'rm -rf /var/cache/larder/*',
      because: 'larder fetches them again',
    },
  ],
  read(call) {
    const read = readOptions(call, ['--shelf']);
    const [at = -1, ...packages] = read.rest;
    const word = call.arguments[at]?.value ?? '';
    const action = Object.hasOwn(actions, word) ? actions[word] : undefined;
    if (action === undefined || hasOption(read, '--shelf')) return undefined;
    if (action === 'clean') return use(action, at, { cleans: ['larder-jars'] });
    const fetched = { leaves: ['larder-jars'], renews: ['larder-jars'] };
    if (word !== 'restore') return use(action, at, { ...fetched, packages: plainPackages(call, packages) ?? [] });
    const manifests = ['larder.toml', 'larder.lock'];
    return use(action, at, { ...fetched, reads: manifests, closure: () => ({ files: manifests, outputs: ['shelf'], floating: undefined }) });
  },
};

const project = { 'larder.toml': 'name = "app"\n', 'larder.lock': '', 'src/main.c': 'int main;\n', 'LICENSE.txt': '' };

/** The Dockerfile and the ignore file as all built-in transforms leave them. */
function rewritten(lines: readonly string[], files: Readonly<Record<string, string>> = {}, level: Exclude<Level, 'advice'> = 'safe') {
  const before = new Map(Object.entries({ ...files, Dockerfile: `${lines.join('\n')}\n` }));
  const done = runAll({ name: '', folder: '', before, after: new Map(), review: undefined }, { level, transforms: builtIn }).files;
  return { dockerfile: done.get('Dockerfile')?.trimEnd().split('\n'), ignored: done.get('.dockerignore')?.split('\n') ?? [] };
}

test('a manager from outside is served by each transform', () => {
  const copied = ['FROM debian:bookworm', 'WORKDIR /app', 'COPY larder.toml ./', 'COPY LICENSE.txt ./'];
  expect(rewritten(copied, project).dockerfile?.at(-1)).toBe('COPY larder.toml LICENSE.txt ./');
  const cleaned = ['FROM debian:bookworm', 'RUN larder add salt'];
  expect(rewritten(cleaned).dockerfile).toEqual(cleaned);
  expect(isManifest('larder.toml')).toBe(false);

  addEcosystem(larder);

  expect(isManifest('larder.toml')).toBe(true);
  expect(rewritten(copied, project).dockerfile).toEqual(copied);
  expect(rewritten(cleaned).dockerfile?.slice(1)).toEqual(['RUN larder add salt && rm -rf /var/cache/larder/*']);
  expect(rewritten(['FROM debian:bookworm', 'RUN larder add salt && larder tidy']).dockerfile).toEqual([
    'FROM debian:bookworm',
    'RUN larder add salt && larder tidy',
  ]);
  expect(rewritten(['FROM debian:bookworm', 'RUN larder add salt', 'RUN larder add pepper && larder tidy']).dockerfile).toEqual([
    'FROM debian:bookworm',
    'RUN larder add salt pepper && larder tidy',
  ]);
  const { dockerfile, ignored } = rewritten(['FROM debian:bookworm', 'WORKDIR /app', 'COPY . .', 'RUN larder restore', 'CMD ["./run"]'], project);
  expect(dockerfile).toEqual([
    'FROM debian:bookworm',
    'WORKDIR /app',
    'COPY larder.toml larder.lock ./',
    'RUN larder restore && rm -rf /var/cache/larder/*',
    'COPY . .',
    'CMD ["./run"]',
  ]);
  expect(ignored).toContain('shelf');
});

test('its caches are kept on mounts', () => {
  addEcosystem({ ...larder, caching: () => [{ title: "larder's jars", directories: ['/var/cache/larder'], locked: true }] });
  expect(rewritten(['FROM debian:bookworm', 'RUN larder add salt && larder tidy']).dockerfile).toEqual([
    'FROM debian:bookworm',
    'RUN --mount=type=cache,target=/var/cache/larder,sharing=locked larder add salt',
  ]);
});

test('one of the same id makes room for it, and nothing else of another may be taken', () => {
  addEcosystem(larder);
  addEcosystem({ ...larder, manifests: ['pantry.toml'] });
  expect(ecosystems.filter(({ id }) => id === 'larder')).toHaveLength(1);
  expect(leavings.filter(({ id }) => id === 'larder-jars')).toHaveLength(1);
  expect([isManifest('pantry.toml'), isManifest('larder.toml')]).toEqual([true, false]);
  expect(() => addEcosystem({ ...larder, id: 'cellar' })).toThrow('the ecosystem cellar has the program larder, which is that of larder');
  expect(() => addEcosystem({ ...larder, id: 'cellar', programs: ['cellar'] })).toThrow('the ecosystem cellar has the leaving larder-jars');
});
