import { isKnownToSystem, isPlaceholder } from '../ecosystems/variables.ts';
import type { Instruction } from '../dockerfile/model.ts';
import { readDockerfile } from '../dockerfile/read.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { laterSteps } from '../steps/neighbours.ts';
import { chainOf, sharersOf, type Sharer } from '../steps/shared-prefix.ts';
import { sightOf } from '../steps/sight.ts';
import { readFacts, unquoted } from '../steps/read.ts';
import { changesOf, changingIn, isQuick } from '../steps/changes.ts';
import { companionsOf, moveDown, names, variablesSet, type MoveDown } from '../steps/variables.ts';
import { toldApart } from './comments.ts';
import { ask, isRefused, type Question, type Verdict } from './question.ts';

/** An ARG with what expands it, to be declared below RUNs that have no use for it. */
export interface Lowering {
  readonly facts: Facts;
  readonly move: MoveDown;
}

export const mayMoveDown: Question<Lowering> = {
  id: 'may-move-down',
  refusals: [
    {
      id: 'cache-buster',
      because: 'it may stand there to make the RUN below run again',
      applies: ({ facts, move: { declared } }) => {
        const unnamed = declared.find((step) => {
          const own = variablesSet(step.instruction);
          return ![...laterSteps(facts, step)].some(({ instruction }) => own.some((name) => names(instruction, name)));
        });
        return unnamed && `nothing names ${variablesSet(unnamed.instruction).join(', ')}`;
      },
    },
    {
      id: 'told-apart',
      because: 'a comment tells why it stands where it does',
      applies: ({ facts, move: { moved } }) =>
        moved
          .map(({ instruction }) => toldApart(facts, facts.dockerfile.instructions[instruction.index - 1] ?? instruction, instruction))
          .find((comment) => comment !== undefined),
    },
    {
      id: 'changes-rarely',
      because: 'it has a default, which stays until somebody edits it: no build brings another value by itself',
      applies: ({ facts, move: { declared } }) =>
        declared.map((step) => (changesOf(facts, step) ? undefined : defaultOf(facts, step))).find((value) => value !== undefined),
    },
    {
      id: 'saves-little',
      because: 'what runs again with each new value takes no time',
      applies: ({ move: { passed } }) => passed.every(isQuick),
    },
    {
      id: 'known-to-programs',
      because: 'every program may go by the variable',
      applies: ({ move: { variables } }) => variables.find((name) => isKnownToSystem(name) || name.includes('$')),
    },
    {
      id: 'may-be-read',
      because: 'a RUN on the way may read it',
      applies: ({ facts, move: { passed, variables } }) => {
        for (const step of passed) {
          const sight = sightOf(facts, step, variables);
          if (sight.sees === 'may-well') return sight.what;
        }
        return undefined;
      },
    },
    {
      id: 'shared-prefix',
      because: 'another Dockerfile begins with the same steps and would keep them as they are: each would then store and push its own',
      applies: ({ facts, move }) => {
        for (const sharer of move.passed[0] ? sharersOf(facts, move.passed[0]) : []) if (!movesAlike(facts, move, sharer)) return sharer.file.path;
        return undefined;
      },
    },
  ],
  answer: ({ facts, move: { declared, passed, variables } }) => {
    const perhaps = passed.map((step) => sightOf(facts, step, variables)).find(({ sees }) => sees === 'perhaps');
    const named = declared.flatMap(({ instruction }) => variablesSet(instruction)).join(', ');
    const often = declared
      .flatMap((step) => changesOf(facts, step) ?? [])
      .map(({ name, changes, commits }) => `${name} changed ${changes} times in the last ${commits} commits; `);
    return {
      allowed: 'review',
      because: `${often.join('')}a RUN runs again with each new value of an ARG or ENV above it, whether it reads it or not, and nothing on the way reads ${variables.join(', ')}`,
      differs: perhaps
        ? `${perhaps.what}: with ${named} above it, it had the value, and ran again with each new value`
        : `with ${named} above it, ${passed.length === 1 ? 'the RUN' : 'each RUN'} ran again with each new value, and could find something newer outside`,
    };
  },
};

/** A way down, and what legality says of it. */
export interface Lowered {
  readonly move: MoveDown;
  readonly verdict: Verdict;
}

/** All that may come down in a Dockerfile, or may not: neighbours that go past the same RUNs as one. The last comes first, so that what stood above it comes above it again. */
export function* lowerings(facts: Facts): Iterable<Lowered> {
  const found: Lowered[] = [];
  const along = new Set<Step>();
  for (const declared of changingIn(facts)) {
    // It goes with one above it that it sets again.
    const one = along.has(declared) ? undefined : lowered(facts, declared);
    if (!one) continue;
    found.push(one);
    if (!isRefused(one.verdict)) for (const step of one.move.moved) along.add(step);
  }
  let row: Lowered[] = [];
  for (const one of found.toReversed()) {
    if (!goesWith(one, row[0])) {
      yield* together(facts, row);
      row = [];
    }
    row.unshift(one);
  }
  yield* together(facts, row);
}

/** They go past the same RUNs, and nothing else stands between them. */
function goesWith({ move, verdict }: Lowered, next: Lowered | undefined): boolean {
  const [one, other] = [move.declared[0], next?.move.declared[0]];
  if (!next || !one || !other || isRefused(verdict) || isRefused(next.verdict) || verdict.allowed !== next.verdict.allowed) return false;
  const { steps } = one.stage;
  const between = steps.slice(steps.indexOf(one) + 1, steps.indexOf(other));
  return one.stage === other.stage && move.passed.length === next.move.passed.length && between.every((step) => move.moved.includes(step));
}

/** With the ARGs beside them that only what is moved expands, where that changes nothing else. */
function* together(facts: Facts, row: readonly Lowered[]): Iterable<Lowered> {
  const [first] = row;
  if (!first) return;
  const most = first.move.passed.length;
  const declared = row.flatMap(({ move }) => move.declared);
  const move = moveDown(declared, most) ?? first.move;
  const verdict = ask(mayMoveDown, { facts, move }, facts.without);
  const all = moveDown(declared, most, companionsOf(move));
  const verdictOnAll = all && ask(mayMoveDown, { facts, move: all }, facts.without);
  const alike = verdictOnAll && !isRefused(verdictOnAll) && !isRefused(verdict) && verdictOnAll.allowed === verdict.allowed;
  yield all && alike ? { move: all, verdict: verdictOnAll } : { move, verdict };
}

/** The move that is made: as far as there is nothing against it; else the longest, and what is against that. */
function lowered(facts: Facts, declared: Step): Lowered | undefined {
  const longest = moveDown([declared], Infinity);
  if (!longest) return undefined;
  const barred = longest.passed.findIndex((step) => sightOf(facts, step, longest.variables).sees === 'may-well');
  const verdictOn = (move: MoveDown): Lowered => ({ move, verdict: ask(mayMoveDown, { facts, move }, facts.without) });
  const move = barred > 0 ? moveDown([declared], barred) : undefined;
  const free = move && verdictOn(move);
  return free && !isRefused(free.verdict) ? free : verdictOn(longest);
}

/** The concrete default of an ARG, its own or the one in front of the first FROM; undefined where the value comes from outside. */
function defaultOf({ dockerfile }: Facts, { instruction }: Step): string | undefined {
  for (const name of variablesSet(instruction)) {
    const value =
      defaultIn(instruction, name) ??
      globalsOf(dockerfile.instructions)
        .map((one) => defaultIn(one, name))
        .findLast((one) => one !== undefined);
    if (value !== undefined && !value.includes('$') && !isPlaceholder(value)) return `${name}=${value}`;
  }
  return undefined;
}

function globalsOf(instructions: readonly Instruction[]): Instruction[] {
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  return instructions.slice(0, first).filter(({ keyword }) => keyword === 'ARG');
}

function defaultIn({ keyword, words, argument }: Instruction, name: string): string | undefined {
  const [first] = words;
  if (keyword === 'ENV' && first?.text === name) return argument.text.slice(name.length).trim();
  const word = words.find(({ text }) => text.startsWith(`${name}=`));
  return word && unquoted(word.text.slice(name.length + 1));
}

/** The other Dockerfile's ARG at the same place goes past the same RUNs of what they share, at the same level. */
function movesAlike(facts: Facts, { declared: [first] }: MoveDown, { file, stage, shared }: Sharer): boolean {
  const reading = readDockerfile(file.text);
  if (!('dockerfile' in reading)) return false;
  const without = new Set([...facts.without, 'shared-prefix']);
  // Its own history is not known here.
  const others = readFacts(reading.dockerfile, { context: { ...facts.context, history: () => undefined, ownPath: file.path }, path: file.path, without });
  const own = first ? chainOf(first.stage) : [];
  const steps = others.stages.slice(stage, stage + 1).flatMap(chainOf);
  const other = first && steps[own.indexOf(first)];
  const [mine, theirs] = [first && lowered({ ...facts, without }, first), other && lowered(others, other)];
  if (!mine || !theirs || isRefused(mine.verdict) || isRefused(theirs.verdict) || mine.verdict.allowed !== theirs.verdict.allowed) return false;
  const within = ({ passed }: MoveDown, all: readonly Step[]): number => passed.filter((step) => all.indexOf(step) < shared).length;
  return within(mine.move, own) === within(theirs.move, steps);
}
