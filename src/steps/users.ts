import { imageUser } from '../bases/users.ts';
import { once } from '../once.ts';
import type { CommandFacts, StageFacts, Step } from './facts.ts';

/** Who runs a step. */
export interface Identity {
  readonly uid: number;
  /** undefined where only the name of the group is known. */
  readonly gid: number | undefined;
  /** Absolute. */
  readonly home: string;
  /** The home is a folder of the user's own. */
  readonly owns: boolean;
}

/** A user, as USER or `--chown` names it, with its group or without. */
export function isRoot(user: string): boolean {
  return /^(root|0)(:|$)/.test(user);
}

const root: Identity = { uid: 0, gid: 0, home: '/root', owns: true };

/** Who runs a command of a step, as far as the base, earlier steps and a `sudo` in front show; undefined where that is not known. */
export function identityOf(step: Step, prefix = ''): Identity | undefined {
  const { state } = step;
  if (prefix.startsWith('sudo ')) return /\s(-\w*[uE]|--user|--preserve-env)\b/.test(prefix) ? undefined : root;
  // Without a passwd the home is `/`, and a later COPY may bring one.
  if (step.stage.base.family === 'scratch' && !state.environment.has('HOME')) return undefined;
  const identity = ofName(step, state.user?.split(':')[0] ?? 'root');
  if (!identity || !state.environment.has('HOME')) return identity;
  const home = state.environment.get('HOME');
  return home?.startsWith('/') ? { ...identity, home, owns: identity.uid === 0 } : undefined;
}

function ofName(step: Step, user: string): Identity | undefined {
  if (user === 'root' || user === '0') return root;
  if (changing(step.stage) < step.instruction.index) return undefined;
  const known = imageUser(step.stage.base.image, user);
  if (known) return { ...known, owns: true };
  const commands = making(step.stage).flatMap(({ index, command }) => (index < step.instruction.index ? [command] : []));
  return commands.flatMap((command) => madeBy(command, user, commands) ?? []).at(-1);
}

/** Where users are first changed or taken out, or the list of them is another one, in a stage and those that it is built FROM. */
const changing = once((stage: StageFacts): number =>
  Math.min(
    stage.parent ? changing(stage.parent) : Infinity,
    stage.steps.find(({ run, copy, instruction }) =>
      run
        ? changesUsers.test([instruction.joined.text, ...instruction.heredocs.map(({ content }) => content)].join(' '))
        : /\/etc\/(passwd|group)?\/?$/.test(copy?.path ?? ''),
    )?.instruction.index ?? Infinity,
  ),
);

const changesUsers = /\b(usermod|groupmod|userdel|groupdel|deluser|delgroup|vipw)\b|\/etc\/(passwd|group)\b/;

/** The commands of a stage, and of those that it is built FROM, that make users and groups. */
const making = once((stage: StageFacts): readonly { readonly index: number; readonly command: CommandFacts }[] => [
  ...(stage.parent ? making(stage.parent) : []),
  ...stage.steps.flatMap(({ run, instruction }) =>
    (run?.commands ?? []).flatMap((command) => (makers.has(command.program ?? '') ? [{ index: instruction.index, command }] : [])),
  ),
]);

const makers: ReadonlySet<string> = new Set(['useradd', 'adduser', 'groupadd', 'addgroup']);

/** What `useradd -u 1000 -m app` or `adduser -D -u 1000 app` makes. */
function madeBy({ program, arguments: all, command }: CommandFacts, user: string, commands: readonly CommandFacts[]): Identity | undefined {
  if ((program !== 'useradd' && program !== 'adduser') || command.nested) return undefined;
  const words = all.map(({ value }) => value ?? '');
  if (words.at(-1) !== user && !words.includes(user)) return undefined;
  const uid = valueOf(words, '-u', '--uid');
  if (uid === undefined || !/^\d+$/.test(uid)) return undefined;
  const group = valueOf(words, '-g', '--gid', '-G', '--ingroup');
  const home = program === 'useradd' ? valueOf(words, '-d', '--home', '--home-dir') : valueOf(words, '-h', '--home');
  const has = (letter: string, long: string): boolean => words.some((word) => word === long || new RegExp(`^-[A-Za-z]*${letter}`).test(word));
  const owns = program === 'useradd' ? has('m', '--create-home') : !has('H', '--no-create-home') && !has('S', '--system');
  return { uid: Number(uid), gid: group === undefined ? undefined : gidOf(group, commands), home: home ?? `/home/${user}`, owns };
}

function gidOf(group: string, commands: readonly CommandFacts[]): number | undefined {
  if (/^\d+$/.test(group)) return Number(group);
  for (const { program, arguments: all } of commands) {
    const words = all.map(({ value }) => value ?? '');
    const gid = valueOf(words, '-g', '--gid');
    if ((program === 'groupadd' || program === 'addgroup') && words.includes(group) && gid !== undefined && /^\d+$/.test(gid)) return Number(gid);
  }
  return undefined;
}

/** `-u 1000`, `--uid=1000`, `-mu 1000`. */
function valueOf(words: readonly string[], ...options: readonly string[]): string | undefined {
  for (const [i, word] of words.entries()) {
    for (const option of options) {
      if (word.startsWith(`${option}=`)) return word.slice(option.length + 1);
      const cluster = option.length === 2 && new RegExp(`^-[A-Za-z]*${option[1] ?? ''}$`).test(word);
      if (word === option || cluster) return words[i + 1];
    }
  }
  return undefined;
}
