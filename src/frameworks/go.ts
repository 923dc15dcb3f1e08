import { posix } from 'node:path';
import type { Linking } from '../bases/preferred-rows.ts';
import type { Obstacle, ProjectFiles } from '../ecosystems/closure.ts';
import { readOptions } from '../ecosystems/ecosystem.ts';
import type { Artefact, Build, BuildCall, Framework, Program } from './framework.ts';
import { startedBinary } from './started-binary.ts';

/** Options of `go build` with a value: https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies */
const withValue =
  '-C -p -asmflags -buildmode -buildvcs -compiler -gccgoflags -gcflags -installsuffix -ldflags -mod -modfile -o -overlay -pgo -pkgdir -tags -toolexec'.split(
    ' ',
  );

/** A program of Go: one binary, which holds what it embeds and reads all else from where it stands. */
export const go: Framework = {
  id: 'go',
  builders: new Set(['go']),
  buildVariables:
    /^(CGO_\w+|GO(OS|ARCH|ARM|ARM64|AMD64|CACHE|MODCACHE|PATH|PROXY|PRIVATE|NOPROXY|NOSUMDB|SUMDB|INSECURE|FLAGS|BIN|ENV|TOOLCHAIN|WORK|EXPERIMENT|111MODULE)|GO111MODULE)$/,
  program(build) {
    for (const made of build.calls.toReversed()) {
      const binaries = binariesOf(made);
      if (!Array.isArray(binaries)) return binaries;
      const artefact = binaries.flatMap((path) => startedBinary(build, path, own) ?? [])[0];
      if (artefact) return programOf(build, artefact, made);
    }
    return undefined;
  },
};

/** Absolute paths of what a call builds; none where it builds nothing that runs, or this is not known. */
function binariesOf({ call, workdir, files }: BuildCall): string[] | Obstacle {
  if (call.program !== 'go') return [];
  const read = readOptions(call, withValue);
  const words = read.rest.map((position) => call.arguments[position]?.value);
  const [action, ...packages] = words;
  if ((action !== 'build' && action !== 'install') || words.includes(undefined)) return [];
  const valueOf = (option: string): string | undefined => read.values.get(option)?.at(-1)?.value;
  const system = call.environment('GOOS');
  if (call.isUnknown('GOOS') || (system !== undefined && system !== '' && system !== 'linux'))
    return { because: 'it is built for another system than the image', file: undefined };
  const mode = valueOf('-buildmode');
  if (mode !== undefined && mode !== 'exe' && mode !== 'pie') return [];
  const names = (packages.length > 0 ? packages : ['.']).flatMap((one) => nameOf(one ?? '', workdir, files) ?? []);
  if (action === 'install') return names.map((name) => posix.join(call.environment('GOBIN') ?? `${call.environment('GOPATH') ?? '/go'}/bin`, name));
  if (!read.values.has('-o')) return names.length === 1 ? [posix.join(workdir, names[0] ?? '')] : [];
  const output = valueOf('-o');
  if (output === undefined) return [];
  const path = posix.resolve(workdir, output);
  return output.endsWith('/') ? names.map((name) => posix.join(path, name)) : [path];
}

/** What `go build` calls the program of a package: https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies */
function nameOf(path: string, workdir: string, files: ProjectFiles): string | undefined {
  if (path.includes('...') || path.includes('@')) return undefined;
  if (path.endsWith('.go')) return posix.basename(path, '.go');
  const folder = posix.relative(workdir, posix.resolve(workdir, path));
  const module = /^module\s+"?([^\s"]+)/m.exec(files.text('go.mod') ?? '')?.[1];
  if (path.startsWith('.') && folder !== '') return posix.basename(folder);
  const name = path.startsWith('.') ? module : path;
  return name === undefined ? undefined : posix.basename(name.replace(/\/v\d+$/, ''));
}

/** Folders in which golang's image alone looks for programs: https://github.com/docker-library/golang */
const own = ['/go/bin', '/usr/local/go/bin'];

/** What opens files by a path. */
const opensFiles =
  /\b(os\.(Open|OpenFile|ReadFile|ReadDir|Stat|Lstat|DirFS|OpenRoot)|ioutil\.Read(File|Dir)|filepath\.(Walk|WalkDir|Glob)|template\.ParseFiles|\.ParseFiles|\.ParseGlob|http\.(Dir|FileServer|ServeFile)|LoadHTML\w+|\.Static(File|FS)?|plugin\.Open|viper\.|godotenv\.|toml\.DecodeFile|sqlite3?|file:\/\/)/;

function programOf({ files, readable }: Build, artefact: Artefact, made: BuildCall): Program | Obstacle {
  const sources = files.below('/').filter((path) => path.endsWith('.go') && !path.endsWith('_test.go') && !/(^|\/)vendor\//.test(path));
  const embedded: string[] = [];
  let reads: string | undefined;
  for (const path of sources) {
    const text = files.text(path);
    if (text === undefined) return { because: 'a file of the source cannot be looked through', file: path };
    for (const [, patterns = ''] of text.matchAll(/^\/\/go:embed\s+(.*)$/gm))
      for (const pattern of patterns.trim().split(/\s+/))
        embedded.push(posix.join(posix.dirname(path), pattern.replace(/^all:/, '').replace(/\/?[^/]*[*?[].*$/, '')));
    if (opensFiles.test(text)) reads ??= path;
  }
  const isEmbedded = (path: string): boolean => embedded.some((one) => path === one || path.startsWith(`${one}/`));
  return {
    title: 'the binary',
    artefacts: [artefact],
    reads: reads ?? readable.find((path) => !ofBuild.test(path) && !isEmbedded(path)),
    links: linksOf(made, sources, files),
  };
}

/** Without cgo to nothing; with it the standard library is linked to that of C, and code of C to what it names: https://pkg.go.dev/cmd/cgo */
function linksOf({ call, files: module }: BuildCall, sources: readonly string[], files: ProjectFiles): Linking {
  if (call.environment('CGO_ENABLED') === '0') return 'nothing';
  const isOwnAlone = !/^\s*require\b/m.test(module.text('go.mod') ?? 'require');
  return isOwnAlone && !sources.some((path) => /^import\s+"C"/m.test(files.text(path) ?? '')) ? 'libc' : 'compiler libraries';
}

/** What the compiler reads, or tests do. */
const ofBuild =
  /\.(go|s|c|h|cc|cpp|hpp|proto|mod|sum|work)$|(^|\/)(vendor|testdata)\/|(^|\/)((GNU)?[Mm]akefile|[Tt]askfile\.ya?ml|\.golangci\.ya?ml|\.goreleaser\.ya?ml|magefile\.go)$/;
