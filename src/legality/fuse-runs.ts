import { once } from '../once.ts';
import type { CommandFacts, Facts, RunFacts, Step } from '../steps/facts.ts';
import { flagsOf } from '../steps/neighbours.ts';
import { overlap } from '../steps/paths.ts';
import { toldApart } from './comments.ts';
import { openEnd } from '../steps/open-end.ts';
import { firstWhere } from '../text.ts';
import type { Question } from './question.ts';

/** Two neighbouring RUNs, to be joined by `&&`. */
export interface RunPair {
  readonly facts: Facts;
  readonly first: Step;
  readonly second: Step;
  /** All RUNs that would stand before the second, the first the last of them. */
  readonly earlier: readonly Step[];
}

/** The equivalence of `A && B` with two RUNs: Dockerfile facts 2.5, each row built for real. */
export const mayFuseRuns: Question<RunPair> = {
  id: 'may-fuse-runs',
  refusals: [
    {
      id: 'exec-form',
      because: 'a RUN in exec form has no shell to join in',
      applies: ({ first, second }) => form(first) === 'exec' || form(second) === 'exec',
    },
    {
      id: 'heredoc',
      because: 'the lines of a heredoc cannot be joined by &&',
      applies: ({ first, second }) => form(first) === 'heredoc' || form(second) === 'heredoc',
    },
    {
      id: 'other-flags',
      because: 'a mount, network or security flag would then hold for both',
      applies: ({ first, second }) => flagsOf(first) !== flagsOf(second),
    },
    {
      id: 'opaque-shell',
      because: 'what the shell does with it is not known',
      applies: ({ first, second }) => opaque(first.run) ?? opaque(second.run),
    },
    {
      id: 'told-apart',
      because: 'a comment keeps them apart',
      applies: ({ facts, first, second }) => toldApart(facts, first.instruction, second.instruction),
    },
    {
      id: 'ends-open',
      because: 'what stands at the end of a RUN would swallow what is joined to it',
      applies: ({ facts, first, second }) => openEnd(facts, first) ?? openEnd(facts, second),
    },
    {
      id: 'no-plain-list',
      because: 'only plain lists joined by && are joined: a `;`, `||` or `&` in the second would hide that the first failed',
      applies: ({ first, second }) => plainList(first.run) ?? plainList(second.run),
    },
    {
      id: 'shell-state',
      because: 'what one command does to its shell would reach the commands joined behind it',
      applies: ({ first, second }) => shellState(first.run, true) ?? shellState(second.run, false),
    },
    {
      id: 'unknown-command',
      because: 'it is not known that the command ends with its effect',
      applies: ({ first, second }) => unknownCommand(first.run) ?? unknownCommand(second.run),
    },
    {
      id: 'command-replaced',
      because: 'the shell remembers where it found a command that the first RUN replaces',
      applies: ({ facts, earlier, second }) => replacedCommand(facts, earlier, second.run) ?? replacedManager(earlier, second.run),
    },
    {
      id: 'shell-replaced',
      because: 'the first RUN changes what every new shell begins with',
      applies: ({ first }) => shellReplaced(first.run),
    },
    {
      id: 'folder-gone',
      because: 'the first RUN may remove the working directory, which a RUN of its own would find made again',
      applies: ({ first }) => folderGone(first),
    },
    {
      id: 'scratch-mount',
      because: 'what the first writes in its mount would reach the second',
      applies: ({ first }) =>
        first.instruction.flags.some(({ name, value = '' }) => name === 'mount' && /type=tmpfs|(^|,)(rw|readwrite)(=true)?(,|$)/.test(value)),
    },
    {
      id: 'shared-memory',
      because: '/dev/shm is fresh in every RUN',
      applies: ({ first, second }) => [first, second].some((step) => step.instruction.argument.text.includes('/dev/shm')),
    },
  ],
  answer: () => ({ allowed: 'safe', because: 'every command ends with its effect, and && keeps their order and the first failure' }),
};

function form(step: Step): RunFacts['form'] | undefined {
  return step.run?.form;
}

function opaque(run: RunFacts | undefined): string | undefined {
  return run?.form === 'shell' ? run.opaque : undefined;
}

function plainList(run: RunFacts | undefined): string | undefined {
  for (const item of run?.script?.items ?? []) {
    if (item.connector !== undefined && item.connector !== '&&') return `\`${item.connector}\``;
    if (item.background) return '`&`';
    if (item.pipeline.length === 0) return 'a compound command';
  }
  return undefined;
}

function shellState(run: RunFacts | undefined, leaks: boolean): string | undefined {
  if (run?.script?.state !== undefined) return `\`${run.script.state}\``;
  for (const command of run?.commands ?? []) {
    // dash keeps what is set in front of a special builtin.
    if (command.program === ':' && command.command.assignments.length > 0) return '`:`';
    if (command.kind !== 'shell' || command.command.nested || isHarmlessSet(command)) continue;
    // What the second RUN does to its shell ends with it; but it must not end the shell or hang on what came before.
    if (!leaks && (command.program === 'cd' || command.program === 'export' || command.program === 'umask' || command.program === undefined)) continue;
    return `\`${command.path ?? command.command.assignments[0]?.name ?? '?'}\``;
  }
  return undefined;
}

/** `set -ex`: in a plain list it only prints, and a failure ends the RUN as before. */
function isHarmlessSet({ program, arguments: all }: CommandFacts): boolean {
  return program === 'set' && all.length > 0 && all.every((argument) => /^-[evx]+$/.test(argument.text));
}

function unknownCommand(run: RunFacts | undefined): string | undefined {
  const unknown = run?.commands.find((command) => command.kind === 'unknown');
  return unknown && `\`${unknown.path ?? unknown.command.words[0]?.text ?? '?'}\``;
}

/** A program that the first RUN called, then put in place, and that the second calls again. */
function replacedCommand(facts: Facts, earlier: readonly Step[], second: RunFacts | undefined): string | undefined {
  const from = earlier[0]?.instruction.index ?? 0;
  const to = earlier.at(-1)?.instruction.index ?? 0;
  const placing = stepsThatPlace(facts);
  const first = placing[firstWhere(placing.length, (i) => (placing[i]?.instruction.index ?? 0) >= from)];
  if (!first || first.instruction.index > to) return undefined;
  const again = new Set(second?.commands.flatMap(({ path }) => (path !== undefined && !path.includes('/') ? [path] : [])));
  const called = new Set<string>();
  for (const command of earlier.flatMap((step) => step.run?.commands ?? [])) {
    const places = programsPlaced(command);
    for (const name of again) if (called.has(name) && places.some((path) => isProgram(path, name))) return `\`${name}\``;
    if (command.path !== undefined) called.add(command.path);
  }
  return undefined;
}

const stepsThatPlace = once((facts: Facts) => facts.steps.filter((step) => step.run?.commands.some((command) => programsPlaced(command).length > 0)));

function programsPlaced({ writes, removes }: CommandFacts): string[] {
  return [...writes, ...removes].filter((path) => /\/s?bin\//.test(path));
}

function isProgram(path: string, name: string): boolean {
  return overlap(path, path.slice(0, path.lastIndexOf('/') + 1) + name);
}

/** A manager that puts a second one of itself before the first. */
function replacedManager(earlier: readonly Step[], second: RunFacts | undefined): string | undefined {
  for (const { run, stage } of earlier) {
    for (const { use, path } of run?.commands ?? []) {
      if (!use?.replacesItself?.(stage.base) || path === undefined || path.includes('/')) continue;
      if (second?.commands.some((later) => later.path === path)) return `\`${path}\``;
    }
  }
  return undefined;
}

/** `ln -sf /bin/bash /bin/sh`, `echo … > /etc/ld.so.preload`. */
function shellReplaced(run: RunFacts | undefined): string | undefined {
  const paths = run?.commands.flatMap((command) => [...command.writes, ...command.removes]) ?? [];
  return paths.find((path) => /^(\/usr)?\/bin\/(sh|bash|dash|ash|busybox)$|^\/etc\/(ld\.so\.|passwd$|profile)/.test(path));
}

/** `rm`, `rmdir` or `mv` of the working directory or of a folder that holds it. */
function folderGone({ run, state }: Step): string | undefined {
  const { workdir } = state;
  if (workdir === undefined || workdir === '/') return undefined;
  for (const { removes, unknownPaths, program } of run?.commands ?? []) {
    const removed = removes.find((path) => overlap(path, workdir) && path.split('/').length <= workdir.split('/').length);
    if (removed !== undefined) return removed;
    if (unknownPaths && (program === 'rm' || program === 'rmdir')) return `\`${program}\``;
  }
  return undefined;
}
