/** What packages of a language need of the system while they run, beside what they bring themselves. Data. */

export interface RunTimeNeed {
  /** In whose manifests and lockfiles the name stands. */
  readonly language: 'javascript' | 'python' | 'ruby';
  readonly name: RegExp;
  /** Programs and kinds of things, as an image loses them. */
  readonly needs: readonly string[];
  /** Only releases before this one, which are compiled where no wheel of theirs fits the version of Python. */
  readonly before?: string;
}

/** Their own pages on https://www.npmjs.com, https://pypi.org and https://rubygems.org. */
export const runTimeNeeds: readonly RunTimeNeed[] = [
  { language: 'javascript', name: /^(simple-git|git-rev-sync|git-raw-commits|nodegit|degit|download-git-repo)$/, needs: ['git'] },
  { language: 'javascript', name: /^(gm|imagemagick|easyimage|pdf-image|pdf2pic)$/, needs: ['convert', 'identify'] },
  // It asks openssl which library it has to load: https://www.prisma.io/docs/orm/reference/system-requirements
  { language: 'javascript', name: /^(prisma|@prisma\/(client|engines))$/, needs: ['openssl'] },
  { language: 'javascript', name: /^(ps-list|ps-tree|pidusage|pidtree|find-process|tree-kill)$/, needs: ['ps'] },
  { language: 'javascript', name: /^python-shell$/, needs: ['python3'] },
  {
    language: 'javascript',
    name: /^(pg-native|libpq|oracledb|odbc|ibm_db|libxmljs2?|canvas|node-rdkafka|zeromq|serialport|usb|node-hid|puppeteer(-core)?|playwright(-core)?|electron|gl)$/,
    needs: ['shared libraries'],
  },
  { language: 'python', name: /^gitpython$/, needs: ['git'] },
  { language: 'python', name: /^python-hglib$/, needs: ['hg'] },
  {
    language: 'python',
    name: /^(weasyprint|cairosvg|cairocffi|pycairo|pgmagick|pyzbar|pyodbc|opencv-(contrib-)?python(-headless)?|pyaudio|pyside[26]|pyqt[56]|python-snappy|pylibmc|m2crypto|xmlsec|python3-saml|playwright|pyppeteer|pycurl|python-ldap|gdal|mod-wsgi|pygraphviz|pymssql|cx-oracle|pycups|dbus-python|pygobject|python-rocksdb|gmpy2|rpy2|pyusb)$/,
    needs: ['shared libraries'],
  },
  { language: 'python', name: /^psycopg2?$/, needs: ['libpq'] },
  { language: 'python', name: /^python-magic$/, needs: ['libmagic'] },
  // It loads the library by name: https://docs.wand-py.org/en/latest/guide/install.html
  { language: 'python', name: /^wand$/, needs: ['libMagickWand'] },
  // Built on Python's full image it is linked to no other library that the slim one lacks.
  { language: 'python', name: /^uwsgi$/, needs: ['libxml2'] },
  { language: 'python', name: /^mysqlclient$/, needs: ['libmariadb'] },
  // They compile while they run: https://pytensor.readthedocs.io, https://mc-stan.org/cmdstanpy
  { language: 'python', name: /^(theano|pytensor|aesara|pymc3?|pystan|cmdstanpy|triton|weave)$/, needs: ['gcc'] },
  { language: 'ruby', name: /^rubyinline$/i, needs: ['gcc'] },
  // https://lightgbm.readthedocs.io/en/stable/FAQ.html
  { language: 'python', name: /^(lightgbm|xgboost|implicit|fasttext)$/, needs: ['libgomp'] },
  { language: 'python', name: /^psycopg2-binary$/, needs: ['libpq'], before: '2.9.10' },
  { language: 'python', name: /^lxml$/, needs: ['shared libraries'], before: '5.3' },
  { language: 'python', name: /^pillow$/, needs: ['shared libraries'], before: '10.4' },
  { language: 'ruby', name: /^pg$/, needs: ['libpq'] },
  { language: 'ruby', name: /^ruby-filemagic$/, needs: ['libmagic'] },
  { language: 'ruby', name: /^mysql2$/, needs: ['libmariadb'] },
  { language: 'ruby', name: /^sqlite3$/, needs: ['libsqlite3'] },
  { language: 'ruby', name: /^git$/, needs: ['git'] },
  { language: 'ruby', name: /^(mini_magick|image_processing|rmagick)$/, needs: ['convert', 'identify'] },
  { language: 'ruby', name: /^tzinfo$/, needs: ['time zones'] },
  {
    language: 'ruby',
    name: /^(charlock_holmes|ruby-vips|curb|rugged|snappy|passenger|rbnacl|gpgme|idn-ruby|ruby-oci8|tiny_tds|geos-extension|rgeo)$/,
    needs: ['shared libraries'],
  },
];

/** Packages of npm that load code which is compiled, or fetched compiled, where they are installed: their own pages on https://www.npmjs.com */
export const nativePackages =
  /^(sharp|bcrypt|argon2|canvas|better-sqlite3|sqlite3|prisma|@prisma\/.+|@swc\/core|@next\/swc.*|lightningcss|@parcel\/watcher|@node-rs\/.+|@napi-rs\/.+|@img\/.+|node-sass|re2|grpc|@grpc\/grpc-tools|leveldown|classic-level|rocksdb|farmhash|snappy|zeromq|node-rdkafka|libpq|pg-native|oracledb|odbc|ibm_db|serialport|usb|node-pty|cpu-features|bufferutil|utf-8-validate|puppeteer.*|playwright.*|electron|onnxruntime-node|@tensorflow\/tfjs-node.*|next)$/;

/** Packages of npm whose install script neither compiles nor asks a program: it prints, or takes a file of an optional package. */
const selfContained =
  /^(esbuild|fsevents|core-js(-pure|-bundle)?|protobufjs|@nestjs\/core|es5-ext|@swc\/core|@parcel\/watcher|unrs-resolver|nx|styled-components|msgpackr-extract|bufferutil|utf-8-validate|vue-demi|@scarf\/scarf|@firebase\/util|nodemon|preact)$/;

/** From these releases on the same holds: https://github.com/lovell/sharp, https://github.com/kelektiv/node.bcrypt.js */
const selfContainedFrom: Readonly<Record<string, number>> = { sharp: 0.33, bcrypt: 6 };

/** True for a package of npm whose install script needs neither a compiler nor a program of the system. */
export function installsByItself(name: string, version: string): boolean {
  const from = Object.hasOwn(selfContainedFrom, name) ? selfContainedFrom[name] : undefined;
  return selfContained.test(name) || (from !== undefined && Number.parseFloat(version) >= from);
}

/** Packages of npm that come along with code to be compiled: https://github.com/nodejs/node-gyp, https://github.com/prebuild */
export const compilingHelpers = /^(node-gyp|nan|node-addon-api|bindings|prebuild-install|node-pre-gyp|@mapbox\/node-pre-gyp|cmake-js)$/;

/** Packages of npm that people install globally, all of JavaScript alone. */
export const plainTools =
  /^(npm|yarn|pnpm|corepack|pm2|serve|http-server|nodemon|typescript|ts-node|tsx|concurrently|rimraf|cross-env|dotenv-cli|wait-on|npm-run-all|forever|json-server|live-server|@nestjs\/cli|@angular\/cli|vite|gulp-cli|grunt-cli)$/;
