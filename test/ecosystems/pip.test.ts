import { expect, test } from 'vitest';
import { named, read, told } from './call.ts';

test.each([
  ['pip install flask', 'install, leaves pip-cache'],
  ['pip3.11 install flask', 'install, leaves pip-cache'],
  ['pip-3 install flask', 'install, leaves pip-cache'],
  ['/opt/venv/bin/pip install flask', 'install, leaves pip-cache'],
  ['python -m pip install flask', 'install, leaves pip-cache'],
  ['python3.9 -Im pip install flask', 'install, leaves pip-cache'],
  ['python3 -W ignore -m pip install flask', 'install, leaves pip-cache'],
  ['pypy3 -mpip install flask', 'install, leaves pip-cache'],
  ['python manage.py -m pip install', 'not understood'],
  ['python -c -m pip', 'not understood'],
  ['python -m venv /opt/venv', 'not understood'],
  ['python $SCRIPT -m pip install x', 'not understood'],
  ['python --version', 'other'],
  ['pip install --no-cache-dir flask', 'install'],
  ['pip --no-cache-dir install flask', 'install'],
  ['pip install --no-cache flask', 'install'],
  ['pip install --no-clean flask', 'install, leaves pip-cache'],
  ['pip install --cache-dir /c flask', 'install'],
  ['pip install --cache-dir=$C flask', 'install'],
  ['PIP_NO_CACHE_DIR=1 pip install flask', 'install'],
  ['PIP_NO_CACHE_DIR=0 pip install flask', 'install'],
  ['PIP_NO_CACHE_DIR=off pip install flask', 'install'],
  ['PIP_NO_CACHE_DIR=false pip install flask', 'install'],
  ['PIP_NO_CACHE_DIR= pip install flask', 'install, leaves pip-cache'],
  ['PIP_CACHE_DIR=/c pip install flask', 'install'],
  ['PIP_CACHE_DIR= pip install flask', 'install, leaves pip-cache'],
  ['pip wheel -w /wheels flask', 'other, leaves pip-cache'],
  ['pip download flask', 'other, leaves pip-cache'],
  ['pip uninstall -y flask', 'remove'],
  ['pip cache purge', 'clean, cleans pip-cache'],
  ['PIP_CACHE_DIR=/c pip cache purge', 'other'],
  ['pip cache dir', 'other'],
  ['pip cache list', 'other'],
  ['pip freeze', 'other'],
  ['pip --version', 'other'],
  ['pip $WHAT', 'not understood'],
  ['pip lock', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test.each([
  ['pip install -r requirements.txt', ['requirements.txt']],
  ['pip install -rrequirements.txt', ['requirements.txt']],
  ['pip install -Ur base.txt --requirement=dev.txt -c constraints.txt', ['base.txt', 'dev.txt', 'constraints.txt']],
  ['python -m pip install -r a.txt', ['a.txt']],
  ['pip install -r https://example.com/r.txt', []],
  ['pip install .', ['.']],
  ['pip install -e .[dev]', ['.']],
  ['pip install ./libs/a[x] flask', ['./libs/a']],
  ['pip install -e git+https://example.com/x.git#egg=x', []],
  ['pip install wheels/x.whl', ['wheels/x.whl']],
  ['pip install --group dev', ['pyproject.toml']],
  ['pip install flask', []],
  ['pip install -r $FILE', undefined],
  ['pip install $FILE', undefined],
])('the files that %s reads', (line, reads) => {
  expect(read(line)?.reads).toEqual(reads);
});

test.each([
  ['python3 -m pip install -q flask uvicorn[standard]==0.30.* "django>=4,<5"', ['flask', 'uvicorn[standard]==0.30.*', '"django>=4,<5"']],
  ['pip install -i https://pypi.example/simple flask', ['flask']],
  ['pip install pip-tools', ['pip-tools']],
  // Which pip, and with what build tools, installs the others would change.
  ['pip install -U pip', undefined],
  ['pip install setuptools==65 flask', undefined],
  ['pip install .', undefined],
  ['pip install flask-1.0.tar.gz', undefined],
  ['pip install -r a.txt flask', undefined],
])('the packages of %s', (line, packages) => {
  expect(named(line).packages).toEqual(packages);
});

test('options go behind the action of a module call', () => {
  expect(named('python3 -m pip -q install flask').action).toBe('install');
});
