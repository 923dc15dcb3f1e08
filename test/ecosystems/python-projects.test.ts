import { expect, test } from 'vitest';
import { fetchOf, told } from './call.ts';
import { closureOf } from './project.ts';

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
  ['uv sync --package api', undefined],
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
  ['[tool.uv.workspace]\nmembers = ["libs/*"]\n', 'it is the root of a workspace (pyproject.toml)'],
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
