import type { BuildInput, GivenInput } from '../../build-input.ts';
import { cacheToAdd } from '../cache.ts';
import type { Caller, DeclaredEntry } from '../caller.ts';
import { emptyWithout, fileFrom, inPlaceOf, optionsFor, replacedBy, sourceOfSecret, type ArgumentValue, type Written } from '../write.ts';
import { withEntry, withItem, withoutAt, wrappedIn } from '../yaml-edit.ts';
import { itemsAt, kindAt, scalarAt, type YamlPath } from '../yaml-places.ts';

/**
 * `build.args` to `build.secrets` with the secret at the top of the file, or to `build.ssh`.
 * https://docs.docker.com/reference/compose-file/build/#secrets
 */
export function writeCompose(caller: Caller, input: BuildInput, text: string, before: Caller): Written {
  if (input.kind === 'cache') return { told: cacheToAdd(caller, input) };
  const argument = replacedBy(caller, input);
  const tell = (because: string): Written => ({ told: `${because} Add ${lines(caller, input)}${inPlaceOf(caller, input)}.` });
  if (argument && argument.file !== caller.file) return tell(`The argument comes from ${argument.file}.`);
  // An edit for another service may have taken it already.
  const replaced = argument ?? replacedBy(before, input);
  const isListed = caller.declared[input.kind === 'ssh' ? 'ssh' : 'secrets'].some(({ id }) => id === input.id);
  const build: YamlPath = ['services', caller.name, 'build'];
  const kind = kindAt(text, build);
  const isElsewhere = isListed && !argument;
  if ((kind === 'absent' || kind === 'list') && !isElsewhere) return tell('How it is built does not stand in this service.');
  const mapped = kind === 'scalar' && !isListed ? wrappedIn(text, build, 'context') : text;
  if (mapped === undefined) return tell('Its `build` cannot be edited in place.');

  if (input.kind === 'ssh') {
    const added = isListed ? mapped : withListed(mapped, build, 'ssh', input.id);
    const result = added === undefined ? undefined : withoutArgument(added, build, argument);
    return result === undefined ? tell('It cannot be edited in place.') : { text: result, notes: [], leaked: [] };
  }
  const given = sourceOfSecret(input, replaced && valueOf(replaced));
  if (!given) return tell('More than one variable makes the value.');
  const source = 'environment' in given.source ? { environment: given.source.environment } : relativeFile(caller, given.source.file);
  if (!source) return tell('The folder of its context is not known.');
  const defined = scalarAt(text, ['secrets', input.id, 'environment'])?.value;
  if (replaced && 'environment' in source && defined !== undefined && defined !== source.environment)
    return tell(`The secret ${input.id} of this file comes from ${defined}.`);
  const listed = isListed ? mapped : withListed(mapped, build, 'secrets', input.id);
  const named = listed === undefined ? undefined : withDefinition(listed, input.id, source);
  const result = named === undefined ? undefined : withoutArgument(named, build, argument);
  // Compose knows no secret that has to be set: https://docs.docker.com/reference/compose-file/secrets/
  const notes = [...given.notes, ...emptyWithout(input, source, 'environment' in source ? source.environment : undefined)];
  return result === undefined ? tell('It cannot be edited in place.') : { text: result, notes, leaked: given.leaked };
}

function relativeFile(caller: Caller, file: string): { readonly file: string } | undefined {
  const path = fileFrom(caller, file);
  if (path === undefined) return undefined;
  return { file: path.startsWith('../') ? path : `./${path}` };
}

function withListed(text: string, build: YamlPath, key: string, item: string): string | undefined {
  const path = [...build, key];
  const kind = kindAt(text, path);
  if (kind === 'list') return withItem(text, path, item);
  return kind === 'absent' ? withEntry(text, build, key, [item]) : undefined;
}

function withDefinition(text: string, id: string, source: Readonly<Record<string, string>>): string | undefined {
  const kind = kindAt(text, ['secrets']);
  if (kind === 'absent') return withEntry(text, [], 'secrets', { [id]: source });
  if (kind !== 'mapping') return undefined;
  return kindAt(text, ['secrets', id]) === 'absent' ? withEntry(text, ['secrets'], id, source) : text;
}

/** In whatever form it stands; a name that stands there twice is left to people. */
function withoutArgument(text: string, build: YamlPath, argument: DeclaredEntry | undefined): string | undefined {
  if (!argument) return text;
  const path = [...build, 'args'];
  if (kindAt(text, path) === 'mapping') return withoutAt(text, [...path, argument.name]);
  const places = itemsAt(text, path).flatMap((item, index) => (item?.replace(/=[^]*$/, '') === argument.name ? [index] : []));
  const [place] = places;
  return place === undefined || places.length > 1 ? undefined : withoutAt(text, [...path, place]);
}

/** https://docs.docker.com/reference/compose-file/interpolation/ */
function valueOf({ name, text, value }: DeclaredEntry): ArgumentValue {
  if (text === '' && value === undefined) return { environment: name };
  const [, plain, braced, operator, word] = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?([-?])([^]*))?\})$/.exec(text) ?? [];
  const environment = plain ?? braced;
  if (environment !== undefined) return { environment, otherwise: operator === '-' ? word : undefined };
  return text.replaceAll('$$', '').includes('$') ? { unclear: text } : { literal: text };
}

function lines(caller: Caller, input: GivenInput): string {
  if (input.kind === 'ssh') return `\`ssh: [${input.id}]\` to the build of ${caller.name}`;
  const source =
    'environment' in input.source ? `environment: ${input.source.environment}` : `file: ${fileFrom(caller, input.source.file) ?? input.source.file}`;
  return `\`secrets: [${input.id}]\` to the build of ${caller.name} and \`secrets: { ${input.id}: { ${source} } }\` at the top (${optionsFor(input)})`;
}
