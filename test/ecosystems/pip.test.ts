import { expect, test } from 'vitest';
import { named, read, told } from './call.ts';
import { closureOf } from './project.ts';

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
  ['pipx install poetry', 'not understood'],
  ['python3 -m pipx install poetry', 'not understood'],
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
  ['pip install "pip==$VERSION"', []],
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

const context = {
  'requirements.txt': '# all\nflask==3.0.3 ; python_version > "3"\nclick==8.1.7 # cli\n',
  'loose.txt': 'flask>=3\nclick\n',
  'hashed.txt': 'flask>=3 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n',
  'reqs/prod.txt': '-r base.txt\n--constraint=../constraints.txt\ngunicorn==22.0.0\n',
  'reqs/base.txt': '-i https://pypi.example/simple\n--no-binary :all:\n-rmore.txt\nflask == 3.0.3\n',
  'reqs/more.txt': '-r prod.txt\n',
  'constraints.txt': 'click<9\n',
  'project.txt': 'flask==3.0.3\n-e .\n',
  'library.txt': './libs/a[x]\n',
  'file-url.txt': 'a @ file:///app/libs/a\n',
  'wheel.txt': './wheels/a-1-py3-none-any.whl ; python_version > "3"\n',
  'links.txt': '--find-links wheels\na==1\n',
  'git.txt': '-e git+https://example.com/a.git@0123456789012345678901234567890123456789#egg=a\nb @ git+ssh://git@example.com/b\n',
  'variable.txt': '-r ${WHICH}.txt\n',
  'token.txt': 'a @ https://${TOKEN}@example.com/a.whl\n',
  'secret.txt': 'https://user:secret@example.com/a.whl\n',
  'constrained.txt': 'Flask_Cors[x]\nclick>=8\n-c pins.txt\n',
  'pins.txt': 'click==8.1.7\nflask-cors==4.0.1\nunused\n',
  'missing.txt': '-r nowhere.txt\n',
  'odd.txt': '--frobnicate x\n',
  'words.txt': 'two words\n',
  'wild.txt': 'flask==3.*\n',
  'pyproject.toml': '',
  'libs/a/setup.py': '',
  'wheels/a-1-py3-none-any.whl': '',
};

test.each([
  ['pip install -r requirements.txt', 'requirements.txt, exact'],
  ['pip install -r /app/requirements.txt', '/app/requirements.txt, exact'],
  ['pip install -r loose.txt', 'loose.txt, flask floats'],
  ['pip install -r wild.txt', 'wild.txt, flask floats'],
  ['pip install -r constrained.txt', 'constrained.txt pins.txt, exact'],
  ['pip install -c constraints.txt click', 'constraints.txt, click floats'],
  ['pip install -r hashed.txt', 'hashed.txt, exact'],
  ['pip install -r reqs/prod.txt', 'reqs/prod.txt reqs/base.txt reqs/more.txt constraints.txt, exact'],
  ['pip install -r requirements.txt gunicorn', 'requirements.txt, gunicorn floats'],
  ['pip install -c constraints.txt flask==3.0.3', 'constraints.txt, exact'],
  ['PIP_CONSTRAINT=constraints.txt pip install -r requirements.txt', 'requirements.txt constraints.txt, exact'],
  ['pip install -r wheel.txt', 'wheel.txt wheels/a-1-py3-none-any.whl, exact'],
  ['pip install wheels/a-1-py3-none-any.whl', 'wheels/a-1-py3-none-any.whl, exact'],
  ['pip install -r git.txt', 'git.txt, writes src/a, b floats'],
  ['pip install --src /opt -r git.txt', 'git.txt, writes /opt/a, b floats'],
  ['pip install -r token.txt', 'token.txt, a floats'],
  ['pip install -r secret.txt', 'secret.txt, https://example.com/a.whl floats'],
  ['pip install -t lib -r requirements.txt', 'requirements.txt, writes lib, exact'],
  ['pip install --group dev', 'pyproject.toml, what pyproject.toml asks for floats'],
  ['pip install -r https://example.com/r.txt -r requirements.txt', 'requirements.txt, https://example.com/r.txt floats'],
  ['WHICH=loose pip install -r variable.txt', 'variable.txt loose.txt, flask floats'],
  ['pip wheel -w /wheels -r requirements.txt', 'requirements.txt, writes /wheels, exact'],
  ['pip wheel -r requirements.txt', 'it writes its packages between the files of the project'],
  ['pip install -r project.txt', 'it installs the project itself, and any file there may be read (project.txt)'],
  ['pip install .', 'it installs the project itself, and any file there may be read'],
  ['pip install -e .[dev]', 'it installs the project itself, and any file there may be read'],
  ['pip install -r requirements.txt -e libs/a', 'it installs the folder libs/a, and any file there may be read'],
  ['pip install -r library.txt', 'it installs the folder libs/a, and any file there may be read (library.txt)'],
  ['pip install -r file-url.txt', 'it installs the folder /app/libs/a, and any file there may be read (file-url.txt)'],
  ['pip install ./nowhere', 'it installs nowhere, which the build context does not hold'],
  ['pip install -r links.txt', 'packages are looked for in a folder of the project (wheels)'],
  ['pip install --no-index -f /app/wheels -r requirements.txt', 'packages are looked for in a folder of the project (/app/wheels)'],
  ['pip install -f /wheels -f https://example.com/ -r requirements.txt', 'requirements.txt, exact'],
  ['pip install -r missing.txt', 'the install reads a file that the build context does not hold (nowhere.txt)'],
  ['pip install -r variable.txt', 'a variable decides what is installed (variable.txt)'],
  ['pip install -r odd.txt', 'what `--frobnicate` means there is not known (odd.txt)'],
  ['pip install -r words.txt', '`two words` is no requirement that can be read (words.txt)'],
  ['pip install -r requirements.txt $MORE', 'what `$MORE` stands for is not known'],
  ['pip install -r requirements.txt gunicorn==$VERSION', 'requirements.txt, exact'],
  ['pip install flask', ', flask floats'],
  ['pip install flask==3.0.3 click==8.1.7', ', exact'],
  ['pip install $PACKAGES', 'what `$PACKAGES` stands for is not known'],
])('the closure of %s', (line, closure) => {
  expect(closureOf(line, context)).toBe(closure);
});

test("pip's settings are read where the project brings them, and may name files themselves", () => {
  const files = {
    'requirements.txt': 'a==1\n',
    '/etc/pip.conf': '[global]\nindex-url = https://pypi.example/simple\n',
    'ours.conf': '[install]\nfind-links = wheels\n',
  };
  expect(closureOf('pip install -r requirements.txt', files)).toBe('requirements.txt /etc/pip.conf, exact');
  expect(closureOf('PIP_CONFIG_FILE=ours.conf pip install -r requirements.txt', files)).toBe('the settings name further files (ours.conf)');
});
