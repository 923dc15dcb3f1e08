import { mayInstallByLockfile } from '../src/legality/install-by-lockfile.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { appendWord, replaceWord } from '../src/shell/edit.ts';
import { shortCall } from '../src/steps/commands.ts';
import { lockedInstall } from '../src/steps/locked-installs.ts';
import { wordsAt } from '../src/steps/neighbours.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'lockfile-install',
  title: 'Install what the lockfile says',
  level: 'review',
  benefit: 'An install by the lockfile gives the same packages each time, does not resolve anything anew, and fails where somebody forgot to update it.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['installs by the lockfile'],
  asks: [mayInstallByLockfile],
  *find(facts) {
    for (const step of facts.steps) {
      const script = step.run?.script;
      for (const command of step.run?.commands ?? []) {
        const locked = lockedInstall(facts, step, command);
        if (!script || !locked) continue;
        const verdict = ask(mayInstallByLockfile, { step, command, locked }, facts.without);
        if (isRefused(verdict)) {
          yield declined(step.instruction, verdict);
          continue;
        }
        const { instead, option } = locked;
        const [word] = wordsAt(command, [instead?.position ?? -1]);
        const edits =
          word && instead
            ? [replaceWord(script, word, instead.word)]
            : option === undefined
              ? []
              : [appendWord(facts.dockerfile.text, script, command.command, option)];
        yield finding(step.instruction, `\`${locked.call}\` instead of \`${shortCall(command)}\``, verdict, edits);
      }
    }
  },
});
