import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { readBase } from '../bases/base.ts';
import { whatIsWrong } from '../exported-transform.ts';
import { suggestion } from '../suggestion.ts';
import type { Transform } from '../transform.ts';
import type { Config } from './config.ts';

export type Shape = { readonly config: Config } | { readonly problems: readonly Problem[] };

export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The transforms that a configuration brings along, as they are written there; undefined where `use` is not right. */
export function readUse(raw: unknown): readonly (string | Transform)[] | undefined {
  const read = v.safeParse(v.object({ use }), raw);
  return read.success ? (read.output.use ?? []) : undefined;
}

export interface Surroundings {
  /** All that are known. */
  readonly transforms: readonly Transform[];
  /** None is missing among them; else ids that are not known are let pass. */
  readonly all: boolean;
  /** To which paths are relative. */
  readonly folder: string;
}

/** Holds a value against the shape of a configuration. */
export function readShape(raw: unknown, surroundings: Surroundings): Shape {
  const read = v.safeParse(configOf(surroundings), raw);
  if (read.success) return { config: read.output };
  return { problems: read.issues.map(({ path = [], message }) => ({ path: path.map(({ key }) => (typeof key === 'number' ? key : String(key))), message })) };
}

const text = v.pipe(v.string('must be a string'), v.nonEmpty('is empty'));

const wrongGlobs: readonly (readonly [RegExp, string])[] = [
  [/^\s*$/, 'is empty'],
  [/^#/, 'is a comment in a .gitignore; write \\# for a name that begins so'],
  [/^!?\.\//, 'begins with ./, which matches nothing; leave it out'],
  [/(^!?|\/)\.\.(\/|$)/, 'leaves the folder of the configuration'],
  [/\\\w/, 'holds a backslash; folders are parted by /'],
  [/\{.*\}/, 'holds braces, which a .gitignore does not know; write two globs'],
  [/\[[^\]]*$/, 'holds a [ that is not closed'],
];

const globs = v.array(
  v.pipe(
    v.string('must be a string'),
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed ? wrongGlobs.find(([wrong]) => wrong.test(dataset.value))?.[1] : undefined;
      if (message !== undefined) addIssue({ message });
    }),
  ),
  'must be a list of globs',
);

const use = v.optional(
  v.array(
    v.lazy((value) =>
      typeof value === 'string'
        ? text
        : v.custom<string | Transform>((one) => whatIsWrong(one) === undefined, 'must be the path of a file, or what `defineTransform` made'),
    ),
    'must be a list of files',
  ),
);

const images = v.pipe(
  v.record(v.string(), object({ like: text }), 'must be an object'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const [name, value] of Object.entries(dataset.value)) {
      const message = wrongLikeness(name, value.like);
      if (message !== undefined) addIssue({ message, path: [step(dataset.value, name), step(value, 'like')] });
    }
  }),
);

function wrongLikeness(name: string, like: string): string | undefined {
  if (stars(like) > stars(name)) return `has more * than ${name}`;
  const { family, shell, user } = readBase(like);
  const known = like.includes('*') || family !== undefined || shell !== 'unknown' || user !== undefined;
  return known ? undefined : `of ${like} nothing is known either; name an image of Docker Hub with its tag, such as debian:bookworm-slim`;
}

function stars(name: string): number {
  return name.split('*').length - 1;
}

function configOf({ transforms, all, folder }: Surroundings) {
  const context = v.pipe(
    text,
    v.check(
      (path) => statSync(resolve(folder, path), { throwIfNoEntry: false })?.isDirectory() ?? false,
      ({ input }) => `there is no folder ${input}`,
    ),
  );
  const settings = {
    level: v.optional(oneOf(['safe', 'review'])),
    transforms: v.optional(statesOf(transforms, all)),
    context: v.optional(context),
    target: v.optional(text),
    prefer: v.optional(oneOf(['alpine', 'distroless'])),
  };
  return object({
    ...settings,
    use,
    exclude: v.optional(globs),
    images: v.optional(images),
    baseline: v.optional(text),
    commit: v.optional(object({ branch: v.optional(text), message: v.optional(text) })),
    overrides: v.optional(v.array(object({ files: globs, ...settings }), 'must be a list of objects')),
  });
}

const options = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()], 'must be a string, a number, true or false'), 'must be an object');
const state = v.lazy((value) => (typeof value === 'object' ? options : oneOf(['on', 'off'], ' or an object of options')));

function statesOf(transforms: readonly Transform[], all: boolean) {
  return v.pipe(
    v.record(v.string(), state, 'must be an object'),
    v.rawCheck(({ dataset: { value: states }, addIssue }) => {
      if (!isObject(states)) return;
      const ids = transforms.map(({ id }) => id);
      for (const [id, value] of Object.entries(states)) {
        const transform = transforms.find((one) => one.id === id);
        if (!transform && all)
          addIssue({ message: `there is no such transform${suggestion(id, ids)} (\`dockopt list\` names them)`, path: [step(states, id)] });
        if (!transform || !isObject(value)) continue;
        for (const { name, message } of wrongOptions(transform, value)) addIssue({ message, path: [step(states, id), step(value, name)] });
      }
    }),
  );
}

/** A transform's options are its definition's, each of the type of its default value. */
function wrongOptions({ options: defaults = {} }: Transform, given: object) {
  const names = Object.keys(defaults);
  return Object.entries(given).flatMap(([name, value]) => {
    if (!names.includes(name)) return { name, message: `there is no such option${suggestion(name, names)} (${allowed(names)})` };
    return isObject(value) || typeof value === typeof defaults[name] ? [] : { name, message: `must be a ${typeof defaults[name]}` };
  });
}

function oneOf<const Values extends readonly string[]>(values: Values, more = '') {
  const choice = values.map((value) => `'${value}'`).join(more === '' ? ' or ' : ', ') + more;
  return v.picklist(values, ({ input }) => `must be ${choice}${typeof input === 'string' ? suggestion(input, values) : ''}`);
}

/** An object with these keys and no others, each of which is told. */
function object<Entries extends v.ObjectEntries>(entries: Entries) {
  const known = Object.keys(entries);
  return v.pipe(
    v.looseObject(entries, ({ received }) => (received === 'undefined' ? 'is missing' : 'must be an object')),
    v.rawCheck(({ dataset: { value }, addIssue }) => {
      for (const key of isObject(value) ? Object.keys(value) : [])
        if (!known.includes(key)) addIssue({ message: `there is no such key${suggestion(key, known)} (${allowed(known)})`, path: [step({}, key)] });
    }),
  );
}

function allowed(names: readonly string[]): string {
  return names.length === 0 ? 'it has none' : `allowed: ${names.join(', ')}`;
}

function step(input: object, key: string): v.ObjectPathItem {
  return { type: 'object', origin: 'value', input: { ...input }, key, value: undefined };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
