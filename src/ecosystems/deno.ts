import { posix } from 'node:path';
import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import { isObstacle, type ClosureRead, type Obstacle, type ProjectFiles } from './closure.ts';
import { hasOption, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';
import { parser } from './javascript/parsers.ts';
import { commentedJsonOf, jsonOf, tableAt, textOf, type Table } from './tables.ts';

const withValue = [
  '-c',
  '--config',
  '--import-map',
  '--lock',
  '--cert',
  '--reload',
  '-r',
  '--node-modules-dir',
  '--env-file',
  '-o',
  '--output',
  '--target',
  '--os',
  '--arch',
];
const installing = ['install', 'i', 'ci'];
/** Calls that fetch what they miss. */
const fetching = [...installing, 'add', 'cache', 'compile', 'bundle', 'check', 'test', 'task', 'run'];
/** `--entrypoint main.ts` reads all that the file imports, `-g` makes a program of it; others say what is read, and where it goes. */
const notOfTheConfiguration = '-g --global -e --entrypoint -c --config --import-map --lock --allow-scripts --node-modules-dir --vendor'.split(' ');
const configurations = ['deno.json', 'deno.jsonc'];
const manifestNames = [...configurations, 'package.json'];
/** https://github.com/denoland/deno_docker: `DENO_DIR=/deno-dir/`. */
const ownImage = /^denoland\/deno(:|@|$)/;

/** https://docs.deno.com/runtime/reference/cli/. What it fetches is what the program runs on: there is nothing to clean up. */
export const deno: Ecosystem = {
  id: 'deno',
  programs: ['deno'],
  manifests: [...configurations, 'deno.lock'],
  leavings: [],
  caching,
  read(call) {
    const read = readOptions(call, withValue);
    const [at, ...named] = read.rest;
    const word = at === undefined ? undefined : call.arguments[at]?.value;
    if (at === undefined) return hasOption(read, '--version', '-V', '-h', '--help') ? use('other', -1) : undefined;
    if (word === undefined || !installing.includes(word)) return undefined;
    if (named.length > 0 || hasOption(read, ...notOfTheConfiguration)) return undefined;
    const frozen = word === 'ci' || hasOption(read, '--frozen', '--frozen=true');
    return use('install', at, {
      reads: [...configurations, 'deno.lock', 'package.json'],
      closure: (files) => closureOf(files, frozen),
    });
  },
};

/** `deno install` fetches all that the configuration imports, and writes the lockfile anew where it is out of step: https://docs.deno.com/runtime/reference/cli/install/ */
function closureOf(files: ProjectFiles, frozen: boolean): ClosureRead {
  const name = configurationIn(files, '.');
  if (name === undefined) return { because: 'there is no deno.json, and what package.json alone asks for is not followed', file: undefined };
  const above = parents(files.folder)
    .flatMap((folder) => configurationIn(files, folder) ?? [])
    .find((path) => commentedJsonOf(files.text(path))?.['workspace'] !== undefined);
  if (above !== undefined) return { because: 'it may belong to a workspace above it', file: above };
  const configuration = commentedJsonOf(files.text(name));
  if (!configuration) return { because: 'the configuration cannot be read', file: name };
  const members = membersOf(files, configuration, name);
  if (isObstacle(members)) return members;
  const read: string[] = [];
  for (const folder of ['.', ...members]) {
    const found = ofFolder(files, folder);
    if (isObstacle(found)) return found;
    read.push(...found);
  }
  const own = ['deno.lock', '.npmrc'].filter((one) => files.has(one));
  const inProject = files.has('package.json') || ['auto', 'manual', true].some((mode) => mode === configuration['nodeModulesDir']);
  const packages = ['.', ...members].filter((folder) => folder === '.' || files.has(posix.join(folder, 'package.json')));
  return {
    files: [...read, ...own],
    outputs: [...(inProject ? packages.map((folder) => posix.join(folder, 'node_modules')) : []), ...(configuration['vendor'] === true ? ['vendor'] : [])],
    floating: files.has('deno.lock') ? undefined : `what ${name} asks for`,
    differs: frozen ? undefined : 'deno.lock is that of the repository, where the install may have written it anew',
  };
}

/** The configuration of a folder; of two the first counts. */
function configurationIn(files: ProjectFiles, folder: string): string | undefined {
  return configurations.map((name) => posix.join(folder, name)).find((path) => files.has(path));
}

/** The folders above one, nearest first, as paths from it. */
function parents(folder: string): string[] {
  const depth = folder.split('/').filter((segment) => segment !== '').length;
  return Array.from({ length: depth }, (_, i) => '../'.repeat(i + 1));
}

/** Folders of the members: by their paths, by patterns with `*`, less those behind `!`. https://docs.deno.com/runtime/fundamentals/workspaces/ */
function membersOf(files: ProjectFiles, { workspace }: Table, file: string): readonly string[] | Obstacle {
  if (workspace === undefined) return [];
  const listed: unknown = Array.isArray(workspace) ? workspace : tableAt(workspace)['members'];
  const patterns: readonly unknown[] = Array.isArray(listed) ? listed : [undefined];
  const plain = patterns.flatMap((pattern) =>
    typeof pattern === 'string' && /^!?(\.\/)*\w[\w.@/*-]*$/.test(pattern) && !pattern.includes('..') ? [pattern] : [],
  );
  if (plain.length < patterns.length) return { because: 'which folders its `workspace` names is not known', file };
  const [unwanted, wanted] = [true, false].map((isNegated) =>
    plain.filter((pattern) => pattern.startsWith('!') === isNegated).map((pattern) => posix.normalize(pattern.replace('!', '')).replace(/\/$/, '')),
  );
  const folders = new Set(
    files
      .below('.')
      .filter((path) => manifestNames.includes(posix.basename(path)))
      .map((path) => posix.dirname(path)),
  );
  const matches = parser('picomatch')(wanted ?? [], { ignore: [...(unwanted ?? []), '**/node_modules/**'] });
  const missing = wanted?.find((pattern) => !pattern.includes('*') && !folders.has(pattern));
  if (missing !== undefined) return { because: 'a member of its workspace has no configuration', file: missing };
  return [...folders].filter((folder) => folder !== '.' && matches(folder));
}

/** What lies in the folder of a project, or of a member of one, and is read. */
function ofFolder(files: ProjectFiles, folder: string): readonly string[] | Obstacle {
  const name = configurationIn(files, folder);
  const manifest = posix.join(folder, 'package.json');
  const packages = files.has(manifest) ? jsonOf(files.text(manifest)) : {};
  if (!packages || packages['workspaces'] !== undefined) return { because: 'its workspaces are not followed', file: manifest };
  const own = files.has(manifest) ? [manifest] : [];
  if (name === undefined) return own;
  const configuration = commentedJsonOf(files.text(name));
  if (!configuration) return { because: 'the configuration cannot be read', file: name };
  const ofRoot = folder === '.' ? [] : ['workspace', 'importMap'];
  const unusual = ['patch', 'links', 'lock', 'scopes', ...ofRoot].find((key) => configuration[key] !== undefined && configuration[key] !== true);
  if (unusual !== undefined) return { because: `its \`${unusual}\` may need more of the project`, file: name };
  const imported = importsOf(files, configuration, name);
  return isObstacle(imported) ? imported : [name, ...imported, ...own];
}

/** The file with the import map, where there is one; an import that is a file of the project is looked into. */
function importsOf(files: ProjectFiles, configuration: Table, name: string): readonly string[] | Obstacle {
  const map = textOf(configuration['importMap']);
  const path = map === undefined ? undefined : posix.normalize(map);
  const imports = path === undefined ? configuration : commentedJsonOf(files.text(path));
  if (!imports) return { because: 'the import map cannot be read', file: path };
  for (const [key, to] of Object.entries(tableAt(imports, 'imports')))
    if (typeof to === 'string' && !key.endsWith('/') && /^(\.{0,2}\/|file:)/.test(to))
      return { because: `the install reads what \`${key}\` stands for`, file: path ?? name };
  return path === undefined ? [] : [path];
}

/** https://docs.deno.com/runtime/fundamentals/modules/#offline-usage: a program that is not compiled reads it while it runs. */
function caching(call: Call, { base, files }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  if (!fetching.includes(call.arguments[read.rest[0] ?? -1]?.value ?? '')) return [];
  const vendored = commentedJsonOf(files.text(configurationIn(files, '.') ?? ''))?.['vendor'] === true || hasOption(read, '--vendor', '--vendor=true');
  if (vendored) return { because: 'what is fetched goes into the project', file: undefined };
  const directory = directoryOf([call.environment('DENO_DIR')], ownImage.test(base.image) ? '/deno-dir' : '~/.cache/deno');
  if (typeof directory !== 'string') return directory;
  return [
    {
      title: "deno's modules",
      directories: [directory],
      livedOn: true,
      readAtStart: true,
      offline: hasOption(read, '--cached-only'),
      inWritable: directory.startsWith('/deno-dir') && ownImage.test(base.image),
    },
  ];
}
