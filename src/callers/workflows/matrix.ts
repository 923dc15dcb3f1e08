import { at, entriesAt, itemsAt, type Tree } from '../yaml.ts';

/** A combination of a matrix: values by dotted name, `image.context` for what lies deeper. */
export type Combination = ReadonlyMap<string, string>;

export interface Matrix {
  readonly combinations: readonly Combination[];
  /** Every axis is written out: a name that a combination lacks is empty. */
  readonly complete: boolean;
}

const most = 256;

/** The combinations of a job's matrix, as far as they are written out. */
export function readMatrix(job: Tree): Matrix {
  const matrix = at(job, 'strategy', 'matrix');
  if (!matrix) return { combinations: [new Map()], complete: true };
  if (matrix.kind !== 'mapping') return { combinations: [new Map()], complete: false };
  let complete = true;
  let combinations: Combination[] = [new Map()];
  const axes = new Set<string>();
  for (const [name, { value }] of matrix.entries) {
    if (name === 'include' || name === 'exclude') {
      if (value.kind !== 'list') complete = false;
      continue;
    }
    const choices = itemsAt(value).map((item) => flat(name, item));
    if (choices.length === 0 || choices.some(hasExpression) || combinations.length * choices.length > most) {
      complete = false;
      continue;
    }
    axes.add(name);
    combinations = combinations.flatMap((one) => choices.map((choice) => new Map([...one, ...choice])));
  }
  for (const excluded of itemsAt(matrix, 'exclude').map((item) => flatItem(item)))
    combinations = combinations.filter((one) => [...excluded].some(([name, value]) => one.get(name) !== value));
  return { combinations: included(combinations, itemsAt(matrix, 'include'), axes), complete };
}

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymatrixinclude */
function included(combinations: readonly Combination[], include: readonly Tree[], axes: ReadonlySet<string>): Combination[] {
  let result = axes.size === 0 && include.length > 0 ? [] : [...combinations];
  for (const item of include) {
    const added = flatItem(item);
    const fits = (one: Combination): boolean => [...added].every(([name, value]) => !axes.has(axisOf(name)) || one.get(name) === value);
    if (axes.size > 0 && result.some(fits)) result = result.map((one) => (fits(one) ? new Map([...one, ...added]) : one));
    else result.push(added);
  }
  return result;
}

function axisOf(name: string): string {
  return name.replace(/\..*$/, '');
}

function flatItem(item: Tree): Combination {
  return new Map(entriesAt(item).flatMap(([name, { value }]) => [...flat(name, value)]));
}

function flat(name: string, tree: Tree): Combination {
  if (tree.kind === 'scalar') return new Map([[name, tree.value ?? '']]);
  if (tree.kind === 'list') return new Map();
  return new Map([...tree.entries].flatMap(([key, { value }]) => [...flat(`${name}.${key}`, value)]));
}

function hasExpression(choice: Combination): boolean {
  return [...choice.values()].some((value) => value.includes('${{'));
}
