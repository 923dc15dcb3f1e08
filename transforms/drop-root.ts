import { leaveRoot } from '../src/dockerfile/edit.ts';
import { mayDropRoot } from '../src/legality/drop-root.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { rootStarts } from '../src/steps/root-starts.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'drop-root',
  title: 'Run the program as another user than root',
  level: 'review',
  benefit:
    'What gets into a program that runs as root may change everything in the container, and what is mounted into it. A user of its own may read what it needs, and change nothing of that.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['drops root'],
  asks: [mayDropRoot],
  caveats: [
    "The user is the image's own, as `node`, or a system user made as its distribution does.",
    'Nothing is given to that user: where the program writes files, owns volumes or is known to need rights, there is no change.',
  ],
  references: ['https://docs.docker.com/build/building/best-practices/#user'],
  *find(facts) {
    for (const root of rootStarts(facts)) {
      const { stage, user } = root;
      const { from } = stage.stage;
      const verdict = ask(mayDropRoot, root, facts.without);
      const made = user.made.length === 0 ? "the image's own user" : 'a system user';
      if (isRefused(verdict)) yield declined(from, verdict);
      else yield finding(from, `${made} \`${user.name}\` runs the program`, verdict, leaveRoot(facts.dockerfile, stage.stage, user));
    }
  },
});
