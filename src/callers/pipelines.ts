import { nothingDeclared, type Caller, type CallerFile, type CallerFiles, type Declared, type NamedFile, type Reading } from './caller.ts';
import { namesBuilder, readBuildCommands } from './commands/read.ts';
import { Lines, type SourceText } from '../text.ts';
import { atRoot, declaredPlace, folderOf, placeIn, root } from './places.ts';
import { entriesAt, itemsAt, readYaml, scalarAt, sourceOf, type Scalar, type Tree } from './yaml.ts';

/** Variables by which CI systems name the checkout. */
const checkouts = ['CI_PROJECT_DIR', 'TRAVIS_BUILD_DIR', 'BUILDKITE_BUILD_CHECKOUT_PATH', 'DRONE_WORKSPACE', 'CIRRUS_WORKING_DIR', 'BITBUCKET_CLONE_DIR'];
/** Keys that stand above every job. */
const general = new Set(['jobs', 'stages', 'steps', 'pipelines', 'tasks', 'commands', 'script', 'cmds', 'default', 'phases']);

/**
 * Build commands in the configuration of other CI systems than GitHub's (GitLab, CircleCI, Travis, Azure, Buildkite, Drone, Cloud Build) and in
 * Taskfiles. In whatever key a script stands, it is a text that starts at the root, and a list of texts is one script. Never throws.
 */
export function readPipeline(file: CallerFile, files: CallerFiles): Reading {
  const { roots, notes } = readYaml(file, files);
  const callers: Caller[] = [];
  const named: NamedFile[] = [];
  const folder = /(^|\/)Taskfile[^/]*$/i.test(file.path) ? folderOf(file.path) : root;
  const variables = new Map(checkouts.map((name) => [name, atRoot]));
  for (const { name, source, within } of roots.flatMap((tree) => scriptsIn(tree, file.text, 'pipeline'))) {
    const start = within === undefined ? folder : placeIn(folder, within);
    const read = readBuildCommands({ kind: 'pipeline', name, file: file.path, fileText: file.text, source, folder: start, variables });
    callers.push(...read.callers);
    named.push(...read.named);
  }
  return { callers, notes, uses: [], named };
}

interface ScriptInYaml {
  readonly name: string;
  readonly source: SourceText;
  /** The folder that the step runs in, where it says so. */
  readonly within: string | undefined;
}

function scriptsIn(tree: Tree, text: string, name: string, within?: string): ScriptInYaml[] {
  if (tree.kind === 'scalar') return shellOf(tree, text, name, within);
  if (tree.kind === 'list') {
    const lines = tree.items.filter((item) => item.kind === 'scalar');
    const parts = lines.flatMap((item) => shellOf(item, text, name, within, true));
    const joined = parts.some(({ source }) => namesBuilder.test(source.text)) ? [{ name, source: joinedBy('\n', parts), within }] : [];
    return [...joined, ...tree.items.flatMap((item) => (item.kind === 'scalar' ? [] : scriptsIn(item, text, name, within)))];
  }
  const folder = (scalarAt(tree, 'dir') ?? scalarAt(tree, 'working_directory'))?.value ?? within;
  const own = cloudBuildOf(tree, text, name, folder);
  if (own) return [own];
  return entriesAt(tree).flatMap(([key, { value }]) => scriptsIn(value, text, name === 'pipeline' && !general.has(key) ? key : name, folder));
}

function shellOf(scalar: Scalar, text: string, name: string, within: string | undefined, any = false): ScriptInYaml[] {
  const { value } = scalar;
  return value !== undefined && (any || namesBuilder.test(value)) ? [{ name, source: sourceOf(text, { ...scalar, value }), within }] : [];
}

/** `name: gcr.io/cloud-builders/docker` with the arguments of `docker` as a list: https://cloud.google.com/build/docs/build-config-file-schema */
function cloudBuildOf(step: Tree, text: string, name: string, within: string | undefined): ScriptInYaml | undefined {
  const builder = scalarAt(step, 'name');
  if (!builder || !/\/cloud-builders\/docker(:|@|$)/.test(builder.value) || scalarAt(step, 'entrypoint')) return undefined;
  const words = itemsAt(step, 'args').flatMap((item) => (item.kind === 'scalar' ? shellOf(item, text, name, within, true) : []));
  const program = { name, source: { text: 'docker', at: Array.from({ length: 7 }, () => builder.start) }, within };
  // What holds a blank is no path, and a word of its own in no case.
  return { name, source: joinedBy(' ', [program, ...words.filter(({ source }) => !/\s/.test(source.text))]), within };
}

function joinedBy(separator: string, parts: readonly ScriptInYaml[]): SourceText {
  const at = parts.flatMap(({ source }) => Array.from(source.at).slice(0, source.text.length + 1));
  return { text: parts.map(({ source }) => source.text).join(separator), at };
}

/** The images of a GoReleaser file: their context is a folder that it fills with what it built: https://goreleaser.com/customization/docker/. Never throws. */
export function readGoreleaser(file: CallerFile, files: CallerFiles): Reading {
  const { roots, notes } = readYaml(file, files);
  const lines = new Lines(file.text);
  const images = roots.flatMap((tree) => [...itemsAt(tree, 'dockers'), ...itemsAt(tree, 'dockers_v2')]);
  const callers = images.map((image): Caller => {
    const scalar = scalarAt(image, 'dockerfile');
    const dockerfile: Declared | undefined = scalar && {
      file: file.path,
      start: scalar.start,
      end: scalar.end,
      text: scalar.value,
      value: scalar.value.includes('{{') ? undefined : scalar.value,
    };
    const name = scalarAt(image, 'id')?.value ?? 'goreleaser';
    const { start, end } = scalar ?? image;
    return {
      kind: 'goreleaser',
      name,
      file: file.path,
      start,
      end,
      line: lines.lineOf(start),
      declared: { ...nothingDeclared, dockerfile },
      context: { is: 'elsewhere', what: 'a folder that goreleaser fills' },
      dockerfile: declaredPlace(root, dockerfile, 'Dockerfile'),
      folder: root,
    };
  });
  return { callers, notes, uses: [] };
}
