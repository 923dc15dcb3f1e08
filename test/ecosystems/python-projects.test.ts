import { describe, expect, test } from 'vitest';
import { fetchOf, told } from './call.ts';
import { closureOf, projectOf, unpacks } from './project.ts';

test.each([
  ['uv sync', 'not understood'],
  ['uv sync --frozen --no-install-project', 'install'],
  ['uv sync --locked --no-install-workspace', 'install'],
  ['uv sync --no-install-project --directory api', 'not understood'],
  ['uv pip install flask', 'not understood'],
  ['uv run app.py', 'not understood'],
  ['uv --version', 'other'],
  ['poetry install', 'not understood'],
  ['poetry install --no-root --only main', 'install'],
  ['poetry sync --no-root', 'install'],
  ['poetry config virtualenvs.create false', 'other'],
  ['poetry config --local virtualenvs.create false', 'not understood'],
  ['poetry --version', 'other'],
  ['poetry export -o requirements.txt', 'not understood'],
  ['pipenv install --deploy --system', 'install'],
  ['pipenv sync', 'install'],
  ['pipenv install flask', 'not understood'],
  ['pipenv install -r requirements.txt', 'not understood'],
  ['pipenv requirements', 'not understood'],
  ['pipenv --version', 'other'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test.each([
  ['uv sync --frozen --no-dev', 'uv sync --frozen --no-dev --no-install-project'],
  ['UV_LINK_MODE=copy uv sync --extra web', 'UV_LINK_MODE=copy uv sync --extra web --no-install-project'],
  ['uv sync --no-install-workspace', undefined],
  ['uv sync --upgrade', undefined],
  ['uv sync --package api --locked', 'uv sync --package api --locked --no-install-project'],
  ['uv sync --directory api', undefined],
  ['uv lock', undefined],
  ['poetry install --only main --no-interaction', 'poetry install --only main --no-interaction --no-root'],
  ['poetry sync', 'poetry sync --no-root'],
  ['poetry install --only-root', undefined],
  ['poetry -C api install', undefined],
  ['poetry build', undefined],
])('what is fetched for %s', (line, command) => {
  expect(fetchOf(line)?.command).toBe(command);
});

const registry = '[[package]]\nname = "click"\nsource = { registry = "https://pypi.org/simple" }\n';
const uvProject = { 'pyproject.toml': '[project]\nname = "app"\n', 'uv.lock': `${registry}[[package]]\nname = "app"\nsource = { editable = "." }\n` };

test.each([
  ['', 'pyproject.toml uv.lock, writes .venv, exact'],
  ['dynamic = ["version"]\n', 'pyproject.toml uv.lock, writes .venv, exact'],
  ['dynamic = ["dependencies"]\n', 'what it requires is only known once it is built (pyproject.toml)'],
  ['[[tool.uv.index]]\nurl = "./wheels"\n', 'packages may come from a folder of the project (pyproject.toml)'],
  ['[[tool.uv.index]]\nurl = "https://pypi.example/simple"\n', 'pyproject.toml uv.lock, writes .venv, exact'],
  ['broken', 'the build context holds no pyproject.toml that can be read (pyproject.toml)'],
])('a project of uv with %j', (more, closure) => {
  expect(closureOf('uv sync', { ...uvProject, 'pyproject.toml': `${uvProject['pyproject.toml']}${more}` })).toBe(closure);
});

test.each([
  ['source = { path = "wheels/a.whl" }', 'pyproject.toml uv.lock wheels/a.whl, writes .venv, exact'],
  ['source = { directory = "libs/a" }', 'a comes from a folder of the project (libs/a)'],
])('a lockfile of uv with %s', (source, closure) => {
  const files = { ...uvProject, 'uv.lock': `${uvProject['uv.lock']}[[package]]\nname = "a"\n${source}\n`, 'wheels/a.whl': '', 'libs/a/pyproject.toml': '' };
  expect(closureOf('uv sync', files)).toBe(closure);
});

describe('a workspace of uv', () => {
  const root = '[project]\nname = "root"\n[tool.uv.workspace]\nmembers = ["libs/*"]\nexclude = ["libs/old"]\n';
  const lock = `${uvProject['uv.lock']}[[package]]\nname = "a"\nsource = { editable = "libs/a" }\n`;
  const workspace = { 'pyproject.toml': root, 'uv.lock': lock, 'libs/a/pyproject.toml': '', 'libs/a/a.py': '' };

  test.each([
    ['uv sync --locked', workspace, 'pyproject.toml uv.lock, writes .venv, exact'],
    ['uv sync --frozen --no-install-workspace', workspace, 'pyproject.toml uv.lock, writes .venv, exact'],
    ['UV_FROZEN=1 uv sync --no-install-workspace', workspace, 'pyproject.toml uv.lock, writes .venv, exact'],
    ['uv sync --locked --no-install-workspace', workspace, 'pyproject.toml uv.lock libs/a/pyproject.toml, writes .venv, exact'],
    ['uv sync --frozen --no-install-project', workspace, 'it installs the members of a workspace (pyproject.toml)'],
    ['UV_LOCKED=1 uv sync', workspace, 'UV_LOCKED holds the manifests of all members against the lockfile (pyproject.toml)'],
    [
      'uv sync --locked --no-install-workspace',
      { 'pyproject.toml': root, 'uv.lock': lock },
      'the build context does not hold the manifest of a member of the workspace (libs/a/pyproject.toml)',
    ],
    ['uv sync', { ...workspace, 'uv.lock': lock.replace('libs/a', 'libs/old') }, 'a comes from a folder of the project (libs/old)'],
  ])('%s', (line, files, closure) => {
    expect(closureOf(line, files)).toBe(closure);
  });

  test('is fetched for by the lockfile and the manifest of the root', () => {
    const read = fetchOf('uv sync --locked --package a')?.closure(projectOf(workspace));
    expect(read).toMatchObject({ command: 'uv sync --package a --frozen --no-install-workspace' });
  });
});

test('what else uv reads', () => {
  expect(closureOf('uv sync', { ...uvProject, 'uv.toml': '', '.python-version': '3.12' })).toBe(
    'pyproject.toml uv.lock uv.toml .python-version, writes .venv, exact',
  );
  expect(closureOf('UV_PROJECT_ENVIRONMENT=/venv uv sync --no-install-project', uvProject)).toBe('pyproject.toml uv.lock, writes /venv, exact');
  expect(closureOf('uv sync', { 'pyproject.toml': '' })).toBe('without a lockfile the project itself may be built to learn what it requires (uv.lock)');
  expect(closureOf('uv sync', { ...uvProject, '../pyproject.toml': '' })).toBe('it may belong to a workspace above it (../pyproject.toml)');
});

const poetryProject = { 'pyproject.toml': '[tool.poetry]\nname = "app"\nreadme = "README.md"\n', 'poetry.lock': '[[package]]\nname = "click"\n' };

test.each([
  ['', 'pyproject.toml poetry.lock, writes .venv, exact'],
  ['[[tool.poetry.source]]\nname = "x"\nurl = "https://pypi.example/simple"\n', 'pyproject.toml poetry.lock, writes .venv, exact'],
  ['[[tool.poetry.source]]\nname = "x"\nurl = "file:///srv/x"\n', 'packages may come from a folder of the project (pyproject.toml)'],
  ['[tool.poetry-dynamic-versioning]\nenable = true\n', 'a plugin asks git for the version (pyproject.toml)'],
  ['broken', 'the build context holds no pyproject.toml that can be read (pyproject.toml)'],
])('a project of Poetry with %j', (more, closure) => {
  expect(closureOf('poetry install', { ...poetryProject, 'pyproject.toml': `${poetryProject['pyproject.toml']}${more}` })).toBe(closure);
});

test.each([
  ['[package.source]\ntype = "directory"\nurl = "libs/a"\n', 'click comes from a folder of the project (libs/a)'],
  ['[package.source]\ntype = "file"\nurl = "wheels/a.whl"\n', 'pyproject.toml poetry.lock wheels/a.whl, writes .venv, exact'],
  ['[package.source]\ntype = "git"\nurl = "https://example.com/a.git"\n', 'pyproject.toml poetry.lock, writes .venv, exact'],
])('a lockfile of Poetry with %j', (more, closure) => {
  expect(closureOf('poetry install', { ...poetryProject, 'poetry.lock': `${poetryProject['poetry.lock']}${more}`, 'wheels/a.whl': '' })).toBe(closure);
});

test('what else Poetry reads', () => {
  expect(closureOf('poetry install --no-root', { ...poetryProject, 'poetry.toml': '' })).toBe('pyproject.toml poetry.lock poetry.toml, writes .venv, exact');
  expect(closureOf('poetry install', { 'pyproject.toml': '' })).toBe('without a lockfile it is not known which packages come from the project (poetry.lock)');
});

const pipfile = '[[source]]\nurl = "https://pypi.org/simple"\n[packages]\nflask = "*"\nx = { version = "==1", extras = ["y"] }\n';

test.each([
  ['', 'Pipfile Pipfile.lock, writes .venv, exact'],
  ['a = { path = "./libs/a" }\n', 'a comes from a folder of the project (./libs/a)'],
  ['a = { editable = true, path = "." }\n', 'a comes from a folder of the project (.)'],
  ['a = { git = "https://example.com/a.git", editable = true }\n', 'Pipfile Pipfile.lock, writes .venv, exact'],
  ['a = { file = "https://example.com/a.zip" }\n', 'Pipfile Pipfile.lock, writes .venv, exact'],
  ['a = { file = "a.zip" }\n', 'a comes from a folder of the project (a.zip)'],
  ['[dev-packages]\na = { path = "." }\n', 'a comes from a folder of the project (.)'],
  ['broken', 'the build context holds no Pipfile that can be read (Pipfile)'],
])('a Pipfile with %j', (more, closure) => {
  expect(closureOf('pipenv install --deploy --system', { Pipfile: `${pipfile}${more}`, 'Pipfile.lock': '{}' })).toBe(closure);
});

test('what else Pipenv reads', () => {
  expect(closureOf('pipenv install', { Pipfile: pipfile })).toBe('Pipfile, writes .venv, what Pipfile asks for floats');
  expect(closureOf('PIPENV_PIPFILE=ci/Pipfile pipenv sync', { 'ci/Pipfile': pipfile, 'ci/Pipfile.lock': '{}' })).toBe(
    'ci/Pipfile ci/Pipfile.lock, writes ci/.venv, exact',
  );
});

const fromRegistry = 'source = { registry = "https://pypi.org/simple" }';
/** A package of uv's lockfile, by the names of its wheels. */
function locked(wheels: readonly string[], { sdist = true, source = fromRegistry } = {}): string {
  const listed = wheels.map((name) => `{ url = "https://files.pythonhosted.org/packages/${name}" }`).join(', ');
  return `version = 1\n\n[[package]]\nname = "a"\nversion = "1.0"\n${source}\n${sdist ? 'sdist = { url = "https://files.pythonhosted.org/a-1.0.tar.gz" }\n' : ''}wheels = [${listed}]\n`;
}
const linux = (tag: string): string[] => ['x86_64', 'aarch64'].map((machine) => `a-1.0-${tag}-manylinux_2_17_${machine}.manylinux2014_${machine}.whl`);

test.each([
  ['any system', locked(['a-1.0-py3-none-any.whl']), true],
  ['Python 2 as well', locked(['a-1.0-py2.py3-none-any.whl']), true],
  ['both machines', locked(linux('cp313-cp313')), true],
  ['both machines, for whatever release', locked(linux('cp38-abi3')), true],
  ['one machine', locked(linux('cp313-cp313').slice(1)), false],
  ['an older release', locked(linux('cp39-cp39')), false],
  ['another system', locked(['a-1.0-cp313-cp313-win_amd64.whl']), false],
  ['another system, and there is nothing to compile', locked(['a-1.0-cp313-cp313-win_amd64.whl'], { sdist: false }), true],
  ['any system, but comes by git', locked(['a-1.0-py3-none-any.whl'], { source: 'source = { git = "https://github.com/a/a" }' }), false],
  ['none', locked([]), false],
])('uv unpacks what has wheels for %s', (_what, lock, unpacked) =>
  expect(unpacks('uv sync --frozen', { 'pyproject.toml': '', 'uv.lock': lock })).toBe(unpacked),
);

test.each([
  ['source = { virtual = "." }', '', true],
  ['source = { editable = "." }', '[build-system]\nbuild-backend = "uv_build"\n', true],
  ['source = { editable = "." }', '[build-system]\nbuild-backend = "hatchling.build"\n', true],
  ['source = { editable = "." }', '[build-system]\nbuild-backend = "hatchling.build"\n[tool.hatch.build.hooks.cython]\n', false],
  ['source = { editable = "." }', '[build-system]\nbuild-backend = "setuptools.build_meta"\n', false],
  ['source = { editable = "libs/a" }', '', false],
])('the project itself: %s %s', (source, manifest, unpacked) =>
  expect(unpacks('uv sync', { 'pyproject.toml': manifest, 'uv.lock': locked([], { source }) })).toBe(unpacked),
);

test.each([
  ['uv venv', true],
  ['uv pip install --system flask==3.0.0', true],
  ['uv pip install -r requirements.txt', true],
  ['uv pip install uwsgi', false],
  ['uv pip install --index https://packages.example flask', false],
  ['uv tool install yamllint', true],
  ['uv sync', false],
  ['uv add flask', false],
  ['UV_NO_BINARY=1 uv pip install flask', false],
])('%s only unpacks: %s', (line, unpacked) => expect(unpacks(line, { 'requirements.txt': 'flask==3.0.0\n' })).toBe(unpacked));

test('settings say that it compiles, and an option that the project itself is left out', () => {
  expect(unpacks('uv pip install flask', { 'uv.toml': 'no-binary-package = ["flask"]' })).toBe(false);
  expect(unpacks('uv pip install flask', { 'pyproject.toml': '[tool.uv.pip]\nno-binary = ["flask"]' })).toBe(false);
  expect(unpacks('uv sync --no-install-project', { 'uv.lock': locked([], { source: 'source = { editable = "." }' }) })).toBe(true);
});
