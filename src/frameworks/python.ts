import { posix } from 'node:path';
import type { Obstacle } from '../ecosystems/closure.ts';
import { readOptions, type Call } from '../ecosystems/ecosystem.ts';
import type { Build, BuildCall, Framework, Installed, Program } from './framework.ts';

/** Where a virtual environment is made, and moves to: its programs name this folder. https://docs.python.org/3/library/venv.html */
const folder = '/opt/venv';

/** A program of Python: its source as it stands, and the packages that pip installs in an environment that can be copied. */
export const python: Framework = {
  id: 'python',
  builders: new Set(['pip', 'pip3', 'python', 'python3']),
  isOfBuild: (call) => isPip(call) || makesEnvironment(call) !== undefined,
  keepsTools: true,
  buildVariables: /^(PIP_\w+|SETUPTOOLS_\w+|CFLAGS|CXXFLAGS|LDFLAGS)$/,
  program(build) {
    const calls = build.calls.filter(({ call }) => isPip(call) || makesEnvironment(call) !== undefined);
    if (!calls.some(({ call }) => isPip(call)) || !/(^|\/)python:/.test(build.base.image)) return undefined;
    if (/(^|\/)python:2/.test(build.base.image)) return { because: 'Python 2 makes no environments', file: undefined };
    const installed = installedBy(calls);
    if ('because' in installed) return installed;
    return obstacleTo(build, installed) ?? programOf(build, installed);
  },
};

/** `pip`, `pip3`, `python -m pip` */
function isPip({ program, arguments: [first, second] }: Call): boolean {
  return program.startsWith('pip') || (first?.value === '-m' && second?.value === 'pip');
}

/** The folder that `python -m venv` makes; an empty one where it cannot be told. */
function makesEnvironment({ program, arguments: all }: Call): string | undefined {
  if (!program.startsWith('python') || all[0]?.value !== '-m' || all[1]?.value !== 'venv') return undefined;
  const [path, ...more] = all.slice(2).flatMap(({ value }) => (value === undefined ? [''] : value.startsWith('-') ? [] : [value]));
  return path?.startsWith('/') && more.length === 0 ? path : '';
}

/** Options and variables by which packages come to lie elsewhere than in the environment: https://pip.pypa.io/en/stable/cli/pip_install/ */
const elsewhere = ['--user', '-t', '--target', '--prefix', '--root', '--python'];
const movedBy = ['PIP_USER', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_ROOT', 'PIP_PYTHON', 'PYTHONUSERBASE', 'PYTHONHOME'];

function installedBy(calls: readonly BuildCall[]): Installed | Obstacle {
  const made = calls.flatMap(({ call }) => makesEnvironment(call) ?? []);
  const development = 'pip does not know which of them only development needs';
  for (const { call, searched } of calls.filter((one) => isPip(one.call))) {
    const { options } = readOptions(call, ['-r', '-e', '-t', '-c', '-i']);
    const moving = options.find((option) => elsewhere.includes(option.replace(/=.*/, ''))) ?? movedBy.find((name) => call.environment(name) !== undefined);
    if (moving !== undefined) return { because: `\`${moving}\` puts packages elsewhere than an environment does`, file: undefined };
    if (options.some((option) => option === '-e' || option.startsWith('--editable')))
      return { because: 'a package is installed in the folder of its source, with files beside it', file: undefined };
    if (made.length > 0 && !(made.length === 1 && searched[0] === `${made[0] ?? ''}/bin`))
      return { because: 'the file makes an environment of its own, and does not use it for all that it installs', file: undefined };
  }
  if (made.length > 0) return { folder: made[0] ?? '', development };
  return { folder, development, made: { by: `python -m venv ${folder}`, programs: `${folder}/bin` } };
}

/** Programs by the folder in which the image has them: they know nothing of the environment. */
const ownPrograms = /\/usr\/local\/(bin\/(python|pip|gunicorn|uvicorn|celery|flask|uwsgi|django|supervisor|waitress|hypercorn|daphne|airflow)|lib\/python)/;
/** What forgets the search path by which the environment is found, or goes to another Python. */
const bypassing = /\/usr\/bin\/python|\bsu\s+-|\b(ba|da)?sh[\s",]+(-\w*l\w*|--login)\b|\b(sudo|crontab|mod_wsgi)\b/;
/** A search path that is set without the one before. */
const setAnew = /^\s*ENV\s(.*[\s"])?PATH[=\s](?!\S*\$\{?PATH\b)/i;
const texts = /(^|\/)([\w.-]*\.(sh|bash|ini|cfg|conf|service|ya?ml|toml|crontab)|[Mm]akefile|Procfile|crontab|\w*entrypoint\w*)$/;

function obstacleTo({ said, files, readable }: Build, { made }: Installed): Obstacle | undefined {
  if (!made) return undefined;
  const own = readable.find((path) => {
    const text = files.text(path) ?? '';
    return ownPrograms.test(text) || (texts.test(path) && bypassing.test(text));
  });
  if (own !== undefined)
    return { because: 'a file names a program by the folder in which the image has it, or runs it with a search path of its own', file: own };
  const step = said.find((text) => ownPrograms.test(text) || bypassing.test(text) || setAnew.test(text));
  return step === undefined ? undefined : { because: `\`${step}\` does not go through the search path`, file: undefined };
}

function programOf({ start, readable, files }: Build, installed: Installed): Program | Obstacle {
  const named = start.words.map((word) => posix.relative('/', posix.resolve(start.workdir, word))).find((path) => files.has(`/${path}`));
  const reads = named ?? readable.find((path) => path.endsWith('.py')) ?? readable[0];
  if (reads === undefined) return { because: 'the program is neither in the source nor in what the build makes', file: undefined };
  return { title: '', artefacts: [], reads, installed };
}
