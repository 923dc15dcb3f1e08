import { posix } from 'node:path';
import { isDockerfileName } from '../dockerfile-names.ts';
import { fieldsOf, projectIn } from '../ecosystems/javascript/project.ts';
import { once } from '../once.ts';
import type { ContextFiles } from '../workspace/workspace.ts';
import type { Facts } from './facts.ts';
import { overlap } from './paths.ts';

/** Where files of the context name other ones: what a build or the program may read. It is told from the text alone, so it finds too much rather than too little. */

interface Mention {
  /** As written, `./` and `../` taken off, `*` for what is not known. */
  readonly path: string;
  readonly file: string;
  /** It stands in this script of a package.json. */
  readonly script: string | undefined;
}

interface Mentions {
  /** By the first segment of the path. */
  readonly bySegment: ReadonlyMap<string, readonly Mention[]>;
  /** Those whose first segment is a pattern. */
  readonly patterns: readonly Mention[];
  /** Scripts of package.json files by name. */
  readonly scripts: ReadonlyMap<string, string>;
  /** Words of shell scripts and the like, which may name a script. */
  readonly shellWords: ReadonlySet<string>;
  /** There is more than can be looked through. */
  readonly tooLarge: boolean;
}

/** More text than this, in characters, is not looked through. */
const mostText = 40_000_000;

/** Files that nothing reads while an image is built or runs, or that speak of what is there without reading it. */
const unread =
  /(^|\/)(\.github|\.gitlab|\.circleci|\.buildkite|\.husky|\.vscode|\.idea|\.devcontainer|\.git)\/|(^|\/)(\.\w*ignore|\.git\w+|\.gitlab-ci\.yml|\.travis\.yml|\.drone\.yml|\.editorconfig|azure-pipelines[\w.-]*|appveyor\.yml|cloudbuild\.ya?ml|Jenkinsfile|codecov\.yml|renovate\.json5?|\.pre-commit-config\.yaml|CODEOWNERS|\.coveragerc|sonar-project\.properties|\.licenserc[\w.]*|\.release-it[\w.]*|\.?ruff\.toml|\.yamllint[\w.]*|\.markdownlint[\w.-]*|\.eslintrc[\w.]*|eslint\.config\.\w+|\.prettierrc[\w.]*|\.stylelintrc[\w.]*|\.flake8|\.pylintrc|tox\.ini|pytest\.ini|\.nycrc[\w.]*|\.mocharc[\w.]*|jest\.config\.\w+|vitest\.config\.\w+|(docker-)?compose[\w.-]*\.ya?ml|\.?bower\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|[\w.-]+\.lock|go\.sum|LICEN[SC]E[\w.]*|CHANGELOG[\w.]*|\.all-contributorsrc)$|\.(svg|map|csv|po|pot|ipynb|tfvars|tf)$|\.min\.(js|css)$|(^|\/)(?!requirements|constraints|CMakeLists)[^/]*\.txt$/;

/** Files of data name what a build reads where a person wrote them, and so no more than this, in bytes, is looked through. */
const data = /\.(json|jsonl|geojson|ya?ml|xml|sql|html?|css|xlf|resx|snap|pbtxt|tpl|svg)$/;
const mostData = 100_000;

/** Prose, which names files without reading them, but for those that a line includes. */
const prose = /\.(mdx?|rst|adoc)$/;
const includes = /\binclude\b|literalinclude|^\s*import\s|--8<--/;

/** Nothing reads it while an image is built: settings of tools for people, other Dockerfiles, prose. */
export function isUnread(path: string): boolean {
  return unread.test(path) || isDockerfileName(path) || prose.test(path);
}

/** Here a bare word may be the name of a folder. */
const shellLike = /(^|\/)((GNU)?[Mm]akefile|Procfile|Rakefile|Justfile|justfile|MANIFEST\.in|[^/]+\.(sh|bash|mk))$/;

const mentionsOf = once((_sent: object, context: ContextFiles): Mentions => {
  const bySegment = new Map<string, Mention[]>();
  const patterns: Mention[] = [];
  const scripts = new Map<string, string>();
  const shellWords = new Set<string>();
  const modules = goModules(context);
  let size = 0;
  for (const file of context.below('')) {
    if (unread.test(file) || isDockerfileName(file) || (data.test(file) && (context.size(file) ?? 0) > mostData)) continue;
    const text = context.text(file);
    if (text === undefined) continue;
    size += text.length;
    if (size > mostText) break;
    const seen = new Set<string>();
    const add = (path: string, script?: string): void => {
      const key = `${script ?? ''} ${path}`;
      if (seen.has(key)) return;
      seen.add(key);
      const segment = path.split('/')[0] ?? '';
      const mention: Mention = { path, file, script };
      if (/[*?[]/.test(segment)) patterns.push(mention);
      else {
        const others = bySegment.get(segment);
        if (others) others.push(mention);
        else bySegment.set(segment, [mention]);
      }
    };
    if (posix.basename(file) === 'package.json') readPackage(text, scripts, add);
    else readText(file, text, add, modules);
    if (/\.(sh|bash)$|(^|\/)Procfile$/.test(file)) for (const [word] of text.matchAll(/[\w:-]+/g)) shellWords.add(word);
  }
  return { bySegment, patterns, scripts, shellWords, tooLarge: size > mostText };
});

/** Folders of Go modules by the path under which their packages are imported. */
function goModules(context: ContextFiles): Map<string, string> {
  const manifests = context.below('').filter((path) => posix.basename(path) === 'go.mod');
  return new Map(
    manifests.flatMap((path) => {
      const name = /^module\s+"?([^\s"]+)/m.exec(context.text(path) ?? '')?.[1];
      return name === undefined ? [] : [[name, posix.dirname(path)] as const];
    }),
  );
}

/** Fields of package.json that say what is so, or that only tools for people read. */
const described = new Set(
  'name version description keywords author license repository bugs homepage jest mocha nyc c8 ava tap xo eslintConfig prettier husky lint-staged commitlint release files directories contributors'.split(
    ' ',
  ),
);

function readPackage(text: string, scripts: Map<string, string>, add: (path: string, script?: string) => void): void {
  const fields = projectIn({ folder: '/', has: () => true, text: () => text, below: () => [] }, '.')?.fields;
  if (!fields) return;
  for (const [name, script] of Object.entries(fieldsOf(fields['scripts']))) {
    if (typeof script !== 'string') continue;
    scripts.set(name, `${scripts.get(name) ?? ''} ${script}`);
    for (const word of bareWords(script)) add(word, name);
  }
  const rest = Object.fromEntries(Object.entries(fields).filter(([key]) => key !== 'scripts' && !described.has(key) && !/[dD]ependencies$/.test(key)));
  readText('package.json', JSON.stringify(rest, undefined, 1), add);
}

/** Words of a command line behind the program, or with a slash or a dot in them. */
function* bareWords(line: string): Iterable<string> {
  for (const [, before = '', word = ''] of line.matchAll(/(^|[\s"'`=(:;&|]+)([^\s"'`=();&|]+)/g)) {
    const isProgram = before === '' || /[;&|(]/.test(before);
    const path = cleaned(word);
    if (path !== undefined && (!isProgram || word.includes('/'))) yield path;
  }
}

/** Comments, but for those that a compiler obeys. */
const comment = /^\s*(#(\s|#|!\/|$)|\/\/(?!go:)|\*(\s|\/|$)|<!--|;\s|--\s|REM\s|%\s)/;
const settingsOfTools =
  /^\[(tool\.|tool:)?(pytest|ruff|black|isort|mypy|coverage|pylint|flake8|pyright|pydocstyle|bandit|codespell|towncrier|tox|interrogate)\b/;

function readText(file: string, text: string, add: (path: string) => void, modules: ReadonlyMap<string, string> = new Map()): void {
  const shell = shellLike.test(file);
  const sections = /(^|\/)(pyproject\.toml|setup\.cfg)$/.test(file);
  let skipped = false;
  const seen = new Set<string>();
  const windows = /\.(\w*proj|props|targets|slnx?|nuspec)$/.test(file);
  for (const written of text.split('\n')) {
    const line = windows ? written.replaceAll('\\', '/') : written;
    if (sections && line.startsWith('[')) skipped = settingsOfTools.test(line);
    if (prose.test(file) ? !includes.test(line) : skipped || comment.test(line) || line.startsWith('.PHONY')) continue;
    if (line.length > 20_000 || seen.has(line)) continue;
    seen.add(line);
    // It names what it builds from, and reads nothing itself.
    if (/\b(docker|podman|buildah|docker-compose|buildx)\s+[\w-]/.test(line)) continue;
    // Quoted and nothing else: an element of a list, an argument; no key and no value that is compared.
    for (const [, word = ''] of line.matchAll(/(?:[[(,]\s*|^\s*-?\s*|\+\s*|\/\s*|[:=]\s*)["'`]([\w.@-]+)["'`](?!\s*:)/g)) add(word);
    for (const [word] of line.matchAll(/[^\s"'`<>|;,:=(){}[\]]+/g)) {
      const path = word.includes('/') || /[\w*]\.\w/.test(word) ? cleaned(word) : undefined;
      if (path !== undefined) add(path);
    }
    const imported = file.endsWith('.py') ? /^\s*(?:from|import)\s+(\w+)/.exec(line)?.[1] : undefined;
    if (imported !== undefined) add(imported);
    if (file.endsWith('.go'))
      for (const [, path = ''] of line.matchAll(/"([^"\s]+\/[^"\s]+)"/g))
        for (const [module, folder] of modules) if (path.startsWith(`${module}/`)) add(posix.join(folder, path.slice(module.length + 1)));
    if (line.includes('go:embed')) for (const path of bareWords(line)) add(path);
    if (/^\s*-\s+[\w.-]+\s*$/.test(line)) add(line.replace(/^\s*-\s+/, '').trim());
    if (shell)
      for (const path of bareWords(line.replace(/\b(npm|yarn|pnpm|bun|make|go|cargo|mvn|gradle|dotnet|mix|composer|rake)\s+(run\s+)?[\w:-]+/g, ''))) add(path);
  }
}

/** A word as a path from some folder; undefined for what is none. */
function cleaned(word: string): string | undefined {
  if (/^\w+:\/\/|^@?\w+@|^\/\//.test(word)) return undefined;
  const path = word
    .replaceAll(/\$\{[^}]*\}|\$\([^)]*\)|\$\w+|%\w+%/g, '')
    .replace(/^((\.{1,2}|~)?\/+)+/, '')
    .replace(/[/.,!]+$/, '');
  return /^[\w.@+*?{}/-]{1,300}$/.test(path) && /\w/.test(path) ? path : undefined;
}

/** A file of the context that names what the pattern of an ignore file hides, other than what it hides itself; the path is its own. */
export function mentionOf(facts: Facts, pattern: string, hides: (path: string) => boolean): string | undefined {
  const mentions = mentionsOf(facts.context.sent, facts.context);
  if (mentions.tooLarge) return 'the context holds more text than is looked through';
  const segments = pattern.replace(/^(\*\*\/)+/, '').split('/');
  const reached = scriptsReached(facts, mentions);
  for (let depth = 0; depth < segments.length; depth++) {
    const rest = segments.slice(depth).join('/');
    const above = segments.slice(0, depth).join('/');
    for (const { path, file, script } of candidates(mentions, segments[depth] ?? '')) {
      if (hides(file) || (script !== undefined && !reached.has(script))) continue;
      if (above !== '' && !file.startsWith(`${above}/`)) continue;
      if (names(path, rest)) return file;
    }
  }
  return undefined;
}

function candidates({ bySegment, patterns }: Mentions, segment: string): readonly Mention[] {
  if (!/[*?[]/.test(segment)) return [...(bySegment.get(segment) ?? []), ...patterns];
  return [...bySegment].filter(([name]) => overlap(name, segment)).flatMap(([, found]) => found);
}

/** A pattern of a file names what it ends like; one for files of all kinds names nothing. */
function names(mentioned: string, path: string): boolean {
  if (!/[*?[]/.test(mentioned)) return overlap(mentioned, path.replaceAll(/\[[^\]]*\]/g, '?'));
  const last = mentioned.split('/').at(-1) ?? '';
  if (mentioned.startsWith('*')) return /\.\w+$/.test(last) && overlap(last, posix.basename(path)) && !/[*?[]/.test(path);
  return /^\.?\w\w/.test(mentioned) && overlap(mentioned.replace(/\/?\*\*.*$/, ''), path);
}

/** Scripts of package.json that the Dockerfile, or a shell script, may call, and those that they call. */
const scriptsReached = once((facts: Facts, { scripts, shellWords }: Mentions): ReadonlySet<string> => {
  const words = new Set(facts.dockerfile.text.match(/[\w:.-]+/g));
  for (const word of shellWords) words.add(word);
  const reached = new Set<string>();
  const queue = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish', ...[...scripts.keys()].filter((name) => words.has(name))];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const script = scripts.get(name);
    if (script === undefined || reached.has(name)) continue;
    reached.add(name);
    queue.push(`pre${name}`, `post${name}`, ...(script.match(/[\w:.-]+/g) ?? []).filter((word) => scripts.has(word)));
  }
  return reached;
});
