import { isKnownToSystem, isPlaceholder } from '../ecosystems/variables.ts';
import type { Instruction } from '../dockerfile/model.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { laterSteps } from '../steps/neighbours.ts';
import { chainOf, sharersOf, type Sharer } from '../steps/shared-prefix.ts';
import { sightOf } from '../steps/sight.ts';
import { readFacts, unquoted } from '../steps/read.ts';
import { movesDown, names, variablesSet, type MoveDown } from '../steps/variables.ts';
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
        const own = declared.flatMap((step) => variablesSet(step.instruction).map((name) => ({ step, name })));
        const unnamed = own.find(({ step, name }) => ![...laterSteps(facts, step)].some(({ instruction }) => names(instruction, name)));
        return unnamed && `nothing names ${unnamed.name}`;
      },
    },
    {
      id: 'told-apart',
      because: 'a comment tells why it stands where it does',
      applies: ({ facts: { dockerfile }, move: { moved } }) =>
        moved
          .map(({ instruction }) => toldApart(dockerfile, dockerfile.instructions[instruction.index - 1] ?? instruction, instruction))
          .find((comment) => comment !== undefined),
    },
    {
      id: 'changes-rarely',
      because: 'it has a default, which stays until somebody edits it: no build brings another value by itself',
      applies: ({ facts, move: { declared } }) => declared.map((step) => defaultOf(facts, step)).find((value) => value !== undefined),
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
      applies: ({ facts, move }) => move.passed[0] && sharersOf(facts, move.passed[0]).find((sharer) => !movesAlike(facts, move, sharer))?.path,
    },
  ],
  answer: ({ facts, move: { declared, passed, variables } }) => {
    const perhaps = passed.map((step) => sightOf(facts, step, variables)).find(({ sees }) => sees === 'perhaps');
    const named = declared.flatMap(({ instruction }) => variablesSet(instruction)).join(', ');
    const because = `a RUN runs again with each new value of an ARG above it, whether it reads it or not, and nothing on the way reads ${variables.join(', ')}`;
    return perhaps
      ? { allowed: 'review', because, differs: `${perhaps.what}: with ${named} above it, it had the variable, and ran again with each new value` }
      : { allowed: 'safe', because };
  },
};

/** It only makes, marks and looks at files. */
function isQuick({ run }: Step): boolean {
  const { commands = [] } = run ?? {};
  return commands.length > 0 && commands.every(({ kind, program }) => ['file', 'look', 'user'].includes(kind) || program === 'cd' || program === 'set');
}

export interface Lowered {
  readonly move: MoveDown;
  readonly verdict: Verdict;
}

/** The move of an ARG that is made first: as far as is safe, else as far as there is nothing against it; else the longest, and what is against that. */
export function lowered(facts: Facts, declared: Step): Lowered | undefined {
  let refused: Lowered | undefined;
  let perhaps: Lowered | undefined;
  for (const move of movesDown(declared)) {
    const verdict = ask(mayMoveDown, { facts, move }, facts.without);
    if (isRefused(verdict)) refused ??= { move, verdict };
    else if (verdict.allowed === 'safe') return { move, verdict };
    else perhaps ??= { move, verdict };
  }
  return perhaps ?? refused;
}

/** The concrete default of an ARG, its own or the one in front of the first FROM; undefined where the value comes from outside. */
function defaultOf({ dockerfile }: Facts, { instruction }: Step): string | undefined {
  for (const name of variablesSet(instruction)) {
    const value =
      valueIn(instruction, name) ??
      globalsOf(dockerfile.instructions)
        .map((one) => valueIn(one, name))
        .findLast((one) => one !== undefined);
    if (value !== undefined && !value.includes('$') && !isPlaceholder(value)) return `${name}=${value}`;
  }
  return undefined;
}

function globalsOf(instructions: readonly Instruction[]): Instruction[] {
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  return instructions.slice(0, first).filter(({ keyword }) => keyword === 'ARG');
}

function valueIn({ words }: Instruction, name: string): string | undefined {
  const word = words.find(({ text }) => text.startsWith(`${name}=`));
  return word && unquoted(word.text.slice(name.length + 1));
}

/** The other Dockerfile's ARG at the same place goes past the same RUNs of what they share, at the same level. */
function movesAlike(facts: Facts, { declared: [first] }: MoveDown, { path, dockerfile, stage, shared }: Sharer): boolean {
  const without = new Set([...facts.without, 'shared-prefix']);
  const others = readFacts(dockerfile, { context: facts.context, path, without });
  const own = first ? chainOf(first.stage) : [];
  const steps = others.stages.slice(stage.stage.index, stage.stage.index + 1).flatMap(chainOf);
  const other = first && steps[own.indexOf(first)];
  const [mine, theirs] = [first && lowered({ ...facts, without }, first), other && lowered(others, other)];
  if (!mine || !theirs || isRefused(mine.verdict) || isRefused(theirs.verdict) || mine.verdict.allowed !== theirs.verdict.allowed) return false;
  const within = ({ passed }: MoveDown, all: readonly Step[]): number => passed.filter((step) => all.indexOf(step) < shared).length;
  return within(mine.move, own) === within(theirs.move, steps);
}
