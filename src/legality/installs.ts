import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { leavesSourcesAlone } from '../steps/installs.ts';
import { onlyCommand } from '../steps/neighbours.ts';
import type { Question } from './question.ts';

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

/** An `update` that fetches again what the same RUN fetched before; `from` to `to` are the items to take out. */
export interface RepeatedUpdate {
  readonly facts: Facts;
  readonly step: Step;
  /** Items between the first update and the second. */
  readonly between: readonly number[];
}

export const mayDropUpdate: Question<RepeatedUpdate> = {
  id: 'may-drop-update',
  refusals: [
    {
      id: 'sources-changed',
      because: 'what stands between may change where packages come from',
      applies: ({ step, between }) => {
        for (const position of between) {
          const run = step.run;
          const item = run?.script?.items[position];
          const command = run && onlyCommand(run, item);
          if (!run || !command || !leavesSourcesAlone(run, command)) return `\`${item ? (run?.script?.source.text.slice(item.start, item.end) ?? '') : ''}\``;
        }
        return false;
      },
    },
  ],
  answer: () => ({ allowed: 'safe', because: 'between the two only packages are installed, so the second fetches what the first did' }),
};
