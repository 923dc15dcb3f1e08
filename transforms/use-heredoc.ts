import { writeAsHeredoc } from '../src/dockerfile/edit.ts';
import { mayWriteAsHeredoc } from '../src/legality/write-as-heredoc.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { linesOf } from '../src/shell/lines.ts';
import { offset } from '../src/shell/edit.ts';
import type { Step } from '../src/steps/facts.ts';
import { setsErrexit } from '../src/steps/lists.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

/** Commands from which on a RUN is long. */
const long = 3;

export default defineTransform({
  id: 'use-heredoc',
  title: 'Write a long list of commands as a heredoc',
  level: 'review',
  default: 'off',
  benefit: 'A heredoc has a line for each command, without `&& \\` at each end, and a patch of one command is a patch of one line.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['writes lists as heredocs'],
  asks: [mayWriteAsHeredoc],
  caveats: ['`chain-runs` joins no heredocs, and `clean-package-caches` adds nothing to one: what they do here they did before.'],
  references: ['https://docs.docker.com/reference/dockerfile/#here-documents'],
  *find(facts) {
    for (const step of facts.steps) {
      const { instruction, run } = step;
      if (run?.form !== 'shell' || !run.script || run.script.items.length < long || instruction.startLine === instruction.endLine) continue;
      const verdict = ask(mayWriteAsHeredoc, { facts, step }, facts.without);
      if (isRefused(verdict)) yield declined(instruction, verdict);
      else
        yield finding(
          instruction,
          `write ${run.script.items.length} commands as a heredoc`,
          verdict,
          writeAsHeredoc(facts.dockerfile, instruction, commandsOf(step)),
        );
    }
  },
});

/** The commands with their places in the file, `set -e` in front of them where none of them sets it. */
function commandsOf({ run, instruction }: Step): { at: number; lines: (indent: string) => string }[] {
  const script = run?.script;
  if (!script) return [];
  const commands = script.items.map((item) => ({ at: offset(script, item.start), lines: (indent: string) => linesOf(script, item, indent) }));
  const [first] = script.items[0]?.pipeline ?? [];
  if (first && setsErrexit(first)) return commands;
  return [{ at: instruction.keywordRange.start, lines: () => 'set -e' }, ...commands];
}
