import { posix } from 'node:path';
import type { Artefact } from './ecosystem.ts';

/** What programs make that have no file of their own here. Wrappers of a project (`./gradlew`) are named like any other program. */
export const otherArtefacts: readonly { readonly programs: readonly string[]; readonly manifest: string; readonly artefacts: readonly Artefact[] }[] = [
  {
    programs: ['gradle', 'gradlew'],
    manifest: 'build.gradle*',
    artefacts: [
      { name: '.gradle', by: /./ },
      { name: 'build', each: true, by: /\b(\w*[aA]ssemble\w*|build|jar|\w+Jar|war|bootWar|installDist|distZip|distTar|shadowJar|classes|compile\w*|test)\b/ },
    ],
  },
  { programs: ['mvnw'], manifest: 'pom.xml', artefacts: [{ name: 'target', each: true, by: /\b(compile|test-compile|test|package|verify|install|deploy)\b/ }] },
  { programs: ['cargo'], manifest: 'Cargo.toml', artefacts: [{ name: 'target', by: /^(\+\S+ )?(b|build|t|test|r|run|rustc)\b/ }] },
  {
    programs: ['sbt'],
    manifest: 'build.sbt',
    artefacts: [
      { name: 'target', by: /./ },
      { name: 'project/target', by: /./ },
    ],
  },
  { programs: ['rebar3'], manifest: 'rebar.config', artefacts: [{ name: '_build', by: /./ }] },
  { programs: ['swift'], manifest: 'Package.swift', artefacts: [{ name: '.build', by: /^(build|test|run|package resolve)\b/ }] },
  { programs: ['dart', 'flutter'], manifest: 'pubspec.yaml', artefacts: [{ name: '.dart_tool', by: /^pub get\b/ }] },
  { programs: ['cabal'], manifest: '*.cabal', artefacts: [{ name: 'dist-newstyle', by: /^(v2-|new-)?(build|install|test)\b/ }] },
  { programs: ['stack'], manifest: 'stack.yaml', artefacts: [{ name: '.stack-work', by: /\b(build|install|test)\b/ }] },
];

/** Names under which people keep what a build made: where it is not made again, it may be what the image ships. */
export const buildFolders: ReadonlySet<string> = new Set(
  `node_modules bower_components jspm_packages web_modules vendor vendor/bundle dist build out target bin obj lib lib64 libs release releases public output
  .next .nuxt .output .svelte-kit .vercel .netlify .docusaurus .vuepress/dist _site site static/dist storybook-static deps _build priv/static
  .build dist-newstyle .stack-work bundle artifacts artifact publish package packages app.jar generated gen wheels wheelhouse eggs Debug Release x64 x86 bld`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

/** Programs that live on what installs of JavaScript packages leave. */
const javascript = /\b(node|nodejs|npm|npx|yarn|pnpm|bun|deno|corepack|electron)\b/i;

/** A Dockerfile with such a text may start something that lives on a folder of this name: of `node_modules` it is known what does. */
export function mayLiveOn(dockerfile: string, name: string): boolean {
  return posix.basename(name) !== 'node_modules' || javascript.test(dockerfile);
}

const python = /\b(python|pypy|pip|uv|poetry)\d*\b/;

/** What programs leave wherever they run, be git told or not: `said` matches how an ignore file of git would say it. */
const leftAnyway: readonly { readonly pattern: string; readonly name: string; readonly by: RegExp; readonly said: RegExp }[] = [
  { pattern: '**/__pycache__', name: '__pycache__', by: python, said: /^__pycache__$/ },
  { pattern: '**/*.py[co]', name: '*.py[co]', by: python, said: /^\*\.py(\[|c$)/ },
];

/** Patterns and names of what the programs that a Dockerfile names leave, but for what git is told of. */
export function leftoversOf(dockerfile: string, said: readonly string[]): readonly { readonly pattern: string; readonly name: string }[] {
  return leftAnyway.filter((one) => one.by.test(dockerfile) && !said.some((name) => one.said.test(name)));
}

/** What tools leave in a working copy, and is worth a line: nothing is built from it, and no program lives on it. `files` show that the project has such a tool. */
const leftByTools: readonly { readonly files?: RegExp; readonly names: ReadonlySet<string> }[] = [
  {
    names: names(`
  coverage coverage.xml coverage.out cover.out coverage.html coverage.txt test-results *.log debug.log .vagrant .direnv .scannerwork .idea .vscode *.swp .DS_Store
`),
  },
  {
    files: /(^|\/)package\.json$/,
    names: names(`
  .nyc_output playwright-report npm-debug.log* yarn-debug.log* yarn-error.log* lerna-debug.log* pnpm-debug.log* .pnpm-debug.log* npm-debug.log yarn-error.log
  .npm .eslintcache .stylelintcache .pnpm-store .parcel-cache .turbo .angular *.tsbuildinfo
`),
  },
  {
    files: /\.(py|ipynb)$|(^|\/)(requirements[\w.-]*\.txt|pyproject\.toml|Pipfile)$/,
    names: names(`
  __pycache__ *.py[cod] *.py[co] *.pyc .pytest_cache .mypy_cache .ruff_cache .hypothesis .tox .nox .venv venv .ipynb_checkpoints .coverage .coverage.* htmlcov
`),
  },
  { files: /(^|\/)pom\.xml$|\.(gradle|gradle\.kts|sbt|java|kt|scala)$/, names: names('*.iml .settings .project .classpath .metals .bloop') },
  { files: /\.(\w*proj|slnx?)$/, names: names('.vs *.user TestResults') },
  { files: /\.php$/, names: names('.phpunit.result.cache .phpunit.cache .php_cs.cache .php-cs-fixer.cache') },
  { files: /(^|\/)(mix\.exs|rebar\.config)$/, names: names('.elixir_ls erl_crash.dump') },
  { files: /\.s[ac]ss$/, names: names('.sass-cache') },
];

/** The same, but small or rare: templates of ignore files list them, a person who writes one for Docker does not. */
const notWorthALine = names(`
  lib-cov *.lcov lcov.info nosetests.xml .cover *.cover *.coverprofile .rspec_status *.gcov *.gcda *.gcno hs_err_pid* replay_pid* *.pid *.seed *.pid.lock pids
  report.[0-9]*.[0-9]*.[0-9]*.[0-9]*.json .lock-wscript .prettiercache .yarn-integrity .node_repl_history .grunt .rpt2_cache .rts2_cache_cjs .rts2_cache_es
  .rts2_cache_umd .wireit *.pyo *.pyd *$py.class .dmypy.json dmypy.json .pyre .pytype .ropeproject .spyderproject .spyproject .python_history pip-log.txt
  pip-delete-this-directory.txt .pdm-python .pdm-build __pypackages__ .pybuilder .webassets-cache .scrapy celerybeat-schedule celerybeat.pid *.sage.py .spyderworkspace cython_debug
  *.mo *.pot *.manifest *.spec *.egg .installed.cfg MANIFEST .Python develop-eggs parts sdist share/python-wheels .ipynb profile_default/ ipython_config.py
  .fleet .zed .history *.swo *.swn *~ .*.swp .*.sw[a-p] .*.sw? [._]*.s[a-v][a-z] *.sw? *.sublime-workspace *.sublime-project *.ipr *.iws *.suo *.userosscache *.sln.docstates *.userprefs *.rsuser
  *.ntvs* *.njsproj .factorypath .c9 .tern-port .nrepl-port .lein-repl-history .kdev4 .springBeans .sts4-cache .apt_generated .apt_generated_tests nbproject nbproject/private nbbuild nbdist .nb-gradle
  .DS_Store? ._* .AppleDouble .LSOverride .Spotlight-V100 .Trashes .Trash-* .fuse_hidden* .directory .nfs* .fseventsd .TemporaryItems .DocumentRevisions-V100 .VolumeIcon.icns
  .com.apple.timemachine.donotpresent .AppleDB .AppleDesktop .apdisk Icon Thumbs.db ehthumbs.db ehthumbs_vista.db desktop.ini Desktop.ini $RECYCLE.BIN .stackdump
  .byebug_history .devenv .sonar .sonarlint nohup.out *.bak *.orig *.rej *.tmp *.prof .attach_pid* .pnp .pnp.js .pnp.cjs .yarn/* .yarn/cache .yarn/unplugged .yarn/build-state.yml .yarn/install-state.gz
  typings .fusebox .dynamodb .serverless .vscode-test .temp .cache .tmp *.o *.a *.so *.dylib *.dll *.exe *.exe~ *.test *.out *.class *.ctxt *.nar *.ear *.rar .mtj.tmp go.work go.work.sum
  release.properties dependency-reduced-pom.xml buildNumber.properties .mvn/timing.properties .mvn/wrapper/maven-wrapper.jar pom.xml.tag pom.xml.releaseBackup pom.xml.versionsBackup pom.xml.next
`);

/** Names that mean the same wherever they lie. */
const anywhere = new Set(['__pycache__', '.DS_Store', '.ipynb_checkpoints', '.pytest_cache', '.mypy_cache', '.ruff_cache', '.nyc_output', '.vs']);

function names(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((name) => name !== ''));
}

/** How an ignore file names what a tool left under this name (`*` allowed); undefined for all else. */
export function toolLeftover(name: string): string | undefined {
  if (!leftByTools.some((one) => one.names.has(name))) return undefined;
  return anywhere.has(name) || /[*?[]/.test(name) ? `**/${name}` : name;
}

export function isWorthALine(name: string): boolean {
  return !notWorthALine.has(name);
}

/** Files by which it is known that such a tool is used; undefined where it may be used in any project. */
export function leftoverShownBy(name: string): RegExp | undefined {
  return leftByTools.find((one) => one.names.has(name))?.files;
}
