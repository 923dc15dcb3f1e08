import { fieldsOf } from './javascript/project.ts';
import { jsonOf, textOf } from './tables.ts';

/** What programs that build a project run of it unasked, and what of that asks git. Data, for managers with and without a file of their own. */

export interface Builder {
  readonly programs: readonly string[];
  /** Names of the files that it reads or runs by itself. */
  readonly files: RegExp;
  /** Only calls with these arguments run them; all, where nothing is given. */
  readonly when?: RegExp;
  /** The part of such a file that runs, told by the words that are known to be called; all of it, where nothing is given. */
  readonly part?: (text: string, called: ReadonlySet<string>) => string;
  readonly asking: readonly GitAsking[];
  /** `own`: it looks into no other folder than the one that it runs in, unless it is told to. */
  readonly folders?: 'own';
  /** false: such a file is read, and calls nothing. */
  readonly runs?: false;
  readonly stamp?: Stamp;
}

/** A tool named in a project's files that asks git, or reads its data itself. */
export interface GitAsking {
  /** Matches its name as the files write it. */
  readonly name: RegExp;
  /** It asks the program git, so that it gets no answer where that is not installed. */
  readonly asksGit?: true;
  /** The file says that it may do without. */
  readonly optional?: RegExp;
  /** Environment variables that answer in git's place. */
  readonly unless?: readonly string[];
}

/** What calls note of the git repository that they run in, and do without where there is none. */
export interface Stamp {
  /** Matches a call with its arguments. */
  readonly call: RegExp;
  /** Calls that note nothing. */
  readonly not: RegExp;
  /** For sentences: "the commit into the binary". */
  readonly what: string;
  /** They ask the program git, and note nothing where that is not installed. */
  readonly asksGit: boolean;
  /** They note nothing where an environment variable has such a value. */
  readonly unless: readonly (readonly [name: string, value: RegExp])[];
  /** Releases before it came; matched against the base image's name and tag. */
  readonly notOn?: RegExp;
}

const scmVersion = ['SETUPTOOLS_SCM_PRETEND_VERSION', 'SETUPTOOLS_SCM_PRETEND_VERSION_FOR_*'];

export const builders: readonly Builder[] = [
  { programs: ['make', 'gmake', 'nmake'], files: /^(GNU)?[Mm]akefile$/, asking: [], folders: 'own' },
  { programs: ['just'], files: /^\.?[Jj]ustfile$|\.just$/, asking: [], folders: 'own' },
  { programs: ['task', 'go-task'], files: /^Taskfile[\w.]*\.ya?ml$/i, asking: [], folders: 'own' },
  { programs: ['mage'], files: /^magefile\w*\.go$/, asking: [] },
  { programs: ['cmake'], files: /^CMakeLists\.txt$|\.cmake$/, asking: [] },
  { programs: ['meson'], files: /^meson\.build$/, asking: [{ name: /\bvcs_tag\s*\(/ }] },
  { programs: ['configure', 'autoreconf', 'autogen.sh', 'bootstrap'], files: /^configure(\.ac|\.in)?$|^autogen\.sh$|^bootstrap$/, asking: [] },
  { programs: ['scons'], files: /^SCons(truct|cript)$/, asking: [] },
  { programs: ['bazel', 'bazelisk'], files: /^\.bazelrc$/, asking: [{ name: /workspace_status_command/ }] },
  {
    programs: [
      'npm',
      'yarn',
      'pnpm',
      'bun',
      'npx',
      'pnpx',
      'bunx',
      'corepack',
      'node',
      'nx',
      'turbo',
      'lerna',
      'vite',
      'webpack',
      'tsc',
      'gulp',
      'grunt',
      'ng',
    ],
    files: /^package\.json$|\.config\.[cm]?[jt]s$|^(gulpfile|Gruntfile|webpack[\w.-]*|craco|config-overrides|ember-cli-build)\.[cm]?[jt]s$/,
    part: scriptsCalled,
    asking: [
      {
        name: /\b(git-revision-webpack-plugin|git-rev-sync|git-rev|git-describe|git-repo-info|git-last-commit|last-commit-log|simple-git|isomorphic-git|nodegit|git-commit-info|vite-plugin-git[\w-]*)(?![\w-])/,
      },
      { name: /\bnx affected\b|\blerna\b[^&|]*--since\b|\blerna (changed|diff)\b/ },
      { name: /\bshowLastUpdate(Time|Author)\b|\blastUpdated\b\s*:\s*true/ },
    ],
  },
  {
    programs: ['pip', 'pipx', 'python', 'pypy', 'uv', 'uvx', 'poetry', 'pdm', 'hatch', 'flit', 'tox', 'nox', 'pipenv', 'pyproject-build', 'easy_install'],
    files: /^(setup\.py|setup\.cfg|pyproject\.toml|versioneer\.py)$/,
    asking: [
      { name: /\b(setuptools[_-]scm|use_scm_version|hatch-vcs|vcs-versioning)\b/, unless: scmVersion },
      { name: /\bflit[_-]scm\b/, unless: scmVersion },
      { name: /\bversion\s*=\s*\{[^}]*\bsource\s*=\s*["']scm["']|\[tool\.pdm\.version\][^[]*\bsource\s*=\s*["']scm["']/, unless: ['PDM_BUILD_SCM_VERSION'] },
      { name: /\bpbr\b/, unless: ['PBR_VERSION'] },
      { name: /\bsetuptools[_-]git(-versioning)?\b/ },
      { name: /\bpoetry-dynamic-versioning\b|\buv-dynamic-versioning\b/, unless: ['POETRY_DYNAMIC_VERSIONING_BYPASS', 'UV_DYNAMIC_VERSIONING_BYPASS'] },
      { name: /\bdunamai\b|\bversioningit\b|\bmiver\b/ },
      { name: /\bversioneer\b/ },
    ],
  },
  { programs: ['mkdocs', 'properdocs'], files: /^mkdocs\.ya?ml$/, asking: [{ name: /\bgit-(revision-date\w*|authors|committers(-2)?)\b/ }] },
  { programs: ['hugo'], files: /^(hugo|config)\.(toml|ya?ml|json)$/, asking: [{ name: /enableGitInfo["']?\s*[:=]\s*true/i }] },
  {
    programs: ['mvn', 'mvnw', 'mvnd'],
    files: /^pom\.xml$|^extensions\.xml$/,
    runs: false,
    asking: [
      {
        name: /\b(git-commit-id(-maven)?-plugin|git-commit-id)\b/,
        optional: /<failOnNoGitDirectory>\s*false/,
      },
      { name: /\b(buildnumber-maven-plugin|jgitver-maven-plugin|jgitver|maven-git-versioning-extension|maven-build-number-plugin)\b/ },
    ],
  },
  {
    programs: ['gradle', 'gradlew'],
    files: /\.gradle(\.kts)?$|^libs\.versions\.toml$/,
    asking: [
      { name: /\bcom\.gorylenko\.gradle-git-properties\b|\bgradle-git-properties\b/, optional: /failOnNoGitDirectory\s*(\.set\(|=)\s*false/ },
      {
        name: /\b(axion-release|nebula\.release|nebula-release-plugin|org\.ajoberstar\.(reckon|grgit)|grgit|reckon|com\.palantir\.git-version|gradle-git-version|me\.qoomon\.git-versioning|net\.nemerosa\.versioning|fr\.brouillard\.oss\.gradle\.jgitver|com\.github\.jk1\.git|org\.eclipse\.jgit)\b/,
      },
    ],
  },
  { programs: ['sbt'], files: /\.sbt$/, asking: [{ name: /\bsbt-(git|dynver|ci-release|version-policy)\b|\bGitVersioning\b/ }] },
  { programs: ['lein'], files: /^project\.clj$/, asking: [{ name: /\blein-git-(version|inject|down)\b/ }] },
  {
    programs: ['dotnet', 'msbuild', 'nuke', 'cake'],
    files: /\.\w*proj$|\.(props|targets)$|^GitVersion\.ya?ml$/i,
    asking: [
      { name: /\bGitVersion\.(MsBuild|Tool|Task)\b|\bGitVersionTask\b/ },
      { name: /\bNerdbank\.GitVersioning\b|"GitInfo"|\bThisAssembly\.Git\w+\b/ },
      { name: /\bMinVer\b/, asksGit: true, unless: ['MINVERVERSIONOVERRIDE', 'MinVerVersionOverride'] },
      { name: /\bMicrosoft\.SourceLink\.\w+/ },
    ],
    // https://learn.microsoft.com/dotnet/core/compatibility/sdk/8.0/source-link
    stamp: {
      call: /\bdotnet\s+(build|publish|pack|msbuild|test|run)\b[^\n;&|]*/g,
      not: /(IncludeSourceRevisionInInformationalVersion|EnableSourceControlManagerQueries|EnableSourceLink)=false|--no-build/i,
      what: 'the commit into the version of each assembly',
      asksGit: false,
      unless: [],
      notOn: /dotnet\/(core\/)?(nightly\/)?(core-)?sdk:[1-7]\b/,
    },
  },
  {
    programs: ['cargo', 'cross', 'trunk', 'maturin', 'wasm-pack'],
    files: /^Cargo\.toml$|^build\.rs$/,
    runs: false,
    asking: [
      { name: /^\s*(vergen-gitcl|git-version|rustc-git-version)\s*=/m, asksGit: true },
      { name: /^\s*(vergen(-git2|-gix)?|git2version)\s*=/m },
      { name: /\b(git2|gix|git_repository)::/ },
      { name: /^\s*shadow-rs\s*=/m },
      { name: /^\s*built\s*=.*\bgit2\b/m },
    ],
  },
  { programs: ['bundle', 'bundler'], files: /\.gemspec$/, asking: [] },
  { programs: ['gem', 'rake'], files: /\.gemspec$|^Rakefile$|\.rake$/, asking: [] },
  { programs: ['mix', 'rebar3', 'elixir'], files: /^mix\.exs$|^rebar\.config(\.script)?$|^config\.exs$|^runtime\.exs$/, asking: [] },
  { programs: ['stack', 'cabal', 'ghc'], files: /\.cabal$|^package\.yaml$/, asking: [{ name: /\b(gitrev|githash)\b/ }] },
  {
    programs: ['composer', 'composer.phar', 'php'],
    files: /^composer\.json$/,
    part: scriptsCalled,
    asking: [],
    // https://getcomposer.org/doc/articles/versions.md, and the `root` of vendor/composer/installed.php.
    stamp: {
      call: /\bcomposer(\.phar)?\s+(-\S+\s+)*(i|install|u|update|dump-?autoload)\b[^\n;&|]*/g,
      not: /--dry-run/,
      what: "the commit into Composer's list of what is installed",
      asksGit: true,
      unless: [['COMPOSER_ROOT_VERSION', /./]],
    },
  },
  { programs: ['go'], files: /\.go$/, when: /\bgo\s+(generate|run)\b/, part: goGenerate, asking: [] },
  {
    programs: ['go', 'garble', 'ko'],
    files: /^$/,
    asking: [],
    stamp: {
      call: /\b(go|garble)\s+(build|install)\b[^\n;&|]*/g,
      // Files are a package of no module, `name@version` is one of another.
      not: /-buildvcs=(false|0|f)\b|\s[\w./-]+\.go(\s|$)|@/i,
      what: 'the commit into the binary',
      asksGit: true,
      unless: [
        ['GOFLAGS', /-buildvcs=(false|0|f)\b/i],
        ['GO111MODULE', /^off$/],
      ],
      // https://go.dev/doc/go1.18#go-version
      notOn: /(^|\/)golang:1\.(\d|1[0-7])(?!\d)/,
    },
  },
  { programs: ['goreleaser'], files: /^\.?goreleaser\.ya?ml$/, asking: [{ name: /./ }] },
];

/** Programs that run no code of the project. */
const outside =
  /^(rustup|rustc|nvm|pyenv|rbenv|sdk|asdf|openssl|ssh-keygen|strip|upx|setcap|nproc|xx-(info|apk|apt|verify|cc|c|windres)|hash|locale|jq|yq|xargs|envsubst|dos2unix|file|ldd|objcopy|zip|7z|brotli|zstd|bzip2|stat|readlink|realpath|du|df|whoami|tini|gosu|su-exec|sleep|mktemp|git-lfs|cwebp|gofmt|wkhtmltopdf|supervisord|npm-check|stty|service|update-rc\.d|docker-php-ext-\w+|pecl|phpize|gcc|g\+\+|cc|clang|ld|ar|javac|jlink|jar|keytool|dpkg(-\w+)*|rpm|code-server|fc-cache|mkfontscale|xz|cpan|cpanm|R|Rscript|a2\w+|crontab|visudo|passwd|getent|locale-gen|apt-key|add-apt-repository|luarocks)$/;

export function runsNoProject(program: string): boolean {
  return outside.test(program);
}

const byProgram: ReadonlyMap<string, readonly Builder[]> = new Map(
  [...new Set(builders.flatMap(({ programs }) => programs))].map((program) => [program, builders.filter(({ programs }) => programs.includes(program))]),
);

/** True for the name of a file that some builder runs. */
export function isBuilderFile(name: string): boolean {
  return builders.some(({ files }) => files.test(name));
}

/** The builders that code calls, by the words in it; `python3.11` and `xx-cargo` are `python` and `cargo`. */
export function buildersIn(code: string): Builder[] {
  const programs = new Set((code.match(/[\w.-]+/g) ?? []).flatMap((word) => [word, word.replace(/^xx-/, '').replace(/-?\d+(\.\d+)*$/, '')]));
  const called = [...programs].flatMap((program) => byProgram.get(program) ?? []);
  return [...new Set(called)].filter(({ when }) => when?.test(code) ?? true);
}

/** The first call in code that notes something of the repository. */
export function stampIn(code: string, { stamp }: Builder): string | undefined {
  if (!stamp) return undefined;
  return [...code.matchAll(stamp.call)].map(([call]) => call).find((call) => !stamp.not.test(call));
}

const lifecycle = /^(pre|post)?(install|prepare|prepublish\w*)$|^(pre|post)-(install|update|autoload)|^post-autoload-dump$/;

/** Of package.json and composer.json: the scripts that installs run, those that are called by name, and those that these call. */
function scriptsCalled(text: string, called: ReadonlySet<string>): string {
  const fields = jsonOf(text);
  if (!fields) return text;
  const scripts = Object.entries(fieldsOf(fields['scripts'])).map(([name, script]) => [name, textOf(script) ?? JSON.stringify(script)] as const);
  const words = new Set(called);
  const found = new Map<string, string>();
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [name, script] of scripts) {
      if (found.has(name) || !(lifecycle.test(name) || words.has(name) || words.has(name.replace(/^(pre|post)/, '')))) continue;
      found.set(name, script);
      for (const word of script.split(/[\s;&|"'()]+/)) words.add(word);
    }
  }
  return [...found.values()].join('\n');
}

function goGenerate(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith('//go:generate '))
    .map((line) => line.slice('//go:generate '.length))
    .join('\n');
}
