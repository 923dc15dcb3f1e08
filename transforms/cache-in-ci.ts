import { mayKeepCache } from '../src/legality/keep-cache.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'cache-in-ci',
  title: 'Keep a cache between the builds in CI',
  level: 'review',
  default: 'off',
  benefit:
    'Machines of CI begin with an empty cache, so that each build fetches and compiles everything. With `cache-from` and `cache-to` it gets the layers that no commit changed from the build before.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  asks: [mayKeepCache],
  caveats: [
    'Written into steps of `docker/build-push-action` behind `docker/setup-buildx-action`, and into bake files for CI that `docker/bake-action` builds; told for all else, with what to add.',
    'The Dockerfile itself stays as it is.',
    'A cache of layers brings no cache mounts.',
  ],
  references: ['https://docs.docker.com/build/ci/github-actions/cache/', 'https://docs.docker.com/build/cache/backends/'],
  *find(facts) {
    const from = facts.dockerfile.stages[0]?.from;
    const { builds } = facts.cold;
    if (!from || builds.length === 0) return;
    const verdict = ask(mayKeepCache, { facts }, facts.without);
    if (isRefused(verdict)) {
      yield declined(from, verdict);
      return;
    }
    const places = builds.map(({ file, line, name }) => `${file}:${line} ${name}`);
    yield {
      ...finding(from, `keep a cache between the builds of ${places.join(', ')}`, verdict, []),
      wants: [{ kind: 'cache', id: 'cache', ...facts.cold }],
    };
  },
});
