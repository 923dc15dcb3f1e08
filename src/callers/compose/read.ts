import { posix } from 'node:path';
import { Lines } from '../../text.ts';
import {
  idIn,
  nothingDeclared,
  type Caller,
  type CallerFile,
  type CallerFiles,
  type Declarations,
  type Declared,
  type DeclaredEntry,
  type DeclaredSecret,
  type Note,
  type Place,
  type Reading,
} from '../caller.ts';
import { declaredPlace, firstExisting, folderOf, placeIn } from '../places.ts';
import { at, entriesAt, itemsAt, readYaml, scalarAt, type Mapping, type Tree } from '../yaml.ts';
import { interpolate, readEnvironment, type Environment } from './interpolate.ts';

/** What a service says of its build, over the services that it extends and the files that it overrides. */
interface Build {
  readonly declared: Declarations;
  /** The folder that the context is relative to. */
  readonly base: Place;
  readonly inline: boolean;
}

/** A file, and the folder that its paths are relative to. */
interface Source {
  readonly file: string;
  readonly base: Place;
}

interface Project {
  readonly files: CallerFiles;
  readonly notes: Note[];
  readonly environment: Environment;
}

/**
 * The builds of a compose file and of those that it includes: one for each service that says how its image is built. `folders` are
 * what commands make its paths relative to; without any it is its own. Never throws.
 */
export function readCompose(file: CallerFile, files: CallerFiles, folders: readonly string[] = []): Reading {
  const notes: Note[] = [];
  const included = new Set([file.path]);
  const [callers = [], ...others] = [...folders.map((path): Place => ({ is: 'here', path })), folderOf(file.path)].map((base, i) =>
    readFile(file, base, { files, notes: i === 0 ? notes : [], environment: environmentIn(base, files) }, i === 0 ? included : new Set([file.path])),
  );
  included.delete(file.path);
  const same = (caller: Caller): Caller[] => others.flat().filter((other) => other.file === caller.file && other.start === caller.start);
  return { callers: callers.map((caller) => firstExisting([caller, ...same(caller)], files)), notes, uses: [...included] };
}

function readFile(file: CallerFile, base: Place, project: Project, included: Set<string>): Caller[] {
  const { roots, notes } = readYaml(file, project.files);
  project.notes.push(...notes);
  const lines = new Lines(file.text);
  return roots.flatMap((tree) => [
    ...itemsAt(tree, 'include').flatMap((item) => readIncluded(item, file, project, included)),
    ...entriesAt(tree, 'services').flatMap(([name, { key, value }]): Caller[] => {
      const build = buildOf(value, { file: file.path, base }, project, new Set([`${file.path} ${name}`]));
      if (!build) return [];
      const whole = completed(build, file.path, name, project);
      const declared = withDefinitions(whole.declared, [tree, ...(whole === build ? [] : rootsBelow(file.path, project))]);
      return [{ kind: 'compose', name, file: file.path, ...placeOfService(key, value, lines), declared, ...places(whole), folder: base }];
    }),
  ]);
}

/** https://docs.docker.com/reference/compose-file/include/ */
function readIncluded(item: Tree, { path: from }: CallerFile, project: Project, included: Set<string>): Caller[] {
  const paths = [item, at(item, 'path'), ...itemsAt(item, 'path')].flatMap((one) => (one?.kind === 'scalar' && one.value !== undefined ? [one.value] : []));
  const [first, ...layers] = paths.map((path) => placeIn(folderOf(from), interpolate(path, project.environment) ?? '/'));
  const directory = scalarAt(item, 'project_directory')?.value;
  return [first, ...layers].flatMap((place) => {
    if (first?.is !== 'here' || place?.is !== 'here' || included.has(place.path)) return [];
    const text = project.files.text(place.path);
    if (text === undefined) return [];
    included.add(place.path);
    const base = directory === undefined ? folderOf(first.path) : placeIn(folderOf(from), directory);
    const environment = directory === undefined ? environmentIn(base, project.files) : project.environment;
    // Its notes come with the file itself.
    return readFile({ path: place.path, text }, base, { ...project, notes: [], environment }, included);
  });
}

function environmentIn(folder: Place, files: CallerFiles): Environment {
  return readEnvironment(folder.is === 'here' ? files.text(posix.join(folder.path, '.env')) : undefined);
}

function placeOfService(key: { readonly start: number; readonly end: number }, service: Tree, lines: Lines): Pick<Caller, 'start' | 'end' | 'line'> {
  const own = service.kind === 'mapping' ? service.entries.get('build') : undefined;
  const start = own && own.key.start >= key.start && own.key.start < service.end ? own.key.start : key.start;
  return { start, end: Math.max(own?.value.end ?? key.end, key.end), line: lines.lineOf(start) };
}

function places({ declared, base, inline }: Build): Pick<Caller, 'context' | 'dockerfile'> {
  const context = declaredPlace(base, declared.context, '.');
  if (inline) return { context, dockerfile: { is: 'elsewhere', what: 'an inline Dockerfile' } };
  return { context, dockerfile: declaredPlace(context, declared.dockerfile, 'Dockerfile') };
}

/** `seen` holds the services on the way here, so that a circle ends. */
function buildOf(service: Tree, source: Source, project: Project, seen: ReadonlySet<string>): Build | undefined {
  const own = ownBuild(at(service, 'build'), source, project.environment);
  const extended = extendedBuild(service, source, project, seen);
  if (!own || !extended) return own ?? extended;
  return over(own, extended);
}

function extendedBuild(service: Tree, source: Source, project: Project, seen: ReadonlySet<string>): Build | undefined {
  const name = scalarAt(service, 'extends') ?? scalarAt(service, 'extends', 'service');
  if (!name) return undefined;
  const other = scalarAt(service, 'extends', 'file')?.value;
  const place = other === undefined ? undefined : placeIn(source.base, interpolate(other, project.environment) ?? '/');
  if (place && place.is !== 'here') return undefined;
  const from = place ? { file: place.path, base: folderOf(place.path) } : source;
  const key = `${from.file} ${name.value}`;
  if (seen.has(key)) return undefined;
  const found = serviceOf(from.file, name.value, project);
  return found && buildOf(found, from, project, new Set([...seen, key]));
}

function serviceOf(file: string, name: string, { files }: Project): Tree | undefined {
  const text = files.text(file);
  if (text === undefined) return undefined;
  return readYaml({ path: file, text }, files)
    .roots.map((root) => at(root, 'services', name))
    .find((service) => service !== undefined);
}

/**
 * `compose.override.yaml` is always read over `compose.yaml`. Another file beside it that names no context (`compose.dev.yaml`)
 * makes sense over that only.
 */
function completed(build: Build, file: string, name: string, project: Project): Build {
  const [, folder = '', base, layer] = /^(.*\/)?((?:docker-)?compose)[.-]([^/]+)\.ya?ml$/.exec(file) ?? [];
  if (base === undefined || (layer !== 'override' && build.declared.context)) return build;
  for (const path of [`${folder}${base}.yaml`, `${folder}${base}.yml`]) {
    const service = serviceOf(path, name, project);
    const below = service && buildOf(service, { file: path, base: folderOf(path) }, project, new Set([`${path} ${name}`]));
    if (below) return over(build, below);
  }
  return build;
}

/** The roots of the files that one is read over. */
function rootsBelow(file: string, { files }: Project): readonly Tree[] {
  const [, folder = '', base = ''] = /^(.*\/)?((?:docker-)?compose)[.-][^/]+\.ya?ml$/.exec(file) ?? [];
  return [`${folder}${base}.yaml`, `${folder}${base}.yml`].flatMap((path) => {
    const text = files.text(path);
    return text === undefined ? [] : readYaml({ path, text }, files).roots;
  });
}

/** Every secret of a build has to be named at the top, too. */
function withDefinitions(declared: Declarations, roots: readonly Tree[]): Declarations {
  const defined = new Set(roots.flatMap((tree) => entriesAt(tree, 'secrets').map(([name]) => name)));
  const secrets = declared.secrets.map((secret): DeclaredSecret => (defined.has(secret.id) ? secret : { ...secret, undefinedHere: true }));
  return { ...declared, secrets };
}

/** https://docs.docker.com/reference/compose-file/merge/ */
function over(upper: Build, lower: Build): Build {
  const { declared: first } = upper;
  const { declared: second } = lower;
  const entries = (key: 'args' | 'contexts'): readonly DeclaredEntry[] => [
    ...first[key],
    ...second[key].filter((one) => !first[key].some(({ name }) => name === one.name)),
  ];
  return {
    declared: {
      context: first.context ?? second.context,
      dockerfile: first.dockerfile ?? second.dockerfile,
      target: first.target ?? second.target,
      args: entries('args'),
      contexts: entries('contexts'),
      secrets: [...first.secrets, ...second.secrets],
      ssh: [...first.ssh, ...second.ssh],
      platforms: [...first.platforms, ...second.platforms],
      cacheFrom: [...first.cacheFrom, ...second.cacheFrom],
      cacheTo: [...first.cacheTo, ...second.cacheTo],
    },
    base: first.context ? upper.base : lower.base,
    inline: upper.inline || (lower.inline && !first.dockerfile),
  };
}

function ownBuild(build: Tree | undefined, { file, base }: Source, environment: Environment): Build | undefined {
  if (!build) return undefined;
  const declare = (tree: Tree): Declared => {
    const text = tree.kind === 'scalar' ? (tree.value ?? '') : '';
    return { file, start: tree.start, end: tree.end, text, value: tree.kind === 'scalar' ? interpolate(text, environment) : undefined };
  };
  const declaredAt = (key: string): Declared | undefined => {
    const scalar = scalarAt(build, key);
    return scalar && declare(scalar);
  };
  if (build.kind === 'scalar') {
    if (build.value === undefined) return undefined;
    return { declared: { ...nothingDeclared, context: declare(build) }, base, inline: false };
  }
  if (build.kind === 'list') return undefined;
  return {
    declared: {
      context: declaredAt('context'),
      dockerfile: declaredAt('dockerfile'),
      target: declaredAt('target'),
      args: namedValues(build, 'args', file, environment),
      contexts: namedValues(build, 'additional_contexts', file, environment),
      secrets: itemsAt(build, 'secrets').map((item) => ({ ...declare(item), id: scalarAt(item, 'source')?.value ?? declare(item).text })),
      ssh: [
        ...itemsAt(build, 'ssh').map((item) => ({ ...declare(item), id: idIn(declare(item).text) })),
        ...entriesAt(build, 'ssh').map(([id, { value }]) => ({ ...declare(value), id })),
      ],
      platforms: itemsAt(build, 'platforms').map(declare),
      cacheFrom: itemsAt(build, 'cache_from').map(declare),
      cacheTo: itemsAt(build, 'cache_to').map(declare),
    },
    base,
    inline: at(build, 'dockerfile_inline') !== undefined,
  };
}

/** A mapping, or a list of `name=value`. */
function namedValues(build: Mapping, key: string, file: string, environment: Environment): DeclaredEntry[] {
  const listed = itemsAt(build, key).flatMap((item): DeclaredEntry[] => {
    if (item.kind !== 'scalar' || item.value === undefined) return [];
    const [, name = '', value] = /^([^=]*)(?:=([^]*))?$/.exec(item.value) ?? [];
    return [{ name, file, start: item.start, end: item.end, text: value ?? '', value: value === undefined ? undefined : interpolate(value, environment) }];
  });
  const mapped = entriesAt(build, key).map(([name, { key: place, value }]): DeclaredEntry => {
    const text = value.kind === 'scalar' ? value.value : undefined;
    const range = { start: place.start, end: Math.max(place.end, value.end) };
    return { name, file, ...range, text: text ?? '', value: text === undefined ? undefined : interpolate(text, environment) };
  });
  return [...listed, ...mapped];
}
