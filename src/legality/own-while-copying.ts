import { posix } from 'node:path';
import { hasCacheMounts } from '../dockerfile/frontend.ts';
import { imageUser, isSystemUser } from '../bases/users.ts';
import {
  copiesInto,
  isAddedMode,
  isDoneByCopies,
  isThere,
  ownershipChanges,
  passedFrom,
  stepsSinceCopies,
  workdirOf,
  type OwnershipChange,
} from '../steps/ownership.ts';
import { contextPath } from '../workspace/context-path.ts';
import { otherBuilder } from '../steps/builder.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { broughtBy } from '../steps/image-files.ts';
import { earlierSteps } from '../steps/neighbours.ts';
import { isBelow, overlap } from '../steps/paths.ts';
import type { Question } from './question.ts';

export interface OwnedWhileCopying {
  readonly facts: Facts;
  readonly change: OwnershipChange;
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
      applies: ({ facts, change }) => holdsMore(facts, change),
    },
    {
      id: 'other-files',
      because: 'COPY and command are not about the same files',
      applies: ({ facts, change }) => otherFiles(facts, change),
    },
    {
      id: 'written-between',
      because: 'a step between the COPY and this one may write there, or go by who owns what is there',
      applies: ({ facts, change }) => writtenBetween(facts, change),
    },
    {
      id: 'own-flags',
      because: 'a COPY sets it already, in another way',
      applies: ({ facts, change }) => {
        const other = copiesInto(facts, change).find(({ instruction }) =>
          instruction.flags.some(({ name, value }) => name === change.flag && value !== change.value),
        );
        return other && `line ${other.instruction.startLine}`;
      },
    },
    {
      id: 'other-copies',
      because: 'ADD and `--link` give what they bring its owner or its folders in other ways than COPY, and `--from` the group that it had there',
      applies: ({ facts, change }) => {
        const other = copiesInto(facts, change).find(
          ({ instruction, copy }) =>
            instruction.keyword === 'ADD' ||
            (copy?.from !== undefined && change.flag === 'chown' && !/[:.]/.test(change.given)) ||
            instruction.flags.some(({ name }) => name === 'link'),
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
      applies: ({ facts, change }) => unknownName(facts, change),
    },
    {
      id: 'other-builder',
      because: 'a file of the repository builds with something else than BuildKit, which may not know `--chmod`',
      applies: ({ facts, change }) => (change.flag === 'chmod' ? otherBuilder(facts) : undefined),
    },
    {
      id: 'folders-above',
      because: 'COPY would set it for folders above as well, which it makes',
      applies: ({ facts, change }) => {
        const [first] = copiesInto(facts, change);
        if (first === undefined || (change.recursive !== undefined && isDoneByCopies(facts, change))) return undefined;
        return change.paths.map((path) => (change.recursive === undefined ? posix.dirname(path) : path)).find((folder) => !isThere(first, folder));
      },
    },
  ],
  answer: ({ facts, change }) => {
    const because =
      change.recursive === undefined
        ? 'COPY writes the file with it, where the RUN stores the file a second time'
        : 'COPY writes each file with this owner and mode, where the RUN stores all of them a second time';
    const passed = copiesInto(facts, change).some(({ copy }) => copy?.from !== undefined);
    const differs = [
      isAddedMode(change.given) && change.flag === 'chmod'
        ? `a file that ${passed ? 'comes' : 'the context holds'} with other rights than 644 or 755${passed ? '' : ', as a checkout under another umask leaves it,'} gets 755 as well`
        : undefined,
      passed && change.flag === 'chown' ? 'a set-user-ID bit or a capability that a file comes with stays, which the RUN takes away' : undefined,
      passed && change.flag === 'chmod' && change.recursive !== undefined
        ? 'a set-group-ID bit that a folder comes with goes, which the RUN leaves'
        : undefined,
      passed && change.flag === 'chmod' && change.recursive === undefined
        ? 'what comes is taken for a file: in a folder all files would get the mode'
        : undefined,
    ].filter((one) => one !== undefined);
    return differs.length === 0 ? { allowed: 'safe', because } : { allowed: 'review', because, differs: differs.join('; ') };
  },
};

/** What a COPY brings and the command does not name, folders among it, or the other way about. */
function otherFiles(facts: Facts, change: OwnershipChange): string | undefined {
  if (change.recursive !== undefined) return undefined;
  const copies = copiesInto(facts, change);
  const folder = copies
    .filter((step) => !isFilePassed(facts, change, step))
    .flatMap(({ copy }) => copy?.sources ?? [])
    .find((source) => facts.context.size(contextPath(source)) === undefined);
  const brought = copies.flatMap((step) => [...(broughtBy(facts, step)?.keys() ?? []), passedFrom(step) ?? []].flat());
  return folder ?? brought.find((path) => !change.paths.includes(path)) ?? change.paths.find((path) => !brought.includes(path));
}

/** What comes from another stage is a file: its name, what is done to it or what the image starts says so. */
function isFilePassed({ steps }: Facts, { flag, given }: OwnershipChange, step: Step): boolean {
  const path = passedFrom(step);
  if (path === undefined) return false;
  if ((flag === 'chmod' && isAddedMode(given)) || /\/s?bin\/[^/]+$|\.\w+$/.test(path)) return true;
  const started = steps.filter(({ instruction, stage }) => stage === step.stage && /^(CMD|ENTRYPOINT)$/.test(instruction.keyword));
  return started.some(({ instruction }) => instruction.argument.text.replaceAll(/\s/g, '').startsWith(`["${path}"`));
}

/** Folders that images come with, and what a step before the COPYs may have put there. */
function holdsMore(facts: Facts, change: OwnershipChange): string | undefined {
  const {
    step,
    paths: [folder = '/'],
  } = change;
  if (change.recursive === undefined) return undefined;
  if (!step.stage.base.known) return 'the base is not known';
  if (step.stage.parent) return 'it is built on another stage';
  if (/^\/(bin|boot|dev|etc|home(\/[^/]+)?|lib\w*|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr(\/(?!src\/).*)?|var(\/.*)?)?$/.test(folder)) return folder;
  const inside = step.stage.steps.find((one) => one.instruction.keyword === 'WORKDIR' && isWithin(workdirOf(one), folder));
  if (inside && inside.instruction.index < step.instruction.index) return `line ${inside.instruction.startLine}`;
  const [first] = copiesInto(facts, change);
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

function writtenBetween(facts: Facts, change: OwnershipChange): string | undefined {
  const { step, paths, position, flag } = change;
  for (const between of [...stepsSinceCopies(facts, change), step]) {
    const line = `line ${between.instruction.startLine}`;
    const changes = ownershipChanges(between);
    for (const [i, command] of (between.run?.commands ?? []).entries()) {
      if (between === step && i >= position) break;
      const other = changes.find((one) => one.command === command);
      // An owner says nothing of the mode, and the other way about.
      if (other && (other.flag !== flag || !other.paths.some((one) => paths.some((path) => overlap(one, path))))) continue;
      if (paths.some((path) => !isOfFolderAbove(command, path) && (mayWrite(command, path) || copiesFrom(command, path)))) return line;
    }
    if (between.run && between.run.script === undefined) return line;
    if (paths.some((path) => mayBring(facts, between, path))) return line;
    if (['USER', 'VOLUME', 'ONBUILD'].includes(between.instruction.keyword)) return line;
  }
  return undefined;
}

function mayBring(facts: Facts, step: Step, path: string): boolean {
  if (!step.copy) return false;
  const brought = broughtBy(facts, step);
  return brought ? [...brought.keys()].some((one) => isBelow(one, path)) : step.copy.path === undefined || overlap(step.copy.path, path);
}

/** It makes something of what is there, owner and mode with it. */
function copiesFrom({ kind, reads }: CommandFacts, path: string): boolean {
  return kind !== 'look' && reads.some((read) => overlap(read, path));
}

/** A name of a user or group that neither the base is known to have nor an earlier step makes. */
function unknownName(facts: Facts, change: OwnershipChange): string | undefined {
  if (change.flag === 'chmod') return undefined;
  const [first] = copiesInto(facts, change);
  return change.value.split(':').find((name) => !/^\d+$/.test(name) && name !== 'root' && first !== undefined && !isNamed(first, name));
}

function isNamed(step: Step, name: string): boolean {
  const { image, family } = step.stage.base;
  if (imageUser(image, name) || isSystemUser(family, name)) return true;
  return earlierSteps(step).some(({ run }) =>
    run?.commands.some(
      ({ program, arguments: all, command }) =>
        /^(useradd|adduser|groupadd|addgroup)$/.test(program ?? '') && !command.nested && all.some(({ value }) => value === name),
    ),
  );
}
