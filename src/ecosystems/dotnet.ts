import { posix } from 'node:path';
import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import type { ClosureRead, Obstacle, ProjectFiles } from './closure.ts';
import { hasOption, readOptions, sameProgram, use, type Call, type Ecosystem } from './ecosystem.ts';

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
  usedBy: ['msbuild', 'nuke', 'cake', 'dotnet-ef'],
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
  artefacts: [
    { name: 'bin', each: true, by: /^(build|publish|test|run|pack)\b/ },
    { name: 'obj', each: true, by: /^(restore|build|publish|test|run|pack)\b/ },
  ],
  projectsBuilt: built,
  leavings: [],
  clearsCaches: /^nuget locals\b.*(--clear|-c)\b/,
  caching,
  // https://learn.microsoft.com/nuget/reference/nuget-config-file#packagesourcecredentials, https://learn.microsoft.com/dotnet/core/tools/dotnet-nuget-remove-source
  credentials: {
    variables: /^(NuGetPackageSourceCredentials_|VSS_NUGET_)/,
    files: /^nuget\.config$/i,
    keeps: [{ call: /\bnuget update source\b/, called: 'nuget update source' }],
  },
  configures: ({ arguments: all }) => {
    const [nuget, verb, source] = all.map(({ value }) => value);
    const at = all.findIndex(({ value }) => value === '-n' || value === '--name');
    const name = all[at + 1]?.text;
    if (nuget !== 'nuget' || verb !== 'add' || source !== 'source' || at < 0 || name === undefined) return undefined;
    return { file: '~/.nuget/NuGet/NuGet.Config', takenBack: ['nuget', 'remove', 'source', name] };
  },
  read(call) {
    const read = readOptions(call, withValue);
    const at = read.rest[0];
    if (at === undefined) return hasOption(read, '--version', '--info', '--list-sdks', '--list-runtimes') ? use('other', -1) : undefined;
    if (call.arguments[at]?.value !== 'restore') return undefined;
    const target = targetOf(call, read);
    if (target === undefined)
      return use('install', at, { fetches: true, closure: () => ({ because: 'the project that it restores is not known', file: undefined }) });
    return use('install', at, { reads: [target], fetches: true, closure: (files) => restored(files, call, read, target) });
  },
  needs(call) {
    const read = readOptions(call, [...withValue, ...ofBuilds]);
    const target = targetOf(call, read);
    if (!builds.includes(call.arguments[read.rest[0] ?? -1]?.value ?? '') || hasOption(read, '--no-restore', '--no-build') || target === undefined)
      return undefined;
    const options = restoring.flatMap((option) => (read.values.get(option) ?? []).map(({ text }) => `${option} ${text}`));
    const known = call.arguments.filter(({ text, value }) => value !== undefined && property.test(text)).map(({ text }) => text);
    const named = target === '.' ? undefined : call.arguments.find(({ value }) => value === target);
    const command = sameProgram(call, ['restore', ...(named ? [named.text] : []), ...options, ...known]);
    return command === undefined ? undefined : { command, closure: (files) => restorable(files, call, read, target) };
  },
};

const builds = ['build', 'publish', 'pack', 'test'];
/** Options of what builds whose value is the next argument. */
const ofBuilds = ['-c', '--configuration', '-o', '--output', '-f', '--framework', '--version-suffix', '--artifacts-path'];
/** What a restore that a build does by itself takes over of the options, but for properties. */
const restoring = ['-r', '--runtime', '-a', '--arch', '--os', '-s', '--source', '--configfile'];

/** `-p:Name=value`, in all its spellings. */
const property = /^(?:--?|\/)p(?:roperty)?:(\w+)=/i;

/** The project, solution or folder that a call names, `.` where it names none; undefined where that is not known. */
function targetOf(call: Call, { rest }: ReturnType<typeof readOptions>): string | undefined {
  const named = rest.slice(1).flatMap((position) => call.arguments[position] ?? []);
  // `/p:Name=value` is an option, `/src/App.csproj` a path.
  const targets = named.filter(({ text }) => !/^\/[a-z]+(:|$)/i.test(text));
  return targets.length === 0 ? '.' : targets.length === 1 ? targets[0]?.value : undefined;
}

/** What a restore reads where the project does not call it: what the build sets besides must decide nothing that it fetches. */
function restorable(files: ProjectFiles, call: Call, read: ReturnType<typeof readOptions>, target: string): ClosureRead {
  const closure = restored(files, call, read, target);
  if ('because' in closure) return closure;
  const texts = closure.files.map((file) => ({ file, text: uncommented(files.text(file) ?? '') }));
  const unknown = call.arguments.filter(({ value }) => value === undefined).flatMap(({ text }) => property.exec(text)?.[1] ?? []);
  const set = ['Configuration', '_IsPublishing', ...unknown];
  const deciding = new RegExp(
    `<(ItemGroup|Import|(Package|Project|Framework)Reference|Package(Version|Download)|TargetFrameworks?|RuntimeIdentifiers?)\\b[^>]*\\$\\((${set.join('|')})\\)`,
  );
  const asked = texts.find(({ text }) => deciding.test(text));
  if (asked) return { because: 'what it restores depends on the properties of the build', file: asked.file };
  if (!texts.some(({ text }) => /<PackageReference\b/.test(text))) return { because: 'no package is required that could be fetched', file: closure.files[0] };
  return closure;
}

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

/** The folders of the project or solution that a call names or finds, and of all that it references, as far as they lie in the context and write beside their projects. */
function built(call: Call, files: ProjectFiles): string[] {
  const target = targetOf(call, readOptions(call, [...withValue, ...ofBuilds]));
  const start = target === undefined ? undefined : isProject.test(target) || isSolution.test(target) ? target : onlyTarget(files, target);
  const projects: string[] = [];
  if (start !== undefined) follow(files, start, new Set(), projects);
  const folders = [...new Set(projects.map((path) => posix.dirname(path)))];
  return folders.filter(
    (folder) => !besidesOf(files, folder).some((path) => /\.props$|\.targets$/.test(path) && movesOutput.test(uncommented(files.text(path) ?? ''))),
  );
}

const movesOutput = /<(BaseOutputPath|OutputPath|OutDir|BaseIntermediateOutputPath|IntermediateOutputPath|ArtifactsPath|UseArtifactsOutput)\b/;

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

/** What was restored is loaded from there by every later call, which restores what is missing unless it is told not to: https://learn.microsoft.com/nuget/consume-packages/managing-the-global-packages-and-cache-folders */
function caching(call: Call, { files }: CachingPlace): CachingRead {
  const read = readOptions(call, [...withValue, ...ofBuilds]);
  const word = call.arguments[read.rest[0] ?? -1]?.value ?? '';
  if (word !== 'restore' && !builds.includes(word) && !['run', 'test', 'pack'].includes(word)) return [];
  const settings = ['nuget.config', 'NuGet.config', 'NuGet.Config'].find((name) => /globalPackagesFolder|repositoryPath/i.test(files.text(name) ?? ''));
  if (settings !== undefined) return { because: 'its settings move the packages', file: settings };
  const directory = directoryOf([read.values.get('--packages')?.at(-1), call.environment('NUGET_PACKAGES')], '~/.nuget/packages');
  if (typeof directory !== 'string') return directory;
  const offline = hasOption(read, '--no-restore', '--no-build');
  return [{ title: "NuGet's packages", directories: [directory], locked: true, livedOn: true, offline }];
}
