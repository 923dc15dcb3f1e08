import { isReference } from '../bases/digests.ts';
import type { Dockerfile, Instruction } from '../dockerfile/model.ts';
import { once } from '../once.ts';
import type { Facts } from './facts.ts';
import { expand, unquoted } from './read.ts';
import { names } from './variables.ts';

/** A default of an ARG in front of the first FROM. */
export interface Default {
  readonly name: string;
  readonly instruction: Instruction;
  /** undefined where it has none, or one that another variable decides. */
  readonly value: string | undefined;
  /** Offset in the file behind its last character; undefined where it does not stand there as it is read. */
  readonly end: number | undefined;
}

/** A place that names an image of a registry: FROM, `COPY --from=`, `--mount=…,from=`. */
export interface NamedImage {
  readonly at: Instruction;
  /** As it is written. */
  readonly written: string;
  /** With the defaults of its variables; undefined where one has none. */
  readonly image: string | undefined;
  /** Offset in the file behind its last character. */
  readonly end: number;
  readonly variables: readonly string[];
  /** The one variable that is the whole reference or its whole tag. */
  readonly variable: Default | undefined;
}

/** All places that name an image, in their order: no stage, not `scratch`, nothing that a template fills in. */
export const namedImages = once((facts: Facts): readonly NamedImage[] => {
  const { dockerfile, stages } = facts;
  const own = new Set(dockerfile.stages.map(({ name }) => name));
  const isImage = (text: string): boolean => isReference(text) && text !== 'scratch' && !/^\d+$/.test(text) && !own.has(text.toLowerCase());
  const defaults = defaultsOf(dockerfile);
  const found: NamedImage[] = [];
  for (const { stage, steps } of stages) {
    const { from, base } = stage;
    const [word] = from.words;
    if (word && dockerfile.text.slice(word.start, word.end) === base) {
      const named = ofFrom(from, base, word.end, defaults);
      if (named.image === undefined ? !named.variables.some((name) => isAutomatic(name)) : isImage(named.image)) found.push(named);
    }
    for (const { instruction } of steps)
      for (const { written, end } of inFlags(dockerfile, instruction))
        if (isImage(written)) found.push({ at: instruction, written, image: written, end, variables: [], variable: undefined });
  }
  return found;
});

function ofFrom(at: Instruction, written: string, end: number, defaults: readonly Default[]): NamedImage {
  const variables = [...written.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
  const known = new Map(defaults.map(({ name, value }) => [name, value]));
  const image = expand(written, known);
  const [last] = /(?:^|:)(?:\$\w+|\$\{\w+\})$/.test(written) && variables.length === 1 ? variables : [];
  return { at, written, image, end, variables, variable: defaults.findLast(({ name }) => name === last) };
}

/** https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
function isAutomatic(name: string): boolean {
  return /^(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)$/.test(name);
}

/** The ARGs in front of the first FROM, in their order. */
export function defaultsOf({ instructions, stages, text }: Dockerfile): Default[] {
  const found: Default[] = [];
  for (const instruction of instructions.slice(0, stages[0]?.from.index))
    for (const word of instruction.words) {
      const equals = word.text.indexOf('=');
      const name = equals < 0 ? word.text : word.text.slice(0, equals);
      const written = equals < 0 ? '' : word.text.slice(equals + 1);
      const value = unquoted(written);
      const plain = /^[\w.:@/-]+$/.test(value) && text.slice(word.start, word.end) === word.text;
      found.push({
        name,
        instruction,
        value: equals < 0 ? undefined : expand(value, new Map(found.map((one) => [one.name, one.value]))),
        end: plain ? word.end - (written === value ? 0 : 1) : undefined,
      });
    }
  return found;
}

/** What else than FROMs of the same reference uses or sets the variable of an image. */
export function otherUse({ dockerfile }: Facts, { variable, written }: NamedImage): Instruction | undefined {
  if (!variable) return undefined;
  return dockerfile.instructions.find((instruction) => {
    const { keyword } = instruction;
    if (instruction === variable.instruction || (keyword !== 'FROM' && keyword !== 'ARG')) return false;
    return names(instruction, variable.name) && (keyword === 'ARG' || instruction.words[0]?.text !== written);
  });
}

function inFlags({ text }: Dockerfile, { flags }: Instruction): { readonly written: string; readonly end: number }[] {
  return flags.flatMap(({ name, value = '', start, end }) => {
    if (text.slice(start, end) !== `--${name}=${value}`) return [];
    if (name === 'from') return [{ written: value, end }];
    const [, before = '', written] = (name === 'mount' && /^((?:.*,)?from=)([^,]+)/.exec(value)) || [];
    return written === undefined ? [] : [{ written, end: start + `--mount=${before}${written}`.length }];
  });
}
