import { directoryOf, type CachingRead } from './caching.ts';
import { hasOption, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';

const withValue = ['-p', '--project', '-G', '--group', '-L', '--lockfile', '--venv', '-c', '--config'];

/** https://pdm-project.org/en/latest/reference/cli/. An install builds the project; its effects are not known. */
export const pdm: Ecosystem = {
  id: 'pdm',
  programs: ['pdm'],
  manifests: ['pdm.lock', 'pdm.toml'],
  artefacts: [
    { name: '.venv', by: /^(install|sync)\b/ },
    { name: '__pypackages__', by: /^(install|sync)\b/, anywhere: true },
  ],
  leavings: [],
  movesCaches: /^config (--\w+ )*(cache_dir|install\.cache)\b/,
  clearsCaches: /^cache clear\b/,
  caching,
  read(call) {
    const read = readOptions(call, withValue);
    return read.rest.length === 0 && hasOption(read, '--version', '-V') ? use('other', -1) : undefined;
  },
};

/** With `install.cache` what is installed leads into the cache: https://pdm-project.org/en/latest/reference/configuration/ */
function caching(call: Call): CachingRead {
  const read = readOptions(call, withValue);
  const word = call.arguments[read.rest[0] ?? -1]?.value ?? '';
  if (!['install', 'sync', 'add', 'update'].includes(word)) return [];
  if (call.environment('PDM_USE_CACHE') ?? call.environment('PDM_INSTALL_CACHE')) return { because: 'what is installed leads into the cache', file: undefined };
  const directory = directoryOf([call.environment('PDM_CACHE_DIR')], '~/.cache/pdm');
  return typeof directory === 'string' ? [{ title: "pdm's downloads", directories: [directory], fits: 'libc' }] : directory;
}
