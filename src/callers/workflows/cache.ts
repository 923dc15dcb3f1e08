import type { BuildCache } from '../../build-input.ts';
import { actionsCache, cacheToAdd, matrixValuesOf } from '../cache.ts';
import type { Caller } from '../caller.ts';
import type { Written } from '../write.ts';
import { withEntry } from '../yaml-edit.ts';
import { kindAt, type YamlPath } from '../yaml-places.ts';
import { at, entriesAt, itemsAt, readYaml, scalarAt, type Tree } from '../yaml.ts';
import { readMatrix } from './matrix.ts';

/** `cache-from` and `cache-to` of a step of build-push-action: https://docs.docker.com/build/ci/github-actions/cache/ */
export function writeCache(caller: Caller, input: BuildCache, text: string, step: YamlPath): Written {
  const asked = cacheToAdd(caller, input);
  const because = obstacleOf(caller, text, step);
  if (because !== undefined) return { told: `${because} ${asked}` };
  const { from, to } = actionsCache(caller, input);
  const inputs = [...step, 'with'];
  const isEmpty = kindAt(text, inputs) === 'absent';
  const first = isEmpty ? withEntry(text, step, 'with', { 'cache-from': from }) : withEntry(text, inputs, 'cache-from', from);
  const result = first === undefined ? undefined : withEntry(first, inputs, 'cache-to', to);
  return result === undefined ? { told: `It cannot be edited in place. ${asked}` } : { text: result, notes: [], leaked: [] };
}

/** Why a cache may not work there, or not be worth it. */
function obstacleOf(caller: Caller, text: string, path: YamlPath): string | undefined {
  const [workflow] = readYaml({ path: caller.file, text }, { text: () => undefined }).roots;
  const keys = path.flatMap((key) => (typeof key === 'string' ? [key] : []));
  const index = path.at(-1);
  const steps = itemsAt(workflow, ...keys);
  const own = typeof index === 'number' ? steps[index] : undefined;
  if (!own || typeof index !== 'number') return 'Its step is not found.';
  if (!/^docker\/build-push-action@(?!v1(\.|$))/.test(scalarAt(own, 'uses')?.value ?? '')) return 'It is not known what this action takes.';
  if (caller.declared.cacheFrom.length > 0) return 'It reads a cache that nothing here writes.';
  const job = keys[0] === 'jobs' ? at(workflow, ...keys.slice(0, 2)) : undefined;
  return builderObstacle(own, steps.slice(0, index)) ?? eventObstacle(workflow) ?? runnerObstacle(job) ?? scopeObstacle(caller, job);
}

/** All steps of bake-action in a workflow have a builder that can write a cache; there is one at least. */
export function bakesWithCache(path: string, text: string): boolean {
  const [workflow] = readYaml({ path, text }, { text: () => undefined }).roots;
  const obstacles = entriesAt(workflow, 'jobs').flatMap(([, { value: job }]) => {
    const steps = itemsAt(job, 'steps');
    return steps.flatMap((step, index) => {
      if (scalarAt(step, 'uses')?.value.startsWith('docker/bake-action@') !== true) return [];
      return [builderObstacle(step, steps.slice(0, index)) ?? eventObstacle(workflow) ?? runnerObstacle(job)];
    });
  });
  return obstacles.length > 0 && obstacles.every((one) => one === undefined);
}

function builderObstacle(own: Tree, before: readonly Tree[]): string | undefined {
  const setup = before.findLast((step) => scalarAt(step, 'uses')?.value.startsWith('docker/setup-buildx-action@') === true);
  if (!setup) return 'There is no docker/setup-buildx-action before it, and the docker driver writes no cache.';
  const condition = scalarAt(setup, 'if')?.value;
  if (condition !== undefined && condition !== scalarAt(own, 'if')?.value) return 'Its docker/setup-buildx-action does not always run.';
  const driver = scalarAt(setup, 'with', 'driver')?.value ?? 'docker-container';
  if (driver !== 'docker-container' && driver !== 'kubernetes') return `Its builder is of the driver ${driver}.`;
  if (scalarAt(setup, 'with', 'endpoint') || at(setup, 'with', 'append')) return 'Its builder runs elsewhere, where it may keep a cache by itself.';
  if (scalarAt(setup, 'with', 'use')?.value === 'false' || scalarAt(own, 'with', 'builder')) return 'It chooses its builder itself.';
  const options = [scalarAt(setup, 'with', 'driver-opts')?.value ?? '', scalarAt(setup, 'with', 'buildkitd-flags')?.value ?? ''].join('\n');
  const [, image] = /\bimage=((?:\$\{\{[^}]*\}\}|[^\s,])+)/.exec(options) ?? [];
  // https://docs.docker.com/build/cache/backends/gha/: the service that older ones speak with is shut down.
  if (image !== undefined && !isSince(image.replace(/^.*:/, ''), 20)) return `Its BuildKit is ${image}, and GitHub's cache needs v0.20 or later.`;
  const version = scalarAt(setup, 'with', 'version')?.value;
  if (version !== undefined && version !== 'latest' && !isSince(version, 21)) return `Its Buildx is ${version}, and GitHub's cache needs v0.21 or later.`;
  return undefined;
}

function isSince(version: string, minor: number): boolean {
  const [, first = '0', second = '0'] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return /^(latest|master|rootless|buildx-stable-1(-rootless)?)$/.test(version) || Number(first) > 0 || Number(second) >= minor;
}

function eventObstacle(workflow: Tree | undefined): string | undefined {
  const on = at(workflow, 'on');
  const events =
    on?.kind === 'scalar' ? [on.value] : [...itemsAt(on).map((item) => (item.kind === 'scalar' ? item.value : '')), ...entriesAt(on).map(([name]) => name)];
  if (events.includes('pull_request_target')) return 'On pull_request_target others could write what later builds read.';
  const branches = [...entriesAt(on, 'push')].map(([key]) => key);
  const isTagged = (event: string | undefined): boolean =>
    event === 'release' || (event === 'push' && branches.includes('tags') && !branches.some((key) => key.startsWith('branches')));
  return events.length > 0 && events.every(isTagged) ? 'It runs for tags alone, and what one tag caches no other one can read.' : undefined;
}

/** Those of GitHub begin with nothing; another one may keep its builder. */
function runnerObstacle(job: Tree | undefined): string | undefined {
  if (!job) return undefined;
  const runsOn = scalarAt(job, 'runs-on')?.value ?? '';
  return /^(ubuntu|windows|macos)-|^\$\{\{/.test(runsOn) ? undefined : "It does not run on one of GitHub's own runners, and may keep a cache there.";
}

function scopeObstacle(caller: Caller, job: Tree | undefined): string | undefined {
  const { context, dockerfile, target } = caller.declared;
  const values = matrixValuesOf(caller);
  const others = [context, dockerfile, target]
    .flatMap((one) => one?.text.match(/\$\{\{[^}]*\}\}/g) ?? [])
    .filter((one) => !values.includes(one) && !/^\$\{\{\s*github\./.test(one));
  if (others.length > 0) return `What it builds is decided by ${[...new Set(others)].join(', ')}, by which a cache has to be named.`;
  if (values.length === 0) return undefined;
  const { combinations } = job ? readMatrix(job) : { combinations: [] };
  const keys = values.map((value) => /matrix\.([\w.-]+)/.exec(value)?.[1] ?? '');
  const isPlain = combinations.length > 0 && combinations.every((one) => keys.every((key) => /^[\w.:/-]+$/.test(one.get(key) ?? '')));
  return isPlain ? undefined : `A cache cannot be named by ${values.join(', ')}, which may be empty or a list.`;
}
