import type { Dockerfile, Instruction } from '../dockerfile/model.ts';
import { appendCommand } from '../dockerfile/edit.ts';
import { endOffset, insertBehind, insertCommand, offset, removeItems } from '../shell/edit.ts';
import type { ListItem, Script } from '../shell/script.ts';
import type { CommandFacts } from '../steps/facts.ts';
import type { Edit } from '../text.ts';
import type { Item, Kind } from './collection.ts';

/** A command of a RUN as a collection holds it. */
export type FoundCommand = CommandFacts & Item;

export function foundCommands({ text }: Dockerfile, script: Script, commands: readonly CommandFacts[]): FoundCommand[] {
  return commands.map((facts) => ({ ...facts, text: text.slice(offset(script, facts.command.start), endOffset(script, facts.command.end)) }));
}

export function commandKind(dockerfile: Dockerfile, instruction: Instruction, script: Script): Kind<FoundCommand> {
  const { text } = dockerfile;
  const itemOf = (command: FoundCommand): Place => placeOf(script, command, instruction);
  return {
    isNamed: ({ program }, name) => program === name,
    rangeOf: ({ command }) => ({ start: offset(script, command.start), end: endOffset(script, command.end) }),
    insertBefore: (command, inserted) => insertCommand(text, script, itemOf(command).item, inserted),
    insertAfter: (command, inserted) => {
      const { item, position } = itemOf(command);
      const next = script.items[position + 1];
      if (next) return insertBehind(text, script, item, next, inserted);
      const [edit] = appendCommand(dockerfile, instruction, inserted);
      return edit ?? { start: instruction.contentEnd, end: instruction.contentEnd, text: '' };
    },
    remove: (commands) => rowsOf(commands.map((command) => itemOf(command).position)).map(([from, to]) => removed(dockerfile, instruction, script, from, to)),
  };
}

interface Place {
  readonly item: ListItem;
  readonly position: number;
}

/** The place of a command in the list of a RUN. Throws an Error for one that is a part of something else. */
function placeOf(script: Script, { command, text }: FoundCommand, { heredocs, startLine }: Instruction): Place {
  const position = script.items.findIndex((item) => item.pipeline.length === 1 && item.pipeline[0] === command);
  const item = script.items[position];
  const next = script.items[position + 1];
  if (!item || heredocs.length > 0 || (item.connector ?? '&&') !== '&&' || (next?.connector ?? '&&') !== '&&')
    throw new Error(`line ${startLine}: \`${text}\` is no command of a plain \`&&\` list: only replaceWith can change it`);
  return { item, position };
}

function removed({ text }: Dockerfile, { startLine }: Instruction, script: Script, from: number, to: number): Edit {
  const edit = removeItems(text, script, from, to);
  if (!edit)
    throw new Error(
      `line ${startLine}: all commands of a RUN, or ones with comments between them, cannot be removed: remove the instruction, or use replaceWith`,
    );
  return edit;
}

/** Neighbouring positions as rows from a first to a last. */
function rowsOf(positions: readonly number[]): [number, number][] {
  const rows: [number, number][] = [];
  for (const position of positions.toSorted((a, b) => a - b)) {
    const row = rows.at(-1);
    if (row && position <= row[1] + 1) row[1] = position;
    else rows.push([position, position]);
  }
  return rows;
}
