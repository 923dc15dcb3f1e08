import { addFlags, removeSetting, removeSource, replaceFolder } from '../src/dockerfile/edit.ts';
import { mayMountKey } from '../src/legality/mount-ssh.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { takeOut } from '../src/shell/edit.ts';
import type { Facts } from '../src/steps/facts.ts';
import { itemsOf } from '../src/steps/neighbours.ts';
import { sshKeys, type SshKey } from '../src/steps/ssh-keys.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'mount-ssh',
  title: 'Let an agent answer for ssh keys',
  level: 'review',
  benefit:
    'A private key that comes into a layer is in the image for good. With `--mount=type=ssh` the agent of whoever builds signs, and the build never has the key.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['mounts ssh'],
  asks: [mayMountKey],
  references: ['https://docs.docker.com/reference/dockerfile/#run---mounttypessh', 'https://docs.docker.com/build/building/secrets/#ssh-mounts'],
  *find(facts) {
    for (const key of sshKeys(facts)) {
      const verdict = ask(mayMountKey, { facts, key }, facts.without);
      if (isRefused(verdict)) {
        yield declined(key.at, verdict);
        continue;
      }
      const runs = key.users.length === 1 ? 'the RUN that needs it' : `the ${key.users.length} RUNs that need it`;
      yield {
        ...finding(key.at, `let an agent answer for ${key.name} in ${runs}`, verdict, edits(facts, key)),
        ignores: key.again.map((pattern) => ({ pattern, group: 'given to builds as secrets' as const })),
        wants: [{ kind: 'ssh', id: 'default', insteadOf: key.variable?.name }],
      };
    }
  },
});

function edits({ dockerfile }: Facts, { copied, variable, users, dropped }: SshKey): Edit[] {
  const { step: origin, word, others = [] } = copied ?? {};
  const made: Edit[] =
    !origin || !word ? [] : others.length > 0 ? replaceFolder(origin.instruction, word, others) : removeSource(dockerfile, origin.instruction, word);
  for (const instruction of variable?.declared ?? []) made.push(...removeSetting(dockerfile, instruction, variable?.name ?? ''));
  for (const { step, uid } of users) {
    const { run, instruction } = step;
    const own = itemsOf(dropped, step).reduce((sum, { start, end }) => sum + end - start + ' && '.length, 0);
    const has = run?.mounts.some(({ type }) => type === 'ssh');
    const owner = uid === undefined || uid === 0 ? '' : `,uid=${uid}`;
    if (!has) made.push(...addFlags(dockerfile, instruction, [`--mount=type=ssh${owner},required=true`], undefined, own));
  }
  for (const step of new Set(dropped.map((one) => one.step)))
    if (step.run?.script) made.push(...(takeOut(dockerfile, step.instruction, step.run.script, itemsOf(dropped, step)) ?? []));
  return made;
}
