import { posix } from 'node:path';
import { Lines, type Range } from '../../text.ts';
import {
  idIn,
  nothingDeclared,
  type Caller,
  type CallerFile,
  type CallerFiles,
  type Declarations,
  type Declared,
  type NamedFile,
  type Note,
  type Place,
  type Reading,
} from '../caller.ts';
import { namesBuilder, readBuildCommands } from '../commands/read.ts';
import { atRoot, declaredPlace, folderOf, placeIn, root } from '../places.ts';
import { entriesAt, itemsAt, readYaml, scalarAt, sourceOf, type Scalar, type Tree } from '../yaml.ts';
import { inRepository, readCheckouts, type Checkout } from './checkouts.ts';
import { fill, fillScript, type Values } from './expressions.ts';
import { readMatrix } from './matrix.ts';

/** What holds for the steps of a job or of an action. */
interface Steps {
  readonly file: CallerFile;
  readonly kind: 'workflow' | 'action';
  readonly name: string;
  readonly values: Values;
  readonly checkouts: readonly Checkout[];
  /** `defaults.run.working-directory`, as written. */
  readonly folder: string | undefined;
  /** Variables of the shell. */
  readonly environment: ReadonlyMap<string, string>;
}

/** What reading one file after another needs. */
interface Reader {
  readonly files: CallerFiles;
  readonly notes: Note[];
  readonly uses: Set<string>;
  readonly named: NamedFile[];
  /** Files on the way here: what calls itself is not followed. */
  readonly seen: readonly string[];
}

/**
 * The builds of a GitHub workflow or a composite action: steps of build-push-action, `docker build` in `run`, and what local
 * actions and workflows that it uses build with the inputs that it gives. Never throws.
 */
export function readWorkflow(file: CallerFile, files: CallerFiles): Reading {
  const notes: Note[] = [];
  const uses = new Set<string>();
  const named: NamedFile[] = [];
  const callers = readFile(file, new Map(), [], { files, notes, uses, named, seen: [file.path] });
  return { callers, notes, uses: [...uses], named };
}

function readFile(file: CallerFile, inputs: ReadonlyMap<string, string>, checkouts: readonly Checkout[], reader: Reader): Caller[] {
  const { roots, notes } = readYaml(file, reader.files);
  reader.notes.push(...notes);
  return roots.flatMap((tree) => [
    ...entriesAt(tree, 'jobs').flatMap(([name, { value }]) => readJob(file, tree, name, value, inputs, reader)),
    ...readAction(file, tree, inputs, checkouts, reader),
  ]);
}

function readJob(file: CallerFile, workflow: Tree, name: string, job: Tree, inputs: ReadonlyMap<string, string>, reader: Reader): Caller[] {
  const { combinations, complete } = readMatrix(job);
  return combinations.flatMap((combination) => {
    const context = (key: string): string | undefined => {
      if (key.startsWith('matrix.')) return combination.get(key.slice('matrix.'.length)) ?? (complete ? '' : undefined);
      if (key === 'github.workspace') return '.';
      return key.startsWith('inputs.') ? inputs.get(key.slice('inputs.'.length)) : undefined;
    };
    const environment = new Map([...environmentOf(workflow, context), ...environmentOf(job, context)]);
    const values: Values = (key) => (key.startsWith('env.') ? environment.get(key.slice('env.'.length)) : context(key));
    const used = scalarAt(job, 'uses');
    if (used) return readUsed(used.value, job, values, [], reader);
    const folder = (scalarAt(job, 'defaults', 'run', 'working-directory') ?? scalarAt(workflow, 'defaults', 'run', 'working-directory'))?.value;
    const steps: Steps = { file, kind: 'workflow', name, values, checkouts: readCheckouts(job, values), folder, environment };
    return itemsAt(job, 'steps').flatMap((step) => readStep(step, steps, reader));
  });
}

function readAction(file: CallerFile, action: Tree, inputs: ReadonlyMap<string, string>, checkouts: readonly Checkout[], reader: Reader): Caller[] {
  const name = posix.basename(posix.dirname(file.path)) === '.' ? 'action' : posix.basename(posix.dirname(file.path));
  const values: Values = (key) => {
    if (key === 'github.workspace') return '.';
    if (key === 'github.action_path') return posix.dirname(file.path);
    return key.startsWith('inputs.') ? inputs.get(key.slice('inputs.'.length)) : undefined;
  };
  const image = scalarAt(action, 'runs', 'image');
  if (image && !image.value.includes('://')) {
    // The runner builds it in the folder of its Dockerfile.
    const dockerfile = placeIn(folderOf(file.path), image.value);
    const declared = { ...nothingDeclared, dockerfile: { file: file.path, start: image.start, end: image.end, text: image.value, value: image.value } };
    const context = dockerfile.is === 'here' ? folderOf(dockerfile.path) : dockerfile;
    return [{ kind: 'action', name, file: file.path, ...placeOf(image, file), declared, context, dockerfile, folder: context, keepsCache: true }];
  }
  const steps: Steps = { file, kind: 'action', name, values, checkouts, folder: undefined, environment: new Map() };
  return itemsAt(action, 'runs', 'steps').flatMap((step) => readStep(step, steps, reader));
}

function readStep(step: Tree, steps: Steps, reader: Reader): Caller[] {
  const own = environmentOf(step, steps.values);
  const environment = new Map([...steps.environment, ...own]);
  const values: Values = (key) => (key.startsWith('env.') ? (environment.get(key.slice('env.'.length)) ?? steps.values(key)) : steps.values(key));
  const here: Steps = { ...steps, values, environment };
  const uses = scalarAt(step, 'uses');
  if (uses && /(^|\/)build-push-action@/.test(uses.value)) return [buildPush(step, uses, here)];
  if (uses?.value.startsWith('./') === true) return readUsed(uses.value, step, values, steps.checkouts, reader);
  const run = scalarAt(step, 'run');
  if (uses && /(^|\/)bake-action@/.test(uses.value)) reader.named.push(...bakeFiles(step, values, steps.checkouts));
  return run && namesBuilder.test(run.value) ? runStep(step, run, here, reader) : [];
}

/** A workflow or an action of this repository, with the inputs that it gets here. */
function readUsed(used: string, user: Tree, values: Values, checkouts: readonly Checkout[], reader: Reader): Caller[] {
  if (!used.startsWith('./')) return [];
  const place = inRepository(placeIn(root, used), checkouts);
  if (place.is !== 'here') return [];
  const path = [place.path, `${place.path}/action.yml`, `${place.path}/action.yaml`].find((one) => reader.files.text(one) !== undefined);
  const text = path === undefined ? undefined : reader.files.text(path);
  if (path === undefined || text === undefined || reader.seen.includes(path)) return [];
  const [tree] = readYaml({ path, text }, reader.files).roots;
  const inputs = new Map<string, string>();
  for (const [name, { value }] of [...entriesAt(tree, 'inputs'), ...entriesAt(tree, 'on', 'workflow_call', 'inputs')]) {
    const given = scalarAt(user, 'with', name)?.value ?? scalarAt(value, 'default')?.value ?? '';
    const filled = fill(given, values);
    if (filled !== undefined) inputs.set(name, filled);
  }
  reader.uses.add(path);
  // Its notes come with the file itself.
  return readFile({ path, text }, inputs, checkouts, { ...reader, notes: [], seen: [...reader.seen, path] });
}

function buildPush(step: Tree, uses: Scalar & { readonly value: string }, { file, kind, name, values, checkouts }: Steps): Caller {
  const input = (key: string): Declared | undefined => {
    const scalar = scalarAt(step, 'with', key);
    return scalar && { file: file.path, start: scalar.start, end: scalar.end, text: scalar.value, value: fill(scalar.value, values) };
  };
  const list = (key: string): readonly Declared[] => listed(scalarAt(step, 'with', key), file, values);
  const entries = (key: string) =>
    list(key).map((one) => {
      const [, entry = '', value] = /^([^=]*)(?:=([^]*))?$/.exec(one.text.replace(/^"([^]*)"$/, '$1')) ?? [];
      return { ...one, name: entry, value: value === undefined ? undefined : fill(value, values) };
    });
  const declared: Declarations = {
    context: input('context'),
    dockerfile: input('file'),
    target: input('target'),
    args: entries('build-args'),
    contexts: entries('build-contexts'),
    secrets: [...list('secrets'), ...list('secret-files'), ...list('secret-envs')].map((one) => ({ ...one, id: idIn(one.text.replace(/^"/, '')) })),
    ssh: list('ssh').map((one) => ({ ...one, id: idIn(one.text) })),
    platforms: list('platforms'),
    cacheFrom: list('cache-from'),
    cacheTo: list('cache-to'),
  };
  const keepsCache = /^(depot|useblacksmith)\//.test(uses.value) || input('no-cache')?.text === 'true';
  return { kind, name, file: file.path, ...placeOf(uses, file), declared, ...placesOf(declared, checkouts), folder: root, keepsCache };
}

/** https://github.com/docker/build-push-action#git-context */
function placesOf({ context: given, dockerfile: named }: Declarations, checkouts: readonly Checkout[]): Pick<Caller, 'context' | 'dockerfile'> {
  const [, folder = ''] = /^\{\{\s*defaultContext\s*\}\}(?::(.*))?$/.exec(given?.value ?? '') ?? [];
  if (given === undefined || given.value === '' || given.value?.startsWith('{{') === true) {
    const context = placeIn(root, folder);
    return { context, dockerfile: declaredPlace(context, named?.value === '' ? undefined : named, 'Dockerfile') };
  }
  const context = declaredPlace(root, given, '.');
  const dockerfile = named && named.value !== '' ? declaredPlace(context.is === 'elsewhere' ? context : root, named, '') : placeIn(context, 'Dockerfile');
  return { context: inRepository(context, checkouts), dockerfile: inRepository(dockerfile, checkouts) };
}

/** https://github.com/docker/bake-action#inputs */
function bakeFiles(step: Tree, values: Values, checkouts: readonly Checkout[]): NamedFile[] {
  const written = (scalarAt(step, 'with', 'files')?.value ?? '').split(/[\n,]/).map((one) => fill(one.trim(), values) ?? '');
  const base = placeIn(root, fill(scalarAt(step, 'with', 'workdir')?.value ?? '.', values) ?? '/');
  return namedHere(
    written.filter((one) => one !== '').map((one) => placeIn(base, one.replace(/^cwd:\/\//, ''))),
    base,
    checkouts,
  );
}

function namedHere(places: readonly Place[], base: Place, checkouts: readonly Checkout[]): NamedFile[] {
  const folder = inRepository(base, checkouts);
  return places.flatMap((place) => {
    const here = inRepository(place, checkouts);
    return here.is === 'here' && folder.is === 'here' ? [{ format: 'bake', path: here.path, folder: folder.path } as const] : [];
  });
}

function runStep(
  step: Tree,
  run: Scalar & { readonly value: string },
  { file, kind, name, values, checkouts, folder, environment }: Steps,
  reader: Reader,
): Caller[] {
  const written = scalarAt(step, 'working-directory')?.value ?? folder ?? '.';
  const directory = fill(written, values);
  const start: Place = directory === undefined ? { is: 'unknown', what: written } : placeIn(root, directory);
  const variables = new Map([...environment, ['GITHUB_WORKSPACE', atRoot]]);
  const source = fillScript(sourceOf(file.text, run), values);
  const { callers, named } = readBuildCommands({ kind, name, file: file.path, fileText: file.text, source, folder: start, variables });
  for (const { format, path, folder: base } of named) {
    const [place, from] = [path, base].map((one) => inRepository({ is: 'here', path: one }, checkouts));
    if (place?.is === 'here' && from?.is === 'here') reader.named.push({ format, path: place.path, folder: from.path });
  }
  return callers.map((caller) => ({
    ...caller,
    context: inRepository(caller.context, checkouts),
    dockerfile: inRepository(caller.dockerfile, checkouts),
    folder: inRepository(caller.folder, checkouts),
  }));
}

/** One entry a line, each with its place. */
function listed(scalar: (Scalar & { readonly value: string }) | undefined, file: CallerFile, values: Values): Declared[] {
  if (!scalar) return [];
  const { text, at: places } = sourceOf(file.text, scalar);
  return [...text.matchAll(/[^\s][^\n]*/g)].map(({ 0: line, index }) => {
    const entry = line.trimEnd();
    const last = index + entry.length - 1;
    return { file: file.path, start: places[index] ?? scalar.start, end: (places[last] ?? scalar.end - 1) + 1, text: entry, value: fill(entry, values) };
  });
}

function environmentOf(tree: Tree, values: Values): Map<string, string> {
  const environment = new Map<string, string>();
  for (const [name, { value }] of entriesAt(tree, 'env')) {
    const filled = value.kind === 'scalar' ? fill(value.value ?? '', values) : undefined;
    if (filled !== undefined) environment.set(name, filled);
  }
  return environment;
}

function placeOf(range: Range, { text }: CallerFile): Range & { readonly line: number } {
  return { start: range.start, end: range.end, line: new Lines(text).lineOf(range.start) };
}
