import type { Expression } from './hcl.ts';

/** What a name comes to; undefined where it is not known. */
export type Values = (name: string) => string | undefined;

/** The text of a value; undefined for a list or an object, and where something in it is not known. */
export function valueOf(expression: Expression, values: Values): string | undefined {
  if (expression.kind !== 'template') return undefined;
  let result = '';
  for (const part of expression.parts) {
    const value = typeof part === 'string' ? part : 'name' in part ? values(part.name) : undefined;
    if (value === undefined) return undefined;
    result += value;
  }
  return result;
}

const most = 256;

/** The values for each target that a matrix makes; one where there is none, or where it is not written out. */
export function combinationsOf(matrix: Expression | undefined, outer: Values): readonly Values[] {
  if (matrix?.kind !== 'object') return [outer];
  let combinations: ReadonlyMap<string, string | undefined>[] = [new Map()];
  for (const [axis, { value }] of matrix.entries) {
    const choices = value.kind === 'list' ? value.items.map((item) => choice(axis, item, outer)) : [];
    if (choices.length === 0 || choices.length * combinations.length > most) choices.splice(0, choices.length, new Map([[axis, undefined]]));
    combinations = combinations.flatMap((one) => choices.map((more) => new Map([...one, ...more])));
  }
  return combinations.map(
    (one): Values =>
      (name) =>
        one.has(name) ? one.get(name) : outer(name),
  );
}

function choice(axis: string, item: Expression, outer: Values): Map<string, string | undefined> {
  if (item.kind !== 'object') return new Map([[axis, valueOf(item, outer)]]);
  return new Map([...item.entries].map(([name, { value }]) => [`${axis}.${name}`, valueOf(value, outer)]));
}
