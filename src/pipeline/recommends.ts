import { plainName } from '../ecosystems/build-packages.ts';
import type { ShellWord } from '../shell/script.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';

/** A RUN's text with its installs as they would be without the option and without packages that may be kept by name; undefined where there is none. */
export function withoutRecommended({ run, instruction }: Step, flags: string): string | undefined {
  if (!run?.commands.some(readOf)) return undefined;
  const { script } = run;
  if (!script) return instruction.json && `RUN ${flags} ${JSON.stringify(run.commands.flatMap(writtenWords))}`;
  let text = '';
  let at = 0;
  for (const command of run.commands) {
    const { start, end, words } = command.command;
    if (!readOf(command) || start < at) continue;
    const optional = new Set(optionalWords(command));
    text += script.source.text.slice(at, start);
    let behind = start;
    for (const word of words) {
      text += optional.has(word) ? '' : script.source.text.slice(behind, word.end);
      behind = word.end;
    }
    text += script.source.text.slice(behind, end);
    at = end;
  }
  text += script.source.text.slice(at);
  // A script that is no more than a heredoc's lines does not hold the words that open it.
  const { text: opening } = instruction.argument;
  const head = run.form === 'heredoc' && !script.source.text.startsWith(opening) ? opening : '';
  return `RUN ${flags} ${head} ${text}`.replaceAll(/\s+/g, ' ');
}

/** The words of an exec form without the optional ones. */
function writtenWords(command: CommandFacts): string[] {
  const optional = new Set(optionalWords(command));
  return command.command.words.filter((word) => !optional.has(word)).map(({ text }) => text);
}

/** What a transform may add to installs, by stage, and never take away: the option, and recommended packages. */
export function recommendedNamed({ stages }: Facts): string[] {
  return stages.flatMap(({ stage, steps }) =>
    steps.flatMap(({ run }) => (run?.commands ?? []).flatMap((command) => optionalWords(command).map(({ text }) => `stage ${stage.index}: ${text}`))),
  );
}

function readOf({ ecosystem, call }: CommandFacts) {
  return call && ecosystem?.recommends?.read(call);
}

/** The words of an install that are the option, or a recommended package; none for another command. */
function optionalWords(command: CommandFacts): ShellWord[] {
  const read = readOf(command);
  const packages = new Set(command.ecosystem?.recommends?.packages.map((one) => one.package));
  return read ? command.command.words.filter(({ text }) => text === read.option || packages.has(plainName(text))) : [];
}
