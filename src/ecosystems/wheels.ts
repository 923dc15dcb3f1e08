import type { ProjectFiles } from './closure.ts';
import type { Call } from './ecosystem.ts';

/** Python packages that install without a compiler, by their normalised name, together with all that they need: https://pypi.org, the files of each release. */

/** Nothing in them is compiled, or only where a compiler is there. */
const pure = new Set(
  `alembic amqp anyio appdirs apscheduler arrow asgiref async-timeout attrs awscli azure-core azure-storage-blob babel backoff beautifulsoup4 billiard
  black bleach blinker boltons boto boto3 botocore bottle bs4 cachecontrol cachetools celery certifi chardet cherrypy click colorama coloredlogs configargparse
  coverage croniter cssselect daphne dash decorator defusedxml deprecated dj-database-url django django-allauth django-cors-headers django-debug-toolbar
  django-environ django-extensions django-filter django-redis django-rest-framework django-storages djangorestframework djangorestframework-simplejwt dnspython
  docopt docker docutils drf-yasg elasticsearch email-validator environs et-xmlfile fabric falcon filelock flake8 flasgger flask flask-admin flask-caching
  flask-cors flask-jwt-extended flask-limiter flask-login flask-marshmallow flask-migrate flask-restful flask-restplus flask-restx flask-script flask-session
  flask-socketio flask-sqlalchemy flask-wtf flower fsspec furl future gitpython google-api-core google-api-python-client google-auth google-auth-oauthlib
  google-cloud-storage graphene gspread gunicorn h11 honcho html5lib httplib2 httpx humanize idna importlib-metadata invoke isodate isort itsdangerous jedi
  jinja2 jmespath jsonschema kombu kubernetes limits loguru mako markdown markupsafe marshmallow mistune mkdocs mkdocs-material mock more-itertools mypy-extensions
  netaddr networkx nltk nose oauth2client oauthlib openai openpyxl packaging paho-mqtt passlib path pathlib peewee pep8 pika pip pipenv platformdirs pluggy
  plotly ply prettytable prometheus-client prometheus-flask-exporter prompt-toolkit py pyasn1 pyasn1-modules pycodestyle pycparser pyflakes pygments pyjwt pylint
  pymysql pyparsing pypdf2 pyserial pytest pytest-cov pytest-django pytest-mock python-dateutil python-decouple python-dotenv python-editor python-engineio
  python-jose python-json-logger python-multipart python-slugify python-socketio python-telegram-bot pytz pyramid qrcode raven redis requests requests-oauthlib
  requests-toolbelt rich rq rsa s3transfer schedule selenium sentry-sdk setuptools simplejson six slackclient slack-sdk sniffio soupsieve sphinx sphinx-rtd-theme
  sqlalchemy sqlparse starlette supervisor tabulate tenacity termcolor textblob toml tomli toolz tox tqdm tweepy typer typing-extensions tzlocal unidecode
  uritemplate urllib3 uvicorn vine virtualenv waitress wcwidth webargs webdriver-manager webob webtest werkzeug wheel whitenoise wtforms xlrd xlsxwriter yamllint
  yt-dlp youtube-dl zipp zope-interface`.split(/\s+/),
);

/** Compiled, and published for Linux on x86-64 and ARM, for CPython up to 3.13, from this release on. */
const compiled: Readonly<Record<string, string>> = {
  aiohttp: '3.10.6',
  'argon2-cffi': '21.1',
  bcrypt: '4.2',
  cffi: '1.17.1',
  contourpy: '1.3',
  cryptography: '43.0',
  fastapi: '0.115',
  gevent: '24.10',
  greenlet: '3.1',
  grpcio: '1.66.2',
  hiredis: '3.0',
  httptools: '0.6.2',
  ipython: '8.0',
  kiwisolver: '1.4.7',
  lxml: '5.3',
  matplotlib: '3.9.2',
  msgpack: '1.1',
  multidict: '6.1',
  numpy: '2.1',
  'opencv-python': '4.10',
  'opencv-python-headless': '4.10',
  orjson: '3.10.7',
  pandas: '2.2.3',
  paramiko: '3.5',
  pillow: '10.4',
  protobuf: '5.0',
  psutil: '6.0',
  'psycopg2-binary': '2.9.10',
  pydantic: '2.9',
  pymongo: '4.9',
  pynacl: '1.5',
  pyyaml: '6.0.2',
  pyzmq: '26.2',
  regex: '2024.9.11',
  'scikit-learn': '1.5.2',
  scipy: '1.14.1',
  setproctitle: '1.3.4',
  tornado: '6.4',
  ujson: '5.10',
  uv: '0.1',
  uvloop: '0.21',
  watchfiles: '1.0',
  websockets: '13.1',
};

/** True where all that a call names behind its action, in files of requirements too, installs without a compiler. */
export function onlyUnpacks({ arguments: all }: Call, actionAt: number, files: ProjectFiles): boolean {
  const words = all.slice(actionAt + 1);
  if (all.some(({ text }) => /^--(no-binary|find-links|(default-|extra-)?index(-url)?(=|$))|^-[fi]$/.test(text))) return false;
  return words.every(({ value, text }, i) => {
    const [word, option = ''] = [value ?? text, words[i - 1]?.text];
    if (word.startsWith('-') || /^(-c|--constraint)$/.test(option)) return true;
    const lines = /^(-r|--requirement)$/.test(option) ? files.text(word)?.split(/\r?\n/) : [word];
    return lines?.every((line) => /^\s*(#.*)?$/.test(line) || needsNoCompiler(line.trim().replace(/\s+#.*$/, ''))) === true;
  });
}

/**
 * True where wheels, by their file names, spare Linux on x86-64 and ARM the compiler, for CPython up to 3.13:
 * https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
 */
export function spareCompilers(wheels: readonly string[]): boolean {
  const fitting = wheels.filter((name) => /-(py3|py2\.py3)-none-|-cp313-cp313-|-cp3\d+-abi3-/.test(name));
  return fitting.some((name) => name.endsWith('-any.whl')) || ['x86_64', 'aarch64'].every((machine) => fitting.some((name) => hasTag(name, machine)));
}

function hasTag(name: string, machine: string): boolean {
  return name.includes('manylinux') && new RegExp(`manylinux\\w*_${machine}[.]`).test(name);
}

/** True where a requirement is of a package that installs without a compiler; of one with no version the newest is taken. */
function needsNoCompiler(requirement: string): boolean {
  const [, name = '', rest = ''] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[\w.,\s-]*\])?\s*([^;]*)/.exec(requirement) ?? [];
  const normalised = name.toLowerCase().replaceAll(/[-_.]+/g, '-');
  if (/@|:\/\//.test(rest)) return false;
  if (pure.has(normalised)) return true;
  if (!Object.hasOwn(compiled, normalised)) return false;
  const bounds = [...rest.matchAll(/([=<~!>]=?)=?\s*([\d.]+)/g)].filter(([, operator = '']) => !/^(>|!)/.test(operator));
  return bounds.every(([, , version = '']) => isAtLeast(version, compiled[normalised] ?? ''));
}

/** Compares releases number by number; one that is not said counts as 0. */
export function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((one) => one.split('.').map(Number));
  for (let i = 0; i < (b?.length ?? 0); i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
