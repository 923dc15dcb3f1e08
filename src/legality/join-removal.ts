import type { Argument } from '../ecosystems/ecosystem.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { goesWithInstalls, meetsInstalls } from '../steps/install-moves.ts';
import { meets } from '../steps/late-deletions.ts';
import { isPlainList } from '../steps/neighbours.ts';
import type { LateRemoval } from '../steps/late-removals.ts';
import { mayFuseRuns } from './fuse-runs.ts';
import { ask, isRefused, type Question, type Refusal } from './question.ts';

export interface JoinedRemoval {
  readonly facts: Facts;
  readonly removal: LateRemoval;
}

const toldOf: Refusal<JoinedRemoval> = {
  id: 'told-of-removal',
  because: 'a comment belongs to the RUN that removes it, which would go',
  applies: ({ removal: { removing, passed } }) => passed.length > 0 && removing.instruction.comments.length + removing.instruction.innerComments.length > 0,
};

const stepsInside: Refusal<JoinedRemoval> = {
  id: 'steps-inside',
  because: 'another instruction stands between the RUNs that would be one, and the first cannot come behind it',
  applies: ({ facts, removal }) => obstacleInside(facts, removal),
};

const stepsPassed: Refusal<JoinedRemoval> = {
  id: 'steps-passed',
  because: 'the removal cannot come before what stands in front of it',
  applies: ({ facts, removal: { removing, passed } }) => {
    const commands = removing.run?.commands ?? [];
    const packages = commands.some(({ use }) => use !== undefined);
    const files = commands.filter(({ use }) => use === undefined);
    const step = passed.find((one) => (packages && meetsInstalls(facts, one)) || files.some((command) => meets(one, command)));
    return step && `line ${step.instruction.startLine}`;
  },
};

const rowNotJoined: Refusal<JoinedRemoval> = {
  id: 'row-not-joined',
  because: 'the RUNs from the one that brings it to the one that removes it cannot be one',
  applies: ({ facts, removal }) => keptApart(facts, removal),
};

/** The RUNs from the one that writes files to the one that deletes them again become one. */
export const mayJoinDeletion: Question<JoinedRemoval> = {
  id: 'may-join-deletion',
  refusals: [toldOf, stepsInside, stepsPassed, rowNotJoined],
  answer: ({ removal }) => {
    const running = goesOn(removal);
    return running === undefined ? { allowed: 'safe', because: because(removal) } : { allowed: 'review', because: because(removal), differs: running };
  },
};

/** The same of an install of packages and their removal. */
export const mayJoinRemoval: Question<JoinedRemoval> = {
  id: 'may-join-removal',
  refusals: [
    toldOf,
    {
      id: 'source-inside',
      because: 'the packages would be installed again after each edit of the source that is copied before they are used',
      applies: ({ removal: { inside } }) =>
        inside.find(({ copy }) => copy && copy.from === undefined && copy.sources.some((source) => /^(\.?\/?|\.?\/?\*)$/.test(source)))?.instruction.argument
          .text,
    },
    stepsInside,
    {
      id: 'index-fetched-before',
      because: 'the install would run more often, on a package index that an earlier step fetched',
      applies: ({ removal: { bringing, inside } }) =>
        inside.length > 0 &&
        bringing.run?.commands.some(({ use }) =>
          (use?.needs ?? []).some((id) => use?.action === 'install' && !bringing.run?.commands.some((command) => command.use?.renews.includes(id))),
        ),
    },
    stepsPassed,
    rowNotJoined,
  ],
  answer: ({ removal }) => ({
    allowed: 'review',
    because: because(removal),
    differs: [brought(removal), goesOn(removal)].filter((one) => one !== undefined).join('; '),
  }),
};

function because({ removed }: LateRemoval): string {
  return `${removed} is removed in a later layer than the one that holds it`;
}

function brought({ inside }: LateRemoval): string {
  const copied = inside.flatMap(({ copy }) => (copy && copy.from === undefined ? copy.sources : []));
  return `the packages are installed again with each change of ${copied.length > 0 ? `${copied.join(', ')} or ` : ''}one of these RUNs`;
}

function goesOn({ row, removing }: LateRemoval): string | undefined {
  const unknown = row
    .filter((step) => step !== removing)
    .flatMap(({ run }) => run?.commands ?? [])
    .find((command) => command.kind === 'unknown' && command.program !== 'git');
  return unknown && `what \`${unknown.program ?? '?'}\` leaves running goes on while the rest of the RUN does`;
}

function obstacleInside(facts: Facts, { bringing, row, inside }: LateRemoval): string | undefined {
  const [first] = inside;
  if (!first) return undefined;
  const line = `line ${first.instruction.startLine}`;
  const moves = bringing.run?.commands.every((command) => goesWithInstalls(command, bringing.state));
  const next = row[1];
  if (!moves || !next) return line;
  const behind = inside.find((step) => step.instruction.index > next.instruction.index);
  const obstacle = behind ?? inside.find((step) => meetsInstalls(facts, step));
  return obstacle && `line ${obstacle.instruction.startLine}`;
}

function keptApart(facts: Facts, { row, removing }: LateRemoval): string | undefined {
  const all = row.includes(removing) ? row : [...row, removing];
  // It is told what goes on, and a folder that a `cd` leaves is asked for here.
  const without = new Set(['unknown-command', 'shell-state']);
  const mixed = all.find(({ run }) => !run || !isPlainList(run));
  if (mixed) return `line ${mixed.instruction.startLine} is more than commands joined by &&`;
  for (const [i, second] of all.entries()) {
    const first = all[i - 1];
    if (!first) continue;
    const verdict = ask(mayFuseRuns, { facts, first, second, earlier: all.slice(0, i) }, without);
    if (isRefused(verdict)) return verdict.because;
    const state = stateLeft(first) ?? stateFound(second);
    if (state !== undefined) return state;
    const folder = first.run?.commands.findLast(({ program }) => program === 'cd');
    if (folder && !isElsewhere(second)) return `\`cd\` in line ${first.instruction.startLine} would hold for what is joined behind it`;
    if (first.state.workdir !== second.state.workdir && !isElsewhere(second)) return 'the working directory is another one there';
  }
  return undefined;
}

/** What a RUN does to its shell, but for its folder, would reach what is joined behind it. */
function stateLeft({ run, instruction }: Step): string | undefined {
  const what = run?.script?.state ?? run?.commands.find((command) => command.kind === 'shell' && command.program !== 'cd' && !isTracing(command))?.program;
  const sets = run?.commands.some(({ kind, program }) => kind === 'shell' && program === undefined);
  return what !== undefined || sets ? `\`${what ?? 'variables'}\` in line ${instruction.startLine} would hold for what is joined behind it` : undefined;
}

function stateFound({ run }: Step): string | undefined {
  const ending = run?.commands.find(({ kind, program }) => kind === 'shell' && /^(exit|exec|return|trap|set|shift|eval|\.|source)$/.test(program ?? ''));
  return ending && !isTracing(ending) ? `\`${ending.program ?? '?'}\`` : undefined;
}

/** `set -ex`: in a plain list it only prints, and a failure ends the RUN as before. */
function isTracing({ program, arguments: all }: CommandFacts): boolean {
  return program === 'set' && all.length > 0 && all.every(({ text }) => /^-[evx]+$/.test(text));
}

/** Whatever folder it starts in, it does the same. */
function isElsewhere({ run }: Step): boolean {
  const commands = run?.commands ?? [];
  const [first] = commands;
  if (first?.program === 'cd') return first.arguments.length === 1 && first.arguments[0]?.value?.startsWith('/') === true;
  return commands.every(({ program, use, arguments: all }) =>
    use ? use.action === 'remove' || use.action === 'clean' : program === 'rm' && all.every(isAbsolute),
  );
}

function isAbsolute({ value }: Argument): boolean {
  return /^[-/]/.test(value ?? '');
}
