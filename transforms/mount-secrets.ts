import { addFlags, appendCommand, raiseFrontend, removeInstruction, removeSetting } from '../src/dockerfile/edit.ts';
import { knowsFeature } from '../src/dockerfile/frontend.ts';
import { mayMountVariable } from '../src/legality/mount-secret.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { removeItems, removeWord } from '../src/shell/edit.ts';
import { credentialVariables, type CredentialVariable } from '../src/steps/credential-variables.ts';
import type { Facts, Step } from '../src/steps/facts.ts';
import { positionOf } from '../src/steps/neighbours.ts';
import { secretPlan, type SecretPlan } from '../src/steps/secret-plan.ts';
import type { Edit } from '../src/text.ts';
import { declined, defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'mount-secrets',
  title: 'Give credentials to the RUNs that need them, and to no layer',
  level: 'review',
  benefit:
    'Everyone who can pull an image can read its history, its configuration and each of its layers, also what a later one deletes. A secret mount is there for one RUN and leaves nothing.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  does: ['mounts secrets'],
  asks: [mayMountVariable],
  references: ['https://docs.docker.com/build/building/secrets/', 'https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/'],
  *find(facts) {
    for (const variable of credentialVariables(facts)) {
      const [first] = variable.declared;
      if (!first) continue;
      const plan = secretPlan(facts, variable);
      const verdict = ask(mayMountVariable, { facts, variable, plan }, facts.without);
      if (isRefused(verdict)) {
        yield declined(first, verdict);
        continue;
      }
      const { name } = variable;
      const runs = plan.runs.length === 1 ? 'the RUN that needs it' : `the ${plan.runs.length} RUNs that need it`;
      yield {
        ...finding(first, `${name} is a secret of ${runs}`, verdict, edits(facts, variable, plan)),
        wants: [{ kind: 'secret', id: name, source: { environment: name }, insteadOf: name }],
      };
    }
  },
});

function edits(facts: Facts, { name, declared }: CredentialVariable, plan: SecretPlan): Edit[] {
  const { dockerfile } = facts;
  const made: Edit[] = knowsFeature(dockerfile, 'a secret as a variable') ? [] : raiseFrontend(dockerfile);
  for (const instruction of declared) made.push(...removeSetting(dockerfile, instruction, name));
  const flag = `--mount=type=secret,id=${name},env=${name},required=true`;
  for (const step of plan.runs) {
    const moved = plan.moved.filter(({ to }) => to === step).map(({ from, kept }) => textOf(from, kept.item));
    const has = step.instruction.flags.some(({ value = '' }) => value.includes('type=secret') && value.split(',').includes(`env=${name}`));
    if (!has || moved.length > 0) made.push(...addFlags(dockerfile, step.instruction, has ? [] : [flag], moved.length > 0 ? moved.join(' && ') : undefined, 0));
  }
  for (const { step, command } of plan.appended) made.push(...appendCommand(dockerfile, step.instruction, command));
  for (const { from, kept } of plan.moved) made.push(...withoutItem(facts, from, kept.item));
  for (const { step, command, word } of plan.dropped) {
    const others = command.arguments.filter(({ text }) => !text.startsWith('-')).length > 1;
    const { script } = step.run ?? {};
    if (others && script) made.push(removeWord(script, command.command, word));
    else made.push(...withoutItem(facts, step, step.run?.script?.items[step.run ? (positionOf(step.run, command) ?? -1) : -1]));
  }
  return made;
}

type Item = NonNullable<NonNullable<Step['run']>['script']>['items'][number];

function textOf({ run }: Step, { start, end }: Item): string {
  return run?.script?.source.text.slice(start, end).trim() ?? '';
}

/** A RUN without one of its items, or no RUN where it has no other one. */
function withoutItem({ dockerfile }: Facts, { run, instruction }: Step, item: Item | undefined): Edit[] {
  const script = run?.script;
  const at = script && item ? script.items.indexOf(item) : -1;
  if (!script || at < 0) return [];
  const edit = removeItems(dockerfile.text, script, at, at);
  return edit ? [edit] : removeInstruction(dockerfile, instruction, { comments: false });
}
