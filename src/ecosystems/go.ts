import { posix } from 'node:path';
import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import type { Closure, ClosureRead, Obstacle, ProjectFiles } from './closure.ts';
import { readOptions, sameProgram, use, type Call, type Ecosystem } from './ecosystem.ts';

const builds = ['build', 'install', 'test', 'vet', 'run', 'generate', 'list'];
const looksOnly = ['version', 'env', 'help', 'fmt', 'doc'];
/** Variables that say what is built and how, not what is fetched. */
const ofBuilds = /^(CGO_\w+|CC|CXX|GO(OS|ARCH|ARM|ARM64|AMD64|386|MIPS|MIPS64|PPC64|RISCV64|WASM|GC|MEMLIMIT|CACHE|EXPERIMENT))$/;

/** https://go.dev/ref/mod. What builds runs nothing of the project but `go generate`; its effects are not known, so only the modules it needs are told. */
export const go: Ecosystem = {
  id: 'go',
  programs: ['go'],
  usedBy:
    'mage goreleaser gox ginkgo golangci-lint staticcheck wails xcaddy packr packr2 ko revel buffalo swag templ gotestsum operator-sdk controller-gen fyne garble govendor tinygo air reflex CompileDaemon gow dlv fresh'.split(
      ' ',
    ),
  manifests: ['go.mod', 'go.sum', 'go.work', 'go.work.sum'],
  leavings: [],
  movesCaches: /^env -w (GOMODCACHE|GOPATH|GOCACHE|GOFLAGS)/,
  clearsCaches: /^clean( -(cache|modcache|testcache|fuzzcache))+$/,
  caching,
  // https://docs.docker.com/build/building/multi-platform/#cross-compilation, https://go.dev/doc/install/source#environment
  crosses(call, platforms) {
    const action = call.arguments[0]?.value;
    if (action === 'install' || action === 'run')
      return { because: 'what it builds lies elsewhere, or runs here, where it builds for another platform', file: undefined };
    if (action !== 'build') return undefined;
    if (call.environment('CGO_ENABLED') !== '0')
      return { because: 'it may compile C, for which a compiler for each platform would be needed: CGO_ENABLED=0 says that it does not', file: undefined };
    if (call.environment('GOARCH') !== undefined || call.isUnknown('GOARCH') || call.isUnknown('GOOS'))
      return { because: 'it says itself what it builds for', file: undefined };
    const system = call.environment('GOOS') === undefined ? [{ name: 'GOOS', value: '$TARGETOS', argument: 'TARGETOS' }] : [];
    const variant = platforms.some((platform) => /\/arm\/v\d$/.test(platform))
      ? [{ name: 'GOARM', value: '${TARGETVARIANT#v}', argument: 'TARGETVARIANT' }]
      : [];
    return { settings: [...system, { name: 'GOARCH', value: '$TARGETARCH', argument: 'TARGETARCH' }, ...variant] };
  },
  read(call) {
    const read = readOptions(call, ['-C', '-mod', '-modfile', '-o', '-ldflags', '-tags', '-gcflags', '-p', '-asmflags']);
    const at = read.rest[0];
    const word = at === undefined ? undefined : call.arguments[at]?.value;
    if (at === undefined || word === undefined) return undefined;
    if (looksOnly.includes(word)) return use('other', at);
    if (setsModules(call) || word !== 'mod' || call.arguments[read.rest[1] ?? -1]?.value !== 'download') return undefined;
    // A module named behind it is fetched alone.
    if (read.rest.length > 2) return use('other', at);
    return use('install', at, { reads: ['go.mod', 'go.sum'], fetches: true, closure: (files) => modules(files, call) });
  },
  needs(call) {
    const read = readOptions(call, []);
    const word = call.arguments[read.rest[0] ?? -1]?.value;
    if (word === undefined || !builds.includes(word) || setsModules(call)) return undefined;
    // `go install name@version` looks at no go.mod.
    if (read.rest.some((position) => call.arguments[position]?.text.includes('@'))) return undefined;
    const command = sameProgram(call, ['mod', 'download'], ofBuilds);
    return command === undefined
      ? undefined
      : { command, kept: /^\/go\/?$|\/pkg(\/mod)?\/?$/, unused: /\/go-build\/?$/, closure: (files) => fetchable(files, call) };
  },
};

/** Variables of golang's own images: https://github.com/docker-library/golang */
const ownImage = /^([\w./-]+\/)?golang(:|@|$)/;
const fetching = ['download', 'tidy', 'why', 'graph', 'verify'];

/** https://go.dev/ref/mod#module-cache and https://pkg.go.dev/cmd/go#hdr-Build_and_test_caching */
function caching(call: Call, { base, files }: CachingPlace): CachingRead {
  const read = readOptions(call, ['-C', '-mod', '-modfile', '-o', '-ldflags', '-tags', '-gcflags', '-p', '-asmflags']);
  const words = read.rest.map((position) => call.arguments[position]?.value ?? '');
  const fetches =
    words[0] === 'get' || words[0] === 'work' || (words[0] === 'mod' && fetching.includes(words[1] ?? '')) || (words[0] === 'mod' && words[1] === 'vendor');
  const compiles = builds.includes(words[0] ?? '') && words[0] !== 'list';
  if (!fetches && !compiles && words[0] !== 'list') return [];
  const path = call.environment('GOPATH') ?? (ownImage.test(base.image) ? '/go' : '~/go');
  const fetched = directoryOf([call.environment('GOMODCACHE')], `${path}/pkg/mod`);
  const compiled = directoryOf([call.environment('GOCACHE')], '~/.cache/go-build');
  if (typeof fetched !== 'string') return fetched;
  if (typeof compiled !== 'string') return compiled;
  const { modules: hasModules, cache: hasCache } = releaseOf(call, base.image);
  const inModule = hasModules ?? (words[0] === 'mod' || files.has('go.mod') || call.environment('GO111MODULE') === 'on');
  const vendored = !fetches && (isVendored(call) || files.has('vendor/modules.txt'));
  return [
    ...(vendored || !inModule
      ? []
      : [
          {
            title: "go's modules",
            directories: [fetched],
            livedOn: true,
            offline: call.environment('GOPROXY') === 'off',
            inWritable: fetched.startsWith('/go/') && ownImage.test(base.image),
          },
        ]),
    ...(compiles && hasCache && !compilesAnew(call, read.rest) ? [{ title: 'what go compiled', directories: [compiled] }] : []),
  ];
}

/** By a flag of its own or of all calls: https://go.dev/ref/mod#build-commands */
function isVendored(call: Call): boolean {
  const flags = [call.environment('GOFLAGS') ?? '', ...call.arguments.map(({ text }) => text)].join(' ');
  return /(^|\s)--?mod[= ]vendor(\s|$)/.test(flags);
}

/** `-a` reads nothing of the cache: https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies. What `go run` is given behind the package is the program's. */
function compilesAnew(call: Call, [action = -1, second]: readonly number[]): boolean {
  const own = call.arguments.slice(action + 1, call.arguments[action]?.value === 'run' ? second : undefined);
  return own.some(({ text }) => /^--?a(=true)?$/.test(text));
}

/**
 * Modules came with Go 1.11 and are the default since 1.16, the cache of what is compiled came with 1.10: https://go.dev/doc/devel/release. `undefined`: a go.mod decides.
 * The variable is that of golang's own images, which installations of one's own take over.
 */
function releaseOf(call: Call, image: string): { readonly modules: boolean | undefined; readonly cache: boolean } {
  const [, tagged] = /golang:1\.(\d+)/.exec(image) ?? [];
  const [, named] = /^(?:go)?1\.(\d+)/.exec(call.environment('GOLANG_VERSION') ?? call.environment('GO_VERSION') ?? '') ?? [];
  const minor = Number(tagged ?? named ?? 99);
  return { modules: minor >= 16 ? true : minor < 11 ? false : undefined, cache: minor >= 10 };
}

/** Modules come from somewhere else than go.mod says, or are written with other permissions. */
function setsModules(call: Call): boolean {
  const work = call.environment('GOWORK');
  return (
    call.arguments.some(({ text }) => /^--?(mod|modfile|modcacherw|C)\b/.test(text)) ||
    /-mod(file)?=/.test(call.environment('GOFLAGS') ?? '') ||
    call.environment('GO111MODULE') === 'off' ||
    (work !== undefined && work !== '' && work !== 'off')
  );
}

interface Module {
  /** Its go.mod, and the folder that holds it. */
  readonly manifest: string;
  readonly folder: string;
  readonly text: string;
}

interface Project extends Closure {
  readonly root: string;
  readonly modules: readonly Module[];
  /** Texts of go.work and of each go.mod. */
  readonly replacing: readonly string[];
}

function modules(files: ProjectFiles, call: Call): Project | Obstacle {
  const work = call.environment('GOWORK') === 'off' ? undefined : above(files, 'go.work');
  const manifest = above(files, 'go.mod');
  const root = posix.dirname(work ?? manifest ?? 'go.mod');
  const workText = work === undefined ? '' : (files.text(work) ?? '');
  const members = work === undefined ? [root] : directives(workText, 'use').map((body) => posix.join(root, unquoted(body)));
  const found = new Set<string>(work === undefined ? [] : [work]);
  const main: Module[] = [];
  for (const folder of members) {
    const path = posix.join(folder, 'go.mod');
    const text = files.text(path);
    if (text === undefined) return { because: 'the build context does not hold the go.mod of the module', file: path };
    found.add(path);
    main.push({ manifest: path, folder, text });
    const sum = posix.join(folder, 'go.sum');
    if (files.has(sum)) found.add(sum);
  }
  const workSum = posix.join(root, 'go.work.sum');
  if (work !== undefined && files.has(workSum)) found.add(workSum);
  const places = [...(work === undefined ? [] : [{ folder: root, text: workText }]), ...main];
  for (const { folder, text } of places)
    for (const { to } of replacements(text)) {
      if (!isLocal(to)) continue;
      const path = posix.isAbsolute(to) ? posix.join(to, 'go.mod') : posix.join(folder, to, 'go.mod');
      if (!files.has(path)) return { because: 'a module is replaced by a folder that the build context does not hold', file: path };
      found.add(path);
    }
  return { files: [...found], outputs: [], floating: undefined, root, modules: main, replacing: places.map(({ text }) => text) };
}

/** What `go mod download` reads where the project does not call it: it must fetch nothing but what the build would. */
function fetchable(files: ProjectFiles, call: Call): ClosureRead {
  const project = modules(files, call);
  if ('because' in project) return project;
  const vendored = posix.join(project.root, 'vendor/modules.txt');
  if (files.has(vendored)) return { because: 'the modules are in the repository', file: vendored };
  const replaced = project.replacing.flatMap(replacements);
  const own = new Set(project.modules.flatMap(({ text }) => directives(text, 'module').map(unquoted)));
  const sums = project.files.filter((file) => file.endsWith('.sum')).map((file) => files.text(file) ?? '');
  const lines = new Set(
    sums
      .join('\n')
      .split(/\r?\n/)
      .map((line) => line.replace(/ h1:.*$/, ' h1:')),
  );
  let required = 0;
  for (const { manifest, text } of project.modules)
    for (const { name, version } of requirements(text)) {
      const by = replaced.find((one) => one.from === name && (one.version === undefined || one.version === version));
      if (own.has(name) || (by && isLocal(by.to))) continue;
      required++;
      // It would fetch what a build can do without: https://go.dev/ref/mod#go-mod-download.
      if (!lines.has(by ? `${by.to} ${by.toVersion ?? ''} h1:` : `${name} ${version} h1:`))
        return { because: `go.sum has no checksum of ${name}, so that it may be one that no build fetches`, file: manifest };
    }
  if (required === 0) return { because: 'no module is required that could be fetched', file: project.files[0] };
  const old = project.modules.find(({ text }) => !listsAll(text));
  const { files: read, outputs, floating } = project;
  // https://go.dev/ref/mod#graph-pruning: the go.mod of an older one does not list what its requirements require.
  const differs =
    old && `${old.manifest} is older than Go 1.17: \`go mod download\` also fetches modules that only other modules require, and fails where one is gone`;
  return { files: read, outputs, floating, differs };
}

/** The first of a name in the folder or above it. */
function above(files: ProjectFiles, name: string): string | undefined {
  for (let up = 0; up < 12; up++) {
    const path = `${'../'.repeat(up)}${name}`;
    if (files.has(path)) return path;
  }
  return undefined;
}

interface Requirement {
  readonly name: string;
  readonly version: string;
}

function requirements(text: string): Requirement[] {
  return directives(text, 'require').map((body) => {
    const [name = '', version = ''] = body.split(/\s+/).map(unquoted);
    return { name, version };
  });
}

interface Replacement {
  readonly from: string;
  /** The only version that is replaced. */
  readonly version: string | undefined;
  /** A folder, or a module with its version. */
  readonly to: string;
  readonly toVersion: string | undefined;
}

function replacements(text: string): Replacement[] {
  return directives(text, 'replace').map((body) => {
    const [before = '', after = ''] = body.split('=>');
    const [from = '', version] = before.trim().split(/\s+/).map(unquoted);
    const [to = '', toVersion] = after.trim().split(/\s+/).map(unquoted);
    return { from, version, to, toVersion };
  });
}

function isLocal(path: string): boolean {
  return /^(\.{0,2}\/|\.{1,2}$)/.test(path);
}

/** From Go 1.17 on a go.mod lists all that its packages are built from. */
function listsAll(text: string): boolean {
  const [, minor = '0'] = /^1\.(\d+)/.exec(directives(text, 'go')[0] ?? '') ?? [];
  return Number(minor) >= 17;
}

function unquoted(word: string): string {
  return word.replaceAll(/["`]/g, '');
}

/** The bodies of a directive, on its line or in its block, without comments. */
function directives(text: string, name: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/\/\/.*$/, '').trim());
  const found: string[] = [];
  let inside = false;
  for (const line of lines) {
    if (inside && line === ')') inside = false;
    else if (inside) found.push(line);
    else if (new RegExp(`^${name}\\s*\\($`).test(line)) inside = true;
    else if (new RegExp(`^${name}\\s`).test(line)) found.push(line.slice(name.length + 1).trim());
  }
  return found.filter((line) => line !== '');
}
