import { posix } from 'node:path';
import type { Base } from '../bases/base.ts';
import type { Obstacle } from '../ecosystems/closure.ts';
import { readOptions, type Call } from '../ecosystems/ecosystem.ts';
import { tableAt, tablesIn, textOf, tomlOf } from '../ecosystems/tables.ts';
import type { BuildCall } from './framework.ts';

/** Where the installs of Python's package managers put what they install. */

/** Absolute folders of environments; `system` for the Python that is found first. */
export type Place = { readonly folder: string } | 'system';

/** What people install by name only to install what the project names. */
export const installers = new Set(['poetry', 'pipenv', 'uv', 'poetry-core', 'poetry-plugin-export']);

/** Where a call installs; undefined for one that installs nothing. */
export function placeOf(one: BuildCall, earlier: readonly BuildCall[], base: Base): Place | Obstacle | undefined {
  const { call } = one;
  if (isPip(call)) return ofPip(call);
  if (call.program === 'poetry') return installs(call) ? ofPoetry(one, earlier) : undefined;
  if (call.program === 'pipenv') return installs(call) ? ofPipenv(one) : undefined;
  if (call.program === 'uv') return ofUv(one, earlier, base);
  return undefined;
}

/** `pip`, `pip3`, `python -m pip` */
export function isPip({ program, arguments: [first, second] }: Call): boolean {
  return program.startsWith('pip') && program !== 'pipenv' ? true : first?.value === '-m' && second?.value === 'pip';
}

/** `pip install poetry`: nothing that a program loads. */
export function bringsInstallers(call: Call): boolean {
  const words = call.arguments.map(({ value }) => value);
  const at = words.indexOf('install');
  const named = words.slice(at + 1).filter((word) => word?.startsWith('-') !== true);
  return isPip(call) && at >= 0 && named.length > 0 && named.every((word) => installers.has((word ?? '').replace(/(\[[^\]]*\])?([=<>~!].*)?$/, '')));
}

/** A call that runs a program of the environment, or looks after it: `poetry run`, `uv run`, `pipenv shell`. */
export function isNeededToRun({ program, arguments: all }: Call): boolean {
  const word = all.find(({ value }) => value?.startsWith('-') !== true)?.value;
  return (program === 'poetry' || program === 'pipenv' || program === 'uv') && /^(run|shell|tool|exec)$/.test(word ?? '');
}

/** `poetry install`, `pipenv sync` and the like, of the project. */
export function installs({ arguments: all }: Call): boolean {
  const word = all.find(({ value }) => value?.startsWith('-') !== true)?.value;
  return word === 'install' || word === 'sync';
}

/** The folder that `python -m venv` or `uv venv` makes; an empty one where it cannot be told. */
export function environmentMade({ call, workdir }: Pick<BuildCall, 'call' | 'workdir'>): string | undefined {
  const { program, arguments: all } = call;
  const ofUvs = program === 'uv' && all[0]?.value === 'venv';
  if (!ofUvs && (!program.startsWith('python') || all[0]?.value !== '-m' || all[1]?.value !== 'venv')) return undefined;
  const [path, ...more] = all.slice(ofUvs ? 1 : 2).flatMap(({ value }) => (value === undefined ? [''] : value.startsWith('-') ? [] : [value]));
  if (more.length > 0) return '';
  return path === undefined ? (ofUvs ? posix.join(workdir, '.venv') : '') : path.startsWith('/') ? path : '';
}

/** Options and variables by which packages come to lie elsewhere than in the Python that pip belongs to: https://pip.pypa.io/en/stable/cli/pip_install/ */
const elsewhere = ['--user', '-t', '--target', '--prefix', '--root', '--python'];
const movedBy = ['PIP_USER', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_ROOT', 'PIP_PYTHON', 'PYTHONUSERBASE', 'PYTHONHOME'];

function ofPip(call: Call): Place | Obstacle {
  const { options } = readOptions(call, ['-r', '-e', '-t', '-c', '-i']);
  const moving = options.find((option) => elsewhere.includes(option.replace(/=.*/, ''))) ?? movedBy.find((name) => call.environment(name) !== undefined);
  if (moving !== undefined) return { because: `\`${moving}\` puts packages elsewhere than an environment does`, file: undefined };
  if (options.some((option) => option === '-e' || option.startsWith('--editable'))) return editable;
  return 'system';
}

const editable: Obstacle = { because: 'a package is installed in the folder of its source, with files beside it', file: undefined };

/**
 * The environment that is active, one in the project, or none: https://python-poetry.org/docs/configuration/. By itself Poetry makes one in its cache,
 * under a name of its own, which only `poetry run` finds.
 */
function ofPoetry({ call, files, workdir }: BuildCall, earlier: readonly BuildCall[]): Place | Obstacle {
  const { options } = readOptions(call, ['-C', '--directory', '-P', '--project']);
  if (options.some((option) => /^(-C|-P|--directory|--project)\b/.test(option)))
    return { because: 'Poetry installs the project of another folder', file: undefined };
  const manifest = tableAt(tomlOf(files.text('pyproject.toml')) ?? {}, 'tool', 'poetry');
  if (manifest['build'] !== undefined && !options.includes('--no-root')) return editable;
  if (tablesIn(tomlOf(files.text('poetry.lock'))?.['package']).some((one) => tableAt(one, 'source')['type'] === 'directory')) return editable;
  const active = call.environment('VIRTUAL_ENV');
  if (active !== undefined) return { folder: active };
  const settings = tableAt(tomlOf(files.text('poetry.toml')) ?? {}, 'virtualenvs');
  const says = (variable: string, key: string): string => {
    const set = earlier.findLast((one) => one.call.program === 'poetry' && one.call.arguments.some(({ value }) => value === `virtualenvs.${key}`));
    const value = set?.call.arguments.map((word) => word.value ?? '').find((word) => /^(true|false)$/i.test(word));
    const written = settings[key];
    return call.environment(variable) ?? (typeof written === 'boolean' ? `${written}` : (value ?? ''));
  };
  if (/^(1|true)$/i.test(says('POETRY_VIRTUALENVS_IN_PROJECT', 'in-project'))) return { folder: posix.join(workdir, '.venv') };
  if (/^(0|false)$/i.test(says('POETRY_VIRTUALENVS_CREATE', 'create'))) return 'system';
  return { because: 'Poetry keeps the environment in its cache, under a name of its own', file: undefined };
}

/** https://pipenv.pypa.io/en/latest/configuration.html */
function ofPipenv({ call, workdir }: BuildCall): Place | Obstacle {
  if (call.arguments.some(({ value }) => value === '--system')) return 'system';
  const inProject = /^(1|true|yes|on)$/i.test(call.environment('PIPENV_VENV_IN_PROJECT') ?? '') && call.environment('VIRTUAL_ENV') === undefined;
  return inProject
    ? { folder: posix.join(workdir, '.venv') }
    : { because: 'pipenv keeps the environment in the home of the user, under a name of its own', file: undefined };
}

/** https://docs.astral.sh/uv/concepts/projects/config/#project-environment-path and …/uv/pip/environments/ */
function ofUv(one: BuildCall, earlier: readonly BuildCall[], base: Base): Place | Obstacle | undefined {
  const { call, files, workdir } = one;
  const words = call.arguments.map(({ value = '' }) => value);
  const named = words.filter((word) => !word.startsWith('-'));
  const made = earlier.flatMap((before) => environmentMade(before) ?? []);
  if (named[0] === 'pip') {
    if (named[1] !== 'install' && named[1] !== 'sync') return undefined;
    const moving = words.find((word) => /^(--system|--python|-p|--target|--prefix|-e|--editable)(=|$)/.test(word));
    if (moving !== undefined)
      return moving.startsWith('-e') || moving.startsWith('--e') ? editable : { because: `uv passes environments over with \`${moving}\``, file: undefined };
    if (call.environment('UV_SYSTEM_PYTHON') !== undefined) return { because: 'uv passes environments over with `UV_SYSTEM_PYTHON`', file: undefined };
    const folder = call.environment('VIRTUAL_ENV') ?? posix.join(workdir, '.venv');
    return made.includes(folder) ? { folder } : { because: 'the environment that uv installs into is not made by the file', file: undefined };
  }
  if (named[0] !== 'sync') return undefined;
  const other = words.find((word) => /^(--directory|--project|--package|--all-packages|--active|--script)(=|$)/.test(word));
  if (other !== undefined) return { because: `uv installs something else by \`${other}\``, file: undefined };
  const folder = posix.resolve(workdir, call.environment('UV_PROJECT_ENVIRONMENT') ?? '.venv');
  if (/^\/(usr(\/local)?)?$/.test(folder)) return { because: 'uv installs into the Python of the image', file: undefined };
  const manifest = tomlOf(files.text('pyproject.toml')) ?? {};
  const isLeftOut = words.some((word) => /^--no-install-(project|workspace|local)$/.test(word));
  const backend = textOf(tableAt(manifest, 'build-system')['build-backend']) ?? '';
  if (!isLeftOut && manifest['build-system'] !== undefined && !/^(uv_build|flit_core\.buildapi|hatchling\.build|poetry\.core\.masonry\.api)$/.test(backend))
    return editable;
  const local = tablesIn(tomlOf(files.text('uv.lock'))?.['package']).some(({ source }) => (textOf(tableAt(source)['editable']) ?? '.') !== '.');
  return local ? editable : (pythonOfUv(one, base) ?? { folder });
}

/** uv fetches a Python where none of the image fits: https://docs.astral.sh/uv/concepts/python-versions/#automatic-python-downloads */
function pythonOfUv({ call, files }: BuildCall, base: Base): Obstacle | undefined {
  const fetching = call.environment('UV_PYTHON_DOWNLOADS');
  if (fetching !== undefined && /^(never|0|false|off|no)$/i.test(fetching)) return undefined;
  const minor = Number(/\bpython:?3\.(\d+)/.exec(base.image)?.[1]);
  if (Number.isNaN(minor)) return { because: 'the version of Python is not known, so that uv may fetch another one', file: undefined };
  const asked = readOptions(call, ['-p', '--python']).values.get('--python')?.at(-1)?.value ?? call.environment('UV_PYTHON') ?? files.text('.python-version');
  if (asked !== undefined && !(asked.trim() === '3' || asked.trim() === `3.${minor}`))
    return { because: `uv may fetch Python ${asked.trim()}`, file: undefined };
  const wanted = textOf(tableAt(tomlOf(files.text('pyproject.toml')) ?? {}, 'project')['requires-python']) ?? '';
  return wanted.split(',').every((one) => holds(one.trim(), minor))
    ? undefined
    : { because: `uv may fetch a Python that is ${wanted}`, file: 'pyproject.toml' };
}

/** A clause of https://packaging.python.org/en/latest/specifications/version-specifiers/ that all patches of a minor version fulfil. */
function holds(clause: string, minor: number): boolean {
  if (clause === '') return true;
  const [, operator, second, rest = ''] = /^(>=|<|==|~=|!=)\s*3\.(\d+)(\.\*|\.\d+)?$/.exec(clause) ?? [];
  const named = Number(second);
  if (operator === '>=') return minor > named || (minor === named && (rest === '' || rest === '.0'));
  if (operator === '<') return minor < named;
  if (operator === '==') return rest === '.*' && minor === named;
  if (operator === '~=') return rest === '' ? minor >= named : false;
  return operator === '!=' && minor !== named ? true : /^<\s*4(\.0)?$/.test(clause);
}
