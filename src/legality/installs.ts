import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { leavesSourcesAlone } from '../steps/installs.ts';
import { onlyCommand } from '../steps/neighbours.ts';
import type { Question, Refusal } from './question.ts';

/** Two installs next to each other in one RUN, to become one. */
export interface InstallPair {
  readonly facts: Facts;
  readonly first: CommandFacts;
  readonly second: CommandFacts;
}

export const mayUniteInstalls: Question<InstallPair> = {
  id: 'may-unite-installs',
  refusals: [
    {
      id: 'other-options',
      because: 'the installs have other options, or run as another user',
      applies: ({ first, second }) => options(first) !== options(second),
    },
    {
      id: 'imported-by-builds',
      because: 'what the first brings is imported by builds of other packages, which begin before their own call has installed anything',
      applies: ({ first }) => {
        const imported = first.ecosystem?.importedByBuilds;
        const packages = (first.use?.packages ?? []).map((position) => first.arguments[position]?.value ?? '');
        return packages.find((name) => imported?.test(name) === true) ?? false;
      },
    },
  ],
  answer: ({ first }) => ({
    allowed: first.ecosystem?.unites ?? 'advice',
    because:
      first.ecosystem?.unites === 'safe' ? 'the manager solves all packages of the image as one world' : 'one call resolves and unpacks all packages together',
    differs: first.ecosystem?.unitingDiffers,
  }),
};

function options({ command, program, prefix, arguments: all, use }: CommandFacts): string {
  const packages = new Set(use?.packages ?? []);
  const rest = all.filter((_argument, position) => !packages.has(position)).map((argument) => argument.text);
  const set = command.assignments.map((assignment) => `${assignment.name}=${assignment.value ?? '?'}`);
  return [prefix, ...set, program, ...rest.toSorted(), ...command.redirections.map((one) => `${one.operator}${one.target?.text ?? ''}`)].join(' ');
}

/** An `update`, or a clean-up, of which the same RUN has another one. */
export interface RepeatedUpdate {
  readonly facts: Facts;
  readonly step: Step;
  /** Items between the two. */
  readonly between: readonly number[];
}

const sourcesChanged: Refusal<RepeatedUpdate> = {
  id: 'sources-changed',
  because: 'what stands between may change where packages come from',
  applies: ({ step: { run }, between }) => {
    for (const position of between) {
      const item = run?.script?.items[position];
      const command = run && onlyCommand(run, item);
      if (!run || !command || !leavesSourcesAlone(run, command)) return `\`${item ? (run?.script?.source.text.slice(item.start, item.end) ?? '') : ''}\``;
    }
    return false;
  },
};

export const mayDropUpdate: Question<RepeatedUpdate> = {
  id: 'may-drop-update',
  refusals: [sourcesChanged],
  answer: () => ({ allowed: 'safe', because: 'between the two only packages are installed, so the second fetches what the first did' }),
};

/** Asked of a clean-up that the same RUN does again. */
export const mayCleanUpOnce: Question<RepeatedUpdate> = {
  id: 'may-clean-up-once',
  refusals: [sourcesChanged],
  answer: () => ({ allowed: 'safe', because: 'the installs between read what is there already, and the last clean-up removes it all' }),
};
