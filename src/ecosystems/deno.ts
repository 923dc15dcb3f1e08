import { posix } from 'node:path';
import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import type { ClosureRead, Obstacle, ProjectFiles } from './closure.ts';
import { hasOption, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';
import { jsonOf, tableAt, textOf, type Table } from './tables.ts';

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
  const name = configurations.find((one) => files.has(one));
  if (name === undefined) return { because: 'there is no deno.json, and what package.json alone asks for is not followed', file: undefined };
  const configuration = jsonOf(files.text(name));
  if (!configuration) return { because: 'the configuration cannot be read', file: name };
  const unusual = ['workspace', 'patch', 'links', 'lock', 'scopes'].find((key) => configuration[key] !== undefined && configuration[key] !== true);
  if (unusual !== undefined) return { because: `its \`${unusual}\` may need more of the project`, file: name };
  const imported = importsOf(files, configuration, name);
  if ('because' in imported) return imported;
  const others = ['deno.lock', 'package.json', '.npmrc'].filter((one) => files.has(one));
  const packages = jsonOf(files.text('package.json'));
  if (files.has('package.json') && (!packages || packages['workspaces'] !== undefined))
    return { because: 'its workspaces are not followed', file: 'package.json' };
  const locked = files.has('deno.lock');
  const inProject = packages !== undefined || ['auto', 'manual', true].some((mode) => mode === configuration['nodeModulesDir']);
  return {
    files: [name, ...imported.files, ...others],
    outputs: [...(inProject ? ['node_modules'] : []), ...(configuration['vendor'] === true ? ['vendor'] : [])],
    floating: locked ? undefined : `what ${name} asks for`,
    differs: frozen ? undefined : 'deno.lock is that of the repository, where the install may have written it anew',
  };
}

/** The file with the import map, where there is one; an import that is a file of the project is looked into. */
function importsOf(files: ProjectFiles, configuration: Table, name: string): { readonly files: readonly string[] } | Obstacle {
  const map = textOf(configuration['importMap']);
  const path = map === undefined ? undefined : posix.normalize(map);
  const imports = path === undefined ? configuration : jsonOf(files.text(path));
  if (!imports) return { because: 'the import map cannot be read', file: path };
  for (const [key, to] of Object.entries(tableAt(imports, 'imports')))
    if (typeof to === 'string' && !key.endsWith('/') && /^(\.{0,2}\/|file:)/.test(to))
      return { because: `the install reads what \`${key}\` stands for`, file: path ?? name };
  return { files: path === undefined ? [] : [path] };
}

/** https://docs.deno.com/runtime/fundamentals/modules/#offline-usage: a program that is not compiled reads it while it runs. */
function caching(call: Call, { base, files }: CachingPlace): CachingRead {
  const read = readOptions(call, withValue);
  if (!fetching.includes(call.arguments[read.rest[0] ?? -1]?.value ?? '')) return [];
  const vendored = jsonOf(files.text('deno.json'))?.['vendor'] === true || hasOption(read, '--vendor', '--vendor=true');
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
