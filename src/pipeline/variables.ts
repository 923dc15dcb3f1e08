import { createHash } from 'node:crypto';
import { isKnownToSystem } from '../ecosystems/variables.ts';
import type { Instruction } from '../dockerfile/model.ts';
import { once } from '../once.ts';
import type { StageFacts, Step } from '../steps/facts.ts';

/** What variables, labels and the like are set to: digests of the text with those of what it expands. */
type Values = ReadonlyMap<string, string>;

/** All steps but declarations in their order, each with the values of the variables that it may read, and what a stage is configured to in the end. */
export function apartFromVariables(stage: StageFacts, eventsOf: (step: Step) => readonly string[]): string[] {
  const events: string[] = [];
  const values = new Map(stage.parent && valuesAtEnd(stage.parent));
  for (const step of stage.steps) {
    if (declares(step.instruction)) for (const [name, value] of set(step.instruction, values)) values.set(name, value);
    else events.push(...eventsOf(step), ...seen(step, values));
  }
  return [...events, ...[...values].map(([name, value]) => `${name} is ${value}`).toSorted()];
}

const valuesAtEnd = once((stage: StageFacts): Values => {
  const values = new Map(stage.parent && valuesAtEnd(stage.parent));
  for (const { instruction } of stage.steps) if (declares(instruction)) for (const [name, value] of set(instruction, values)) values.set(name, value);
  return values;
});

function declares({ keyword }: Instruction): boolean {
  return ['ARG', 'ENV', 'LABEL', 'EXPOSE', 'STOPSIGNAL'].includes(keyword);
}

/** Variables by their names, other settings behind their keyword. */
function set({ keyword, words, argument }: Instruction, values: Values): [string, string][] {
  const [first] = words;
  const isLegacy = (keyword === 'ENV' || keyword === 'LABEL') && first?.text.includes('=') === false;
  const texts = isLegacy ? [argument.text] : words.map(({ text }) => text);
  return texts.map((text) => {
    const name = keyword === 'EXPOSE' ? text : keyword === 'STOPSIGNAL' ? '' : (text.split(/[=\s]/)[0] ?? '');
    const digest = createHash('sha1')
      .update(JSON.stringify([keyword, text, read(text, values)]))
      .digest('hex');
    return [keyword === 'ARG' || keyword === 'ENV' ? name : `${keyword} ${name}`, digest];
  });
}

/** The values of variables that the builder expands in a text. */
function read(text: string, values: Values): string[] {
  return among(
    [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name),
    values,
  );
}

function among(names: readonly string[], values: Values): string[] {
  const known = [...new Set(names)].filter((name) => values.has(name));
  return known.map((name) => `${name}: ${values.get(name) ?? ''}`).toSorted();
}

/** What runs at the start of the container has the variables of the end. */
function seen({ instruction, run }: Step, values: Values): string[] {
  if (['CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'ONBUILD', 'MAINTAINER', 'SHELL'].includes(instruction.keyword)) return [];
  const text = [instruction.joined.text, ...instruction.heredocs.map(({ content }) => content)].join('\n');
  return run ? among([...(text.match(/\w+/g) ?? []), ...[...values.keys()].filter(isKnownToSystem)], values) : read(text, values);
}
