import { hasCacheMounts } from '../dockerfile/frontend.ts';
import { imageUser } from '../bases/users.ts';
import { copiesInto, isThere, makesFolder, recursiveChanges, stepsSinceCopies, type RecursiveChange } from '../steps/ownership.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { earlierSteps } from '../steps/neighbours.ts';
import { absolute, isBelow, overlap } from '../steps/paths.ts';
import { unquoted } from '../steps/read.ts';
import type { Question } from './question.ts';

export interface OwnedWhileCopying {
  readonly facts: Facts;
  readonly change: RecursiveChange;
}

/** Dockerfile facts 2.7: what the instruction that creates a file says of its owner and mode. */
export const mayOwnWhileCopying: Question<OwnedWhileCopying> = {
  id: 'may-own-while-copying',
  refusals: [
    {
      id: 'other-user',
      because: 'it runs as another user than root',
      applies: ({ change }) => {
        const user = change.step.state.user?.split(':')[0] ?? 'root';
        return user !== 'root' && user !== '0' && user;
      },
    },
    {
      id: 'holds-more',
      because: 'the folder may hold more than what COPYs of this stage bring',
      applies: ({ change }) => holdsMore(change),
    },
    {
      id: 'written-between',
      because: 'a step between the COPY and this one may write there, or go by who owns what is there',
      applies: ({ change }) => writtenBetween(change),
    },
    {
      id: 'own-flags',
      because: 'a COPY sets it already, in another way',
      applies: ({ change }) => {
        const other = copiesInto(change).find(({ instruction }) => instruction.flags.some(({ name, value }) => name === change.flag && value !== change.value));
        return other && `line ${other.instruction.startLine}`;
      },
    },
    {
      id: 'other-copies',
      because: 'ADD, `--from` and `--link` give what they bring its group, its special bits or its folders in other ways than COPY from the context',
      applies: ({ change }) => {
        const other = copiesInto(change).find(
          ({ instruction, copy }) => instruction.keyword === 'ADD' || copy?.from !== undefined || instruction.flags.some(({ name }) => name === 'link'),
        );
        return other && `line ${other.instruction.startLine}`;
      },
    },
    {
      id: 'mounted',
      because: 'it runs over a mount, where it may fail, and COPY would not',
      applies: ({ change }) => (change.step.run?.mounts.length ?? 0) > 0,
    },
    {
      id: 'old-frontend',
      because: 'the frontend that the file asks for may not know `--chmod`',
      applies: ({ facts, change }) => change.flag === 'chmod' && !hasCacheMounts(facts.dockerfile),
    },
    {
      id: 'unknown-owner',
      because: 'COPY would take a user that is not there yet for root',
      applies: ({ change }) => unknownName(change),
    },
    {
      id: 'folders-above',
      because: 'COPY would set it for folders above as well, which it makes',
      applies: ({ change }) => {
        const [first] = copiesInto(change);
        return first !== undefined && !makesFolder(change) && !isThere(first, change.folder) && change.folder;
      },
    },
  ],
  answer: () => ({ allowed: 'safe', because: 'COPY writes each file with this owner and mode, where the RUN stores all of them a second time' }),
};

/** Folders that images come with, and what a step before the COPYs may have put there. */
function holdsMore(change: RecursiveChange): string | undefined {
  const { step, folder } = change;
  if (!step.stage.base.known) return 'the base is not known';
  if (step.stage.parent) return 'it is built on another stage';
  if (/^\/(bin|boot|dev|etc|home(\/[^/]+)?|lib\w*|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr(\/(?!src\/).*)?|var(\/.*)?)?$/.test(folder)) return folder;
  const inside = step.stage.steps.find(
    ({ instruction, state }) => instruction.keyword === 'WORKDIR' && isWithin(absolute(unquoted(instruction.argument.text), state.workdir, undefined), folder),
  );
  if (inside && inside.instruction.index < step.instruction.index) return `line ${inside.instruction.startLine}`;
  const [first] = copiesInto(change);
  const writer = (first ? earlierSteps(first) : []).find(({ run }) => run?.commands.some((command) => mayWrite(command, folder)));
  return writer && `line ${writer.instruction.startLine}`;
}

function isWithin(path: string | undefined, folder: string): boolean {
  return path !== undefined && path !== folder && isBelow(path, folder);
}

/** It changes the owner or the mode of folders above alone. */
function isOfFolderAbove({ program, arguments: all, writes, unknownPaths }: CommandFacts, folder: string): boolean {
  if ((program !== 'chown' && program !== 'chmod') || unknownPaths || all.some(({ text }) => text.startsWith('-'))) return false;
  return writes.length > 0 && writes.every((path) => path !== folder && isBelow(folder, path));
}

function mayWrite({ kind, writes, unknownPaths, use }: CommandFacts, folder: string): boolean {
  if (kind === 'unknown') return true;
  if (use?.reads && use.reads.length > 0) return true;
  return writes.some((path) => overlap(path, folder)) || (kind !== 'package' && unknownPaths);
}

function writtenBetween(change: RecursiveChange): string | undefined {
  const { step, folder, position } = change;
  for (const between of [...stepsSinceCopies(change), step]) {
    const own = recursiveChanges(between);
    for (const [i, command] of (between.run?.commands ?? []).entries()) {
      if (between === step && i >= position) break;
      const isChange = own.some((one) => one.command === command && isBelow(one.folder, folder));
      if (!isChange && !isOfFolderAbove(command, folder) && mayWrite(command, folder)) return `line ${between.instruction.startLine}`;
    }
    if (between.run && between.run.script === undefined) return `line ${between.instruction.startLine}`;
    if (['USER', 'VOLUME', 'ONBUILD'].includes(between.instruction.keyword)) return `line ${between.instruction.startLine}`;
  }
  return undefined;
}

/** A name of a user or group that neither the base is known to have nor an earlier step makes. */
function unknownName(change: RecursiveChange): string | undefined {
  if (change.flag === 'chmod') return undefined;
  const [first] = copiesInto(change);
  return change.value.split(':').find((name) => !/^\d+$/.test(name) && name !== 'root' && first !== undefined && !isNamed(first, name));
}

function isNamed(step: Step, name: string): boolean {
  if (imageUser(step.stage.base.image, name)) return true;
  return earlierSteps(step).some(({ run }) =>
    run?.commands.some(
      ({ program, arguments: all, command }) =>
        /^(useradd|adduser|groupadd|addgroup)$/.test(program ?? '') && !command.nested && all.some(({ value }) => value === name),
    ),
  );
}
