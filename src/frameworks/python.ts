import { posix } from 'node:path';
import type { Obstacle } from '../ecosystems/closure.ts';
import type { Call } from '../ecosystems/ecosystem.ts';
import type { Build, Framework, Installed, Program } from './framework.ts';
import { bringsInstallers, environmentMade, installers, installs, isNeededToRun, isPip, placeOf, type Place } from './python-environments.ts';

/** Where a virtual environment is made, and moves to: its programs name this folder. https://docs.python.org/3/library/venv.html */
const folder = '/opt/venv';

/** A program of Python: its source as it stands, and the packages that are installed in an environment that can be copied. */
export const python: Framework = {
  id: 'python',
  builders: new Set(['pip', 'pip3', 'python', 'python3', 'pypy', 'pypy3', 'poetry', 'pipenv', 'uv']),
  isOfBuild: (call) => isPip(call) || makesEnvironment(call) || (installers.has(call.program) && !isNeededToRun(call)),
  fills: (call) => (isPip(call) && !bringsInstallers(call)) || (installers.has(call.program) && installs(call)),
  keepsTools: true,
  buildVariables:
    /^(PIP_\w+|SETUPTOOLS_\w+|CFLAGS|CXXFLAGS|LDFLAGS|POETRY_\w+|PIPENV_\w+|UV_(COMPILE_BYTECODE|LINK_MODE|CONCURRENT_\w+|HTTP_TIMEOUT|PROJECT_ENVIRONMENT))$/,
  program(build) {
    if (!build.calls.some(({ call }) => isPip(call) || installers.has(call.program)) || !isOfPython.test(build.base.image)) return undefined;
    if (/(^|\/)(python|pypy):2/.test(build.base.image)) return { because: 'Python 2 makes no environments', file: undefined };
    const installed = installedBy(build);
    if ('because' in installed) return installed;
    return obstacleTo(build, installed) ?? programOf(build, installed);
  },
};

/** The image of Python or of PyPy, or the one that has uv with it: https://docs.astral.sh/uv/guides/integration/docker/#available-images */
const isOfPython = /(^|\/)(python|pypy):|^ghcr\.io\/astral-sh\/uv:(\S+-)?python3/;

/** Its interpreter has a name of its own: https://github.com/docker-library/pypy */
const isPypy = /(^|\/)pypy:/;

function makesEnvironment(call: Call): boolean {
  return environmentMade({ call, workdir: '/' }) !== undefined;
}

function installedBy(build: Build): Installed | Obstacle {
  const { calls, base } = build;
  const made = calls.flatMap((one) => environmentMade(one) ?? []);
  const own = made[0];
  const found: Place[] = [];
  let isActive = false;
  for (const [at, one] of calls.entries()) {
    const place = placeOf(one, calls.slice(0, at), base);
    if (place === undefined) continue;
    if (place !== 'system' && 'because' in place) return place;
    if (isPip(one.call) && made.length > 0 && !(made.length === 1 && one.searched[0] === `${own ?? ''}/bin`) && !bringsInstallers(one.call))
      return { because: 'the file makes an environment of its own, and does not use it for all that it installs', file: undefined };
    if (bringsInstallers(one.call)) continue;
    isActive ||= !isPip(one.call);
    found.push(place === 'system' && own !== undefined ? { folder: own } : place);
  }
  const folders = [...new Set(found.map((place) => (place === 'system' ? '' : place.folder)))];
  const [only, ...more] = folders;
  if (only === undefined) return { because: 'nothing is installed that the program loads', file: undefined };
  if (more.length > 0) return { because: 'packages are installed in several environments', file: undefined };
  const needed = neededToRun(build);
  if (needed) return needed;
  const development = isActive ? 'an environment is copied as it is' : 'pip does not know which of them only development needs';
  if (only !== '') return { folder: only, development };
  // Poetry, itself outside of it, looks for no other sign: https://python-poetry.org/docs/basic-usage/#using-your-virtual-environment
  const settings = isActive ? [`VIRTUAL_ENV=${folder}`] : [];
  return { folder, development, made: { by: `${isPypy.test(base.image) ? 'pypy3' : 'python'} -m venv ${folder}`, programs: `${folder}/bin`, settings } };
}

/** What may run with the program: not what people call while they develop. */
const scripts =
  /^(?!.*(^|\/)(tests?|lint|format|dev|check|ci|release|publish|bump)[\w-]*\.(sh|bash)$).*((^|\/)([\w.-]*\.(sh|bash|conf|service)|Procfile|crontab|\w*entrypoint\w*)$)/;

/** What runs programs by way of an installer, where that is not in the image by a COPY or the base itself. */
function neededToRun({ calls, start, said, files, readable, base }: Build): Obstacle | undefined {
  const keepsUv = /\/uv:/.test(base.image) || said.some((text) => /^COPY\s.*--from=\S+\s(.*\s)?\S*\/uvx?\b/i.test(text));
  const isMissing = (program: string | undefined): boolean => program !== undefined && installers.has(program) && !(program === 'uv' && keepsUv);
  const call = calls.find((one) => isNeededToRun(one.call) && isMissing(one.call.program))?.call.program;
  const first = start.words[0];
  const file = readable.find((path) => scripts.test(path) && isMissing(/\b(poetry|pipenv|uv)\s+run\b/.exec(files.text(path) ?? '')?.[1]));
  const program = call ?? (isMissing(first) ? first : undefined) ?? (file === undefined ? undefined : 'what it is installed by');
  return program === undefined ? undefined : { because: `the program is run by way of ${program}, which the run-time base lacks`, file };
}

/** Programs by the folder in which the image has them: they know nothing of the environment. */
const ownPrograms =
  /\/opt\/pypy\/|\/usr\/local\/(bin\/(python|pip|gunicorn|uvicorn|celery|flask|uwsgi|django|supervisor|waitress|hypercorn|daphne|airflow)|lib\/python)/;
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

function programOf(build: Build, installed: Installed): Program | Obstacle {
  const { start, readable, files } = build;
  const named = start.words.map((word) => posix.relative('/', posix.resolve(start.workdir, word))).find((path) => files.has(`/${path}`));
  const reads = named ?? readable.find((path) => path.endsWith('.py')) ?? readable[0];
  if (reads === undefined) return { because: 'the program is neither in the source nor in what the build makes', file: undefined };
  return { title: '', artefacts: [], reads, installed, ...(runsUv(build) ? {} : { spares: new Set(['uv', 'uvx']) }) };
}

/** Something that may run with the program names uv. */
function runsUv({ calls, start, files, readable }: Build): boolean {
  const named = /\buvx?\b/;
  return (
    calls.some(({ call }) => call.program === 'uv' && isNeededToRun(call)) ||
    named.test(start.words[0] ?? '') ||
    readable.some((path) => (scripts.test(path) || path.endsWith('.py')) && named.test(files.text(path) ?? ''))
  );
}
