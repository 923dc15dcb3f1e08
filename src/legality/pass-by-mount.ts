import { posix } from 'node:path';
import { hasCacheMounts } from '../dockerfile/frontend.ts';
import { otherBuilder } from '../steps/builder.ts';
import { isCredentialFile } from '../steps/credential-names.ts';
import type { CommandFacts, Facts } from '../steps/facts.ts';
import { filesBefore } from '../steps/image-files.ts';
import { earlierSteps } from '../steps/neighbours.ts';
import { isThere } from '../steps/ownership.ts';
import { mayReach, passingFiles, type PassingFile } from '../steps/passing-files.ts';
import { absolute, isBelow, overlap } from '../steps/paths.ts';
import { contextPath } from '../workspace/context-path.ts';
import { namedAgain, namedAgainBecause } from './delete-unpacked.ts';
import type { Question, Refusal } from './question.ts';

export interface PassedByMount {
  readonly facts: Facts;
  readonly file: PassingFile;
}

const noMounts: Refusal<PassedByMount> = {
  id: 'no-mounts',
  because: 'the builder or the frontend may know no mounts',
  applies: ({ facts }) => otherBuilder(facts) ?? !hasCacheMounts(facts.dockerfile),
};

const isCredential: Refusal<PassedByMount> = {
  id: 'credential',
  because: 'it looks like a credential, which belongs into a secret mount',
  applies: ({ file }) => isCredentialFile(posix.basename(file.source)) && file.source,
};

const commented: Refusal<PassedByMount> = {
  id: 'commented',
  because: 'a comment belongs to the COPY',
  applies: ({ file }) => file.copy.instruction.comments.length + file.copy.instruction.innerComments.length > 0,
};

const folderGoes: Refusal<PassedByMount> = {
  id: 'folder-goes',
  because: 'the folder that the COPY makes would be gone',
  applies: ({ file }) => {
    const folder = posix.dirname(file.path);
    return !isThere(file.copy, folder) && folder !== file.copy.state.workdir && !isFilled(file, folder) && !isSwept(file, folder) && folder;
  },
};

const thereBefore: Refusal<PassedByMount> = {
  id: 'there-before',
  because: 'an earlier file of that name would come back',
  applies: ({ facts, file }) => wasThere(facts, file),
};

const mayBeChanged: Refusal<PassedByMount> = {
  id: 'may-be-changed',
  because: 'a command of the RUN may change, move or replace it, which fails while it is mounted',
  applies: ({ file }) => changing(file),
};

/** https://docs.docker.com/reference/dockerfile/#run---mounttypebind: read-only, and nothing of it stays. */
export const mayPassByMount: Question<PassedByMount> = {
  id: 'may-pass-by-mount',
  refusals: [
    noMounts,
    isCredential,
    {
      id: 'many-files',
      because: 'a mount for each of so many files would be harder to read than the COPY',
      applies: ({ file }) => (file.copy.copy?.sources.length ?? 0) > mostMounts,
    },
    {
      id: 'others-stay',
      because: 'another file of the COPY stays, or is deleted in a way that may mean more',
      applies: ({ facts, file }) => {
        const { sources = [] } = file.copy.copy ?? {};
        const passing = passingFiles(facts).filter(({ copy }) => copy === file.copy);
        return sources.find((source) => !passing.some((one) => one.source === contextPath(source)));
      },
    },
    {
      id: 'swept',
      because: 'a pattern or its folder names it to a command that fails while it is mounted, or where nothing is left to delete',
      applies: ({ file: { swept, run } }) =>
        swept &&
        (swept.step === run || !swept.command.arguments.some(({ text }) => /^(-[a-zA-Z]*f[a-zA-Z]*|--force)$/.test(text))) &&
        `line ${swept.step.instruction.startLine}`,
    },
    {
      id: 'flags',
      because: 'the COPY gives it an owner or a mode',
      applies: ({ file }) => file.copy.instruction.flags.length > 0,
    },
    commented,
    folderGoes,
    thereBefore,
    {
      id: 'needed-elsewhere',
      because: 'another step names it, or may read it',
      applies: ({ facts, file }) => namedElsewhere(facts, file),
    },
    {
      id: 'seen-behind',
      because: 'behind the deletion a command of the RUN may see it, which stays as long as the mount does',
      applies: ({ file }) => seenBehind(file),
    },
    mayBeChanged,
  ],
  answer: ({ file: { swept } }) => ({
    allowed: 'safe',
    because: `only this RUN reads it, and ${swept ? `line ${swept.step.instruction.startLine} deletes it` : 'deletes it'}: in a layer of its own its bytes would stay`,
  }),
};

/** An archive that a COPY brings, a RUN unpacks and nobody deletes comes by a mount. */
export const mayMountUnpacked: Question<PassedByMount> = {
  id: 'may-mount-unpacked',
  refusals: [
    noMounts,
    isCredential,
    commented,
    folderGoes,
    thereBefore,
    {
      id: 'named-again',
      because: namedAgainBecause,
      applies: ({ facts, file: { copy, run, path } }) => namedAgain(facts, [copy, run], path),
    },
    mayBeChanged,
  ],
  answer: () => ({
    allowed: 'review',
    because: 'only this RUN reads it, and unpacks it: in a layer of its own its bytes stay beside what came out of it',
    differs: 'the archive itself is not in the image any more',
  }),
};

const mostMounts = 3;

/** It is deleted with its folder. */
function isSwept({ swept }: PassingFile, folder: string): boolean {
  return swept?.command.removes.some((path) => isBelow(folder, path)) === true;
}

/** What the RUN unpacks there keeps the folder that is made for the mount. */
function isFilled({ run }: PassingFile, folder: string): boolean {
  const commands = run.run?.commands ?? [];
  const filling = commands.some(({ kind, command, writes }) => kind === 'archive' && !command.nested && writes.some((path) => isBelow(path, folder)));
  return filling && !commands.some(({ removes }) => removes.some((path) => isBelow(path, folder) && !/\.\w+$/.test(path)));
}

function wasThere(facts: Facts, { copy, path }: PassingFile): string | undefined {
  if (filesBefore(copy, facts).has(path)) return path;
  const writer = earlierSteps(copy).find(({ run }) => run?.commands.some(({ writes }) => writes.some((one) => one === path)));
  return writer && `line ${writer.instruction.startLine}`;
}

/** By its name, wherever that stands but in the deletion. */
function namedElsewhere(facts: Facts, { copy, run, path, deleted, others }: PassingFile): string | undefined {
  if (others[0]) return `line ${others[0].instruction.startLine}`;
  const name = posix.basename(path);
  const other = facts.steps.find((step) => {
    if (step === copy || step === run) return false;
    const own = deleted.filter((one) => one.step === step).length;
    return step.instruction.joined.text.split(name).length - 1 > own;
  });
  return other && `line ${other.instruction.startLine}`;
}

function seenBehind({ run, path, deleted }: PassingFile): string | undefined {
  const own = deleted.filter(({ step }) => step === run).map(({ command }) => command);
  const [first] = own;
  const seeing = first && run.run?.commands.find((command) => command.command.start > first.command.start && !own.includes(command) && mayReach(command, path));
  return seeing && `\`${seeing.program ?? '?'}\``;
}

/** A command of the RUN that names it and is not known to do no more than read it. */
function changing({ run, path, deleted }: PassingFile): string | undefined {
  const name = posix.basename(path);
  for (const command of run.run?.commands ?? []) {
    if (deleted.some((one) => one.command === command)) continue;
    const named = command.command.words.some(({ text }) => text.includes(name));
    const changes = [...command.writes, ...command.removes].some((one) => overlap(one, path) && one !== '/' && !isFolderOf(command, one, path));
    const about = command.kind === 'unknown' && namesFolderOf(command, path);
    if (changes || about || (named && !readsOnly(command))) return `\`${command.program ?? '?'}\``;
  }
  return undefined;
}

/** `find . -exec chown app {} +` */
function namesFolderOf({ arguments: all, workdir }: CommandFacts, path: string): boolean {
  return all.some(({ value }) => value !== undefined && !value.startsWith('-') && isBelow(path, absolute(value, workdir, undefined) ?? path));
}

/** `tar -C /opt` and `cp x /opt` write into the folder, not over the file. */
function isFolderOf({ program }: CommandFacts, folder: string, path: string): boolean {
  return (
    (program === 'tar' || program === 'unzip' || program === 'cp' || program === 'mkdir' || program === 'install') &&
    posix.dirname(path).startsWith(folder) &&
    folder !== path
  );
}

function readsOnly({ kind, program, reads, arguments: all }: CommandFacts): boolean {
  // A hard link to another file system is none.
  if (program === 'cp' && all.some(({ text }) => text === '--link' || /^-[a-zA-Z]*l/.test(text))) return false;
  return (
    kind === 'package' ||
    kind === 'look' ||
    program === 'tar' ||
    program === 'unzip' ||
    program === 'cp' ||
    program === 'cat' ||
    program === 'dpkg' ||
    (kind === 'file' && reads.length > 0 && program !== 'mv')
  );
}
