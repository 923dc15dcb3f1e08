import type { ShellWord } from '../shell/script.ts';
import { settingsOf } from './credential-variables.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { secretValuesIn } from './secret-values.ts';

/** An address with a credential that calls of a manager are given as it is, and that the manager takes from a variable as well. */
export interface CredentialAddress {
  /** The variable. */
  readonly name: string;
  /** RUNs whose calls are given it, in order. */
  readonly runs: readonly Step[];
  readonly places: readonly Place[];
  readonly obstacle: { readonly is: 'set already' | 'several' | 'other calls' | 'elsewhere'; readonly what: string } | undefined;
}

interface Place {
  readonly step: Step;
  readonly command: CommandFacts;
  /** The option up to its value, which may be one word. */
  readonly first: ShellWord;
  readonly last: ShellWord;
  readonly address: string;
}

/** The addresses with credentials in the RUNs of a Dockerfile, by variable. */
export function credentialAddresses(facts: Facts): CredentialAddress[] {
  const byName = new Map<string, Place[]>();
  for (const step of facts.steps)
    for (const command of step.run?.script ? step.run.commands : [])
      for (const [name, place] of placesIn(step, command)) byName.set(name, [...(byName.get(name) ?? []), place]);
  return [...byName].map(([name, places]) => ({
    name,
    places,
    runs: [...new Set(places.map(({ step }) => step))],
    obstacle: obstacleOf(facts, name, places),
  }));
}

function placesIn(step: Step, { ecosystem, use, ...rest }: CommandFacts): [name: string, place: Place][] {
  const options = ecosystem?.credentials?.addresses;
  if (!options || use?.action !== 'install') return [];
  const command = { ecosystem, use, ...rest };
  const { words } = rest.command;
  return words.flatMap((word, i): [string, Place][] => {
    const [option = '', ...value] = (word.value ?? '').split('=');
    const name = options[option];
    const last = value.length > 0 ? word : words[i + 1];
    const address = value.length > 0 ? value.join('=') : (last?.value ?? '');
    if (name === undefined || !last || !address.includes('://') || secretValuesIn(address).length === 0) return [];
    return [[name, { step, command, first: word, last, address }]];
  });
}

function obstacleOf({ dockerfile }: Facts, name: string, places: readonly Place[]): CredentialAddress['obstacle'] {
  const [one] = places;
  const setting = dockerfile.instructions.find((instruction) => settingsOf(instruction).some((set) => set.name === name));
  if (setting) return { is: 'set already', what: `line ${setting.startLine}` };
  const different = places.find(({ address }) => address !== one?.address);
  if (different) return { is: 'several', what: `line ${different.step.instruction.startLine}` };
  for (const { step, command, address } of places) {
    const line = `line ${step.instruction.startLine}`;
    const ours = places.filter((place) => place.step === step);
    const others = step.run?.commands.some(
      ({ ecosystem, use, command: own }) => ecosystem === command.ecosystem && use?.action !== 'other' && !ours.some((place) => place.command.command === own),
    );
    if (others) return { is: 'other calls', what: line };
    if (secretValuesIn(address).some((value) => step.instruction.joined.text.split(value).length > ours.length + 1)) return { is: 'elsewhere', what: line };
  }
  return undefined;
}
