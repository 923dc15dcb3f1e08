import { posix } from 'node:path';
import type { ClosureRead, Obstacle, ProjectFiles } from './closure.ts';
import { hasOption, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';

const withValue = [
  '-r',
  '--runtime',
  '-s',
  '--source',
  '--packages',
  '--configfile',
  '--lock-file-path',
  '-v',
  '--verbosity',
  '-a',
  '--arch',
  '--os',
  '-p',
  '--property',
];

/** https://learn.microsoft.com/dotnet/core/tools/dotnet-restore. What it fetches, every later call loads from where it lies. */
export const dotnet: Ecosystem = {
  id: 'dotnet',
  programs: ['dotnet'],
  manifests: [
    '*.csproj',
    '*.fsproj',
    '*.vbproj',
    '*.sln',
    '*.slnx',
    'Directory.Build.props',
    'Directory.Build.targets',
    'Directory.Packages.props',
    'global.json',
    'packages.config',
    'packages.lock.json',
    'nuget.config',
    'NuGet.config',
    'NuGet.Config',
  ],
  leavings: [],
  read(call) {
    const read = readOptions(call, withValue);
    const at = read.rest[0];
    if (at === undefined) return hasOption(read, '--version', '--info', '--list-sdks', '--list-runtimes') ? use('other', -1) : undefined;
    if (call.arguments[at]?.value !== 'restore') return undefined;
    const named = read.rest.slice(1).flatMap((position) => call.arguments[position] ?? []);
    // `/p:Name=value` is an option, `/src/App.csproj` a path.
    const targets = named.filter(({ text }) => !/^\/[a-z]+(:|$)/i.test(text));
    const target = targets.length === 0 ? '.' : targets[0]?.value;
    if (target === undefined || targets.length > 1)
      return use('install', at, { closure: () => ({ because: 'the project that it restores is not known', file: undefined }) });
    return use('install', at, { reads: [target], closure: (files) => restored(files, call, read, target) });
  },
};

/** Files that MSBuild and NuGet look for in a project's folder and in every one above it. */
const besides = [
  'Directory.Build.props',
  'Directory.Build.targets',
  'Directory.Build.rsp',
  'Directory.Packages.props',
  'Directory.Solution.props',
  'Directory.Solution.targets',
  'MSBuild.rsp',
  'global.json',
  'nuget.config',
  'NuGet.config',
  'NuGet.Config',
];
const isProject = /\.\w*proj$/;
const isSolution = /\.slnx?$/;
/** Properties by which a restore reads or writes elsewhere: https://learn.microsoft.com/nuget/reference/msbuild-targets#restore-properties */
const elsewhere =
  /<(RestoreSources|RestoreAdditionalProjectSources|RestoreFallbackFolders|RestoreConfigFile|RestorePackagesPath|RestoreOutputPath|NuGetLockFilePath|BaseIntermediateOutputPath|MSBuildProjectExtensionsPath|ArtifactsPath|UseArtifactsOutput)\b/;

function restored(files: ProjectFiles, call: Call, read: ReturnType<typeof readOptions>, target: string): ClosureRead {
  const given = (...options: readonly string[]): (string | undefined)[] => options.flatMap((option) => read.values.get(option) ?? []).map(({ value }) => value);
  const sources = given('-s', '--source');
  if (sources.some((source) => source === undefined || !/^https?:/.test(source)))
    return { because: 'packages may come from a folder of the project', file: undefined };
  if (hasOption(read, '--packages', '--lock-file-path')) return { because: 'it reads or writes packages in a folder of its own', file: undefined };
  const start = isProject.test(target) || isSolution.test(target) ? target : onlyTarget(files, target);
  if (start === undefined) return { because: 'there is not exactly one project or solution that it could restore', file: target };
  const found = new Set<string>();
  const projects: string[] = [];
  const obstacle = follow(files, start, found, projects);
  if (obstacle) return obstacle;
  for (const folder of new Set([posix.dirname(start), '.'])) for (const path of besidesOf(files, folder)) found.add(path);
  for (const config of given('--configfile')) {
    if (config === undefined || !files.has(config)) return { because: 'the install reads a file that the build context does not hold', file: config };
    found.add(config);
  }
  for (const path of found) {
    const text = uncommented(files.text(path) ?? '');
    if (/nuget\.config$/i.test(path) && namesFolder(text)) return { because: 'packages may come from a folder of the project', file: path };
  }
  const packages = call.environment('NUGET_PACKAGES');
  const outputs = projects.map((path) => posix.join(posix.dirname(path), 'obj'));
  const floating = [...found].find((path) =>
    /<Package(Reference|Version|Download)\b[^>]*\bVersion(Override)?\s*=\s*"[^"]*\*|<Version>[^<]*\*/.test(files.text(path) ?? ''),
  );
  return {
    files: [...found],
    outputs: [...new Set([...outputs, ...(packages ? [packages] : [])])],
    floating: floating === undefined ? undefined : `a version with \`*\` in ${floating}`,
  };
}

/** The one project or solution in a folder. */
function onlyTarget(files: ProjectFiles, folder: string): string | undefined {
  const candidates = files.below(folder).filter((path) => posix.dirname(path) === posix.normalize(folder) && (isProject.test(path) || isSolution.test(path)));
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** Adds a solution, a project, or a file that one imports, with all that it names. */
function follow(files: ProjectFiles, path: string, found: Set<string>, projects: string[], project = path): Obstacle | undefined {
  if (found.has(path)) return undefined;
  const text = files.text(path);
  if (text === undefined) return { because: 'the install reads a project file that the build context does not hold', file: path };
  found.add(path);
  const body = uncommented(text);
  if (isSolution.test(path)) {
    for (const member of membersOf(path, body)) {
      const obstacle = follow(files, posix.join(posix.dirname(path), member), found, projects);
      if (obstacle) return obstacle;
    }
    return undefined;
  }
  if (elsewhere.test(body)) return { because: `${elsewhere.exec(body)?.[1] ?? ''} says that it reads or writes elsewhere`, file: path };
  if (/System\.IO\.|GetDirectoryNameOfFileAbove/.test(body)) return { because: 'it reads files while it is evaluated', file: path };
  if (/\b(BeforeTargets|AfterTargets)\s*=\s*"[^"]*Restore|InitialTargets\s*=/.test(body))
    return { because: 'it runs a target of its own when it is restored', file: path };
  const named = namedBy(files, path, project, body);
  if (!Array.isArray(named)) return named;
  if (isProject.test(path)) {
    projects.push(path);
    const folder = posix.dirname(path);
    named.push(
      ...besidesOf(files, folder),
      ...['packages.lock.json', 'packages.config'].map((name) => posix.join(folder, name)).filter((name) => files.has(name)),
    );
  }
  for (const one of named) {
    const obstacle = /\.(\w*proj|props|targets|projitems)$/.test(one) ? follow(files, one, found, projects, isProject.test(one) ? one : project) : undefined;
    if (obstacle) return obstacle;
    found.add(one);
  }
  return undefined;
}

/** `Project("{…}") = "Name", "src\App\App.csproj", "{…}"`, and `<Project Path="…"`; folders of the solution are no projects. */
function membersOf(path: string, text: string): string[] {
  const pattern = path.endsWith('.slnx') ? /<Project\b[^>]*\bPath\s*=\s*"([^"]*)"/g : /^Project\("[^"]*"\)\s*=\s*"[^"]*",\s*"([^"]*)"/gm;
  return [...text.matchAll(pattern)].map(([, member = '']) => member.replaceAll('\\', '/')).filter((member) => isProject.test(member));
}

/** Projects and files that an MSBuild file names: https://learn.microsoft.com/visualstudio/msbuild/common-msbuild-project-items */
function namedBy(files: ProjectFiles, path: string, project: string, text: string): string[] | Obstacle {
  const found: string[] = [];
  for (const [tag, kind] of text.matchAll(/<(ProjectReference|Import)\b[^>]*>/g)) {
    const written = new RegExp(`\\b${kind === 'Import' ? 'Project' : 'Include'}\\s*=\\s*"([^"]*)"`).exec(tag)?.[1];
    if (written === undefined || (kind === 'Import' && /\bSdk\s*=/.test(tag))) continue;
    // It names what every folder above is searched for anyway.
    if (/GetPathOfFileAbove\(\s*'?Directory\.(Build|Packages)\.(props|targets)/.test(written)) continue;
    for (const value of written.split(';')) {
      const plain = value
        .trim()
        .replaceAll('\\', '/')
        .replaceAll('$(MSBuildThisFileDirectory)', `${posix.dirname(path)}/`)
        .replaceAll(/\$\(MSBuildProjectDirectory\)\/?/g, `${posix.dirname(project)}/`);
      if (plain === '') continue;
      if (/[$%@*?]/.test(plain)) return { because: `what \`${value.trim()}\` stands for is not known`, file: path };
      const own = /\$\(MSBuild(ThisFile|Project)Directory\)/.test(value) || posix.isAbsolute(plain);
      const from = kind === 'Import' ? path : project;
      const file = posix.normalize(own ? plain : posix.join(posix.dirname(from), plain));
      if (files.has(file)) found.push(file);
      else if (!/\bCondition\s*=/.test(tag)) return { because: 'the install reads a project file that the build context does not hold', file };
    }
  }
  for (const [, written = ''] of text.matchAll(/\bExists\(\s*'([^']*)'/gi)) {
    const file = posix.join(posix.dirname(path), written.replaceAll('\\', '/').replaceAll('$(MSBuildThisFileDirectory)', ''));
    if (/[$%@]/.test(file) || files.below(file).length > 0) return { because: `it asks whether \`${written}\` exists`, file: path };
    if (files.has(file)) found.push(file);
  }
  return found;
}

function besidesOf(files: ProjectFiles, folder: string): string[] {
  const found: string[] = [];
  let at = posix.normalize(folder);
  for (let up = 0; up < 16; up++) {
    found.push(...besides.map((name) => posix.join(at, name)).filter((name) => files.has(name)));
    if (at === '/') break;
    at = posix.join(at, '..');
  }
  return found;
}

/** A package source that is no URL, or packages in a folder of their own. */
function namesFolder(text: string): boolean {
  const sources = /<packageSources>([^]*?)<\/packageSources>/i.exec(text)?.[1] ?? '';
  return (
    /globalPackagesFolder|repositoryPath|fallbackPackageFolders/i.test(text) ||
    [...sources.matchAll(/\bvalue\s*=\s*"([^"]*)"/gi)].some(([, value = '']) => !/^https?:/i.test(value))
  );
}

function uncommented(text: string): string {
  return text.replaceAll(/<!--[^]*?-->/g, '');
}
