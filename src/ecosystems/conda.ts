import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import { hasOption, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';

const withValue = [
  '-n',
  '--name',
  '-p',
  '--prefix',
  '-c',
  '--channel',
  '-f',
  '--file',
  '--solver',
  '--experimental-solver',
  '--repodata-fn',
  '--subdir',
  '--platform',
];
const installing = ['install', 'create', 'update', 'upgrade'];
/** Images with conda in /opt/conda: https://github.com/ContinuumIO/docker-images, https://github.com/conda-forge/miniforge-images */
const inOpt = /^([\w./-]+\/)?(continuumio\/(miniconda3?|anaconda3?)|condaforge\/(miniforge3|mambaforge))(:|@|$)/;

/** https://docs.conda.io/projects/conda/en/stable/commands/ and https://mamba.readthedocs.io */
export const conda: Ecosystem = {
  id: 'conda',
  programs: ['conda', 'mamba', 'micromamba'],
  manifests: ['environment.yml', 'environment.yaml', 'conda-lock.yml'],
  credentials: { files: /^\.condarc$/i, keeps: [{ call: /(^|\s)(-c|--channel)[\s=]\S*:\/\//, called: 'install -c' }] },
  leavings: [
    {
      id: 'conda-packages',
      title: "conda's packages",
      directories: ['/opt/conda/pkgs'],
      cleanUp: (program) => `${program} clean --all --yes`,
      because: 'environments hold copies of what is unpacked there, or links to it that outlive it',
    },
  ],
  caching,
  read(call) {
    const read = readOptions(call, withValue);
    const [at = -1, second = -1] = read.rest;
    const word = call.arguments[at]?.value ?? '';
    if (at < 0) return hasOption(read, '--version', '-V') ? use('other', -1) : undefined;
    if (word === 'clean') return cleansPackages(call) ? use('clean', at, { cleans: ['conda-packages'] }) : use('other', at);
    if (['list', 'info', 'search', 'init', 'config', 'shell', 'activate'].includes(word)) return word === 'config' ? undefined : use('other', at);
    const found = isInstalling(call, read) ? { leaves: call.environment('CONDA_PKGS_DIRS') ? [] : ['conda-packages'] } : undefined;
    return found && use('install', word === 'env' ? second : at, found);
  },
};

/** Packages as they were fetched and as they were unpacked; the letters stand together in any number (`-tipsy`). */
function cleansPackages(call: Call): boolean {
  const options = call.arguments.map(({ text }) => text);
  const letters = options.filter((option) => /^-[a-z]+$/.test(option)).join('');
  const has = (letter: string, ...names: readonly string[]): boolean => letters.includes(letter) || names.some((name) => options.includes(name));
  return has('a', '--all') || has('f', '--force-pkgs-dirs') || (has('t', '--tarballs') && has('p', '--packages'));
}

function isInstalling(call: Call, read: ReturnType<typeof readOptions>): boolean {
  const [word, second] = read.rest.map((position) => call.arguments[position]?.value ?? '');
  return installing.includes(word ?? '') || (word === 'env' && (second === 'create' || second === 'update'));
}

/** https://docs.conda.io/projects/conda/en/stable/user-guide/configuration/settings.html#pkgs-dirs */
function caching(call: Call, { base }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  if (!isInstalling(call, read)) return [];
  const given = call.environment('CONDA_PKGS_DIRS');
  if (given === undefined && !inOpt.test(base.image)) return { because: 'where conda keeps its packages on this base is not known', file: undefined };
  const directory = directoryOf([given], '/opt/conda/pkgs');
  return typeof directory === 'string'
    ? [{ title: "conda's packages", directories: [directory], locked: true, offline: hasOption(read, '--offline') }]
    : directory;
}
