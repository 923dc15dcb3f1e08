import { posix } from 'node:path';
import { overlap } from '../steps/paths.ts';
import { broughtBy } from '../steps/image-files.ts';
import type { Facts, Step } from '../steps/facts.ts';
import type { IncompleteInstall } from '../steps/incomplete-installs.ts';
import type { Question } from './question.ts';

/** Files of an install, to be copied in front of it because it reads them. */
export interface Completion {
  readonly facts: Facts;
  readonly install: IncompleteInstall;
}

export const mayComplete: Question<Completion> = {
  id: 'may-complete',
  refusals: [
    {
      id: 'comes-otherwise',
      because: 'what is missing may come by a mount, by a RUN or by a COPY that is not understood',
      applies: ({ facts, install: { step, missing } }) => {
        const { steps } = step.stage;
        const until = steps.slice(0, steps.indexOf(step) + 1);
        const mounted = step.run?.mounts.some(({ type }) => type === 'bind' || type === 'secret');
        const other = until.find((one) => [...missing.keys()].some((path) => mayBring(facts, one, path)));
        return mounted ? 'the RUN has a mount' : other && `line ${other.instruction.startLine}`;
      },
    },
    {
      id: 'few-members',
      because: 'most packages of the workspace are left out, which may be meant',
      applies: ({ install }) => {
        const [root] = install.present.keys();
        const members = (files: ReadonlyMap<string, unknown>): number =>
          [...files.keys()].filter((path) => path !== root && posix.basename(path) === posix.basename(root ?? '')).length;
        return members(install.missing) > members(install.present);
      },
    },
    {
      id: 'names-members',
      because: 'the install says itself for which packages of the workspace it is',
      applies: ({ install }) => install.command.arguments.find(({ text }) => /^(-w|--workspaces?|-F|--filter(-prod)?|--focus)(=|$)/.test(text))?.text,
    },
  ],
  answer: ({ install: { command, missing } }) => {
    const names = [...missing.values()].map(({ source }) => source);
    const named = names.length > 3 ? `${names.length} files` : names.join(', ');
    const program = command.program ?? 'the install';
    return {
      allowed: 'review',
      because: `${program} reads ${named} where the source is there, and comes before it`,
      differs: `${program} goes by ${named} from then on: it may bring other packages than now, or no longer fail`,
    };
  },
};

function mayBring(facts: Facts, step: Step, path: string): boolean {
  const { run, copy } = step;
  if (copy) return copy.from === undefined ? !broughtBy(facts, step) : copy.path === undefined || overlap(copy.path, path);
  return run?.commands.some(({ writes, kind, unknownPaths }) => unknownPaths || (kind !== 'package' && writes.some((place) => overlap(place, path)))) ?? false;
}
