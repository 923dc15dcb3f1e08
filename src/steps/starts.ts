import type { Started } from '../ecosystems/ecosystem.ts';
import { once } from '../once.ts';
import { readScript } from '../shell/read.ts';
import { sourceText } from '../text.ts';
import type { SimpleCommand } from '../shell/script.ts';
import { readCommand } from './commands.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { filesAtEnd } from './sources.ts';

/** The one command that a CMD or ENTRYPOINT is; undefined where it is none, or needs a shell. */
export const startCommand = once(({ instruction, state }: Step): CommandFacts | undefined => {
  const { keyword, json, argument } = instruction;
  if (keyword !== 'CMD' && keyword !== 'ENTRYPOINT') return undefined;
  const command = json ? commandOf(json) : onlyIn(argument.text);
  return command && readCommand(command, state, state.workdir);
});

function commandOf(json: readonly string[]): SimpleCommand {
  const words = json.map((value) => ({ start: 0, end: 0, text: value, value, pattern: value }));
  return { start: 0, end: 0, words, assignments: [], redirections: [], nested: false };
}

function onlyIn(text: string): SimpleCommand | undefined {
  const script = readScript(sourceText(text));
  const [item, ...more] = script?.items ?? [];
  const [command, ...piped] = item?.pipeline ?? [];
  if (!command || more.length + piped.length > 0 || item?.negated || item?.background || script?.tail !== '') return undefined;
  const plain = command.assignments.length + command.redirections.length === 0 && command.words.every(({ value }) => value !== undefined);
  return plain ? command : undefined;
}

/** Commands that only prepare the start of another one. */
const preparing = new Set(['export', 'set', 'ulimit', 'sed']);

/** The words of the program that a list in shell form starts in the end, variables in them as written; undefined where what comes before it does more than to prepare that. */
export function lastStarted({ instruction: { json, argument } }: Step): readonly string[] | undefined {
  const script = json ? undefined : readScript(sourceText(argument.text));
  const items = script?.items ?? [];
  const commands = items.flatMap(({ pipeline }) => pipeline);
  const isPlain = items.every(({ pipeline, connector, negated, background }) => pipeline.length === 1 && connector !== '||' && !negated && !background);
  if (!isPlain || commands.slice(0, -1).some(({ words }) => words.length > 0 && !preparing.has(words[0]?.value ?? ''))) return undefined;
  const words = commands.at(-1)?.words.map(({ value, text }) => value ?? text) ?? [];
  return words[0] === 'exec' ? words.slice(1) : words;
}

/** What a CMD or ENTRYPOINT starts by the name of a script of the project. */
export interface ScriptStart {
  readonly step: Step;
  readonly command: CommandFacts;
  /** Absolute: the folder that it starts in. */
  readonly folder: string;
  readonly started: Started;
}

export function scriptStart(facts: Facts, step: Step): ScriptStart | undefined {
  const command = startCommand(step);
  const folder = command?.workdir;
  if (!command?.call || folder === undefined || command.prefix !== '') return undefined;
  const started = command.ecosystem?.starts?.(command.call, filesAtEnd(facts, step.stage, folder));
  return started && { step, command, folder, started };
}
