import { mayLeaveOutDevelopment } from '../src/legality/leave-out-development.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { appendWord } from '../src/shell/edit.ts';
import { shortCall } from '../src/steps/commands.ts';
import { shippedInstalls } from '../src/steps/parting.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'production-dependencies',
  title: 'Ship what the program loads, without what its development needs',
  level: 'review',
  benefit: 'Compilers, linters and test runners are often most of what a project installs. Nothing loads them in an image that neither builds nor tests.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['leaves out what development needs'],
  asks: [mayLeaveOutDevelopment],
  caveats: ['Where the stage builds as well, `introduce-stages` gives it a stage in which it is installed without.'],
  *find(facts) {
    for (const shipped of shippedInstalls(facts)) {
      const { step, command } = shipped.install;
      const script = step.run?.script;
      if (!script) continue;
      const verdict = ask(mayLeaveOutDevelopment, shipped, facts.without);
      if (isRefused(verdict)) yield declined(step.instruction, verdict);
      else
        yield finding(step.instruction, `\`${shortCall(command)} ${shipped.option}\` leaves out what only the development needs`, verdict, [
          appendWord(facts.dockerfile.text, script, command.command, shipped.option),
        ]);
    }
  },
});
