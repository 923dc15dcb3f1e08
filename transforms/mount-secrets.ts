import { addFlags, appendCommand, raiseFrontend, removeSetting, removeSource } from '../src/dockerfile/edit.ts';
import { knowsFeature } from '../src/dockerfile/frontend.ts';
import { mayMountAddress, mayMountFile, mayMountVariable, secretIdOf } from '../src/legality/mount-secret.ts';
import { ask, isRefused } from '../src/legality/question.ts';
import { insertWord, removeWord, removeWords, replaceWord, takeOut } from '../src/shell/edit.ts';
import { credentialAddresses, type CredentialAddress } from '../src/steps/credential-addresses.ts';
import { credentialFiles, type CredentialFile } from '../src/steps/credential-files.ts';
import { credentialLiterals, isLiteral, type CredentialLiteral } from '../src/steps/credential-literals.ts';
import { credentialFolders } from '../src/steps/credential-folders.ts';
import { credentialVariables, type CredentialVariable } from '../src/steps/credential-variables.ts';
import type { Facts, Step } from '../src/steps/facts.ts';
import { boundCredentials, keptOfMounts } from '../src/steps/kept-of-mounts.ts';
import { itemsOf, type ItemOfStep } from '../src/steps/neighbours.ts';
import { secretPlan, type SecretPlan } from '../src/steps/secret-plan.ts';
import type { CloneAddress } from '../src/steps/kept-credentials.ts';
import { masked, secretValuesIn } from '../src/steps/secret-values.ts';
import type { Instruction } from '../src/dockerfile/model.ts';
import type { Script } from '../src/shell/script.ts';
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
  asks: [mayMountVariable, mayMountFile, mayMountAddress],
  references: ['https://docs.docker.com/build/building/secrets/'],
  *find(facts) {
    const moved = new Set<Instruction>();
    for (const { step, secret, what } of keptOfMounts(facts))
      yield finding(step.instruction, `${what} keeps what this RUN gets of ${secret}`, { allowed: 'advice', because: keptBecause }, []);
    for (const { step, source } of boundCredentials(facts))
      yield finding(
        step.instruction,
        `${source} comes by a bind mount, where a secret mount would keep it to itself`,
        { allowed: 'advice', because: boundBecause },
        [],
      );
    for (const file of credentialFiles(facts)) {
      const at = file.brought.step.instruction;
      const verdict = ask(mayMountFile, { facts, file }, facts.without);
      if (isRefused(verdict)) {
        yield declined(at, verdict);
        continue;
      }
      moved.add(at);
      const id = secretIdOf(file.source);
      const ignores = file.again ? [{ pattern: file.source, group: 'given to builds as secrets' } as const] : [];
      yield {
        ...finding(at, `give ${file.source} to ${runsOf(file.readers)} as a secret`, verdict, fileEdits(facts, file, id)),
        ignores,
        wants: [{ kind: 'secret', id, source: { file: file.source } }],
      };
    }
    for (const variable of [...credentialVariables(facts), ...credentialLiterals(facts)]) {
      const literal = isLiteral(variable) ? variable : undefined;
      const first = variable.declared[0] ?? variable.runs[0]?.instruction;
      if (!first) continue;
      const plan = secretPlan(facts, variable, literal?.literal ?? variable.name);
      const verdict = ask(mayMountVariable, { facts, variable, plan }, facts.without);
      if (isRefused(verdict)) {
        yield declined(first, verdict);
        continue;
      }
      const { name } = variable;
      for (const instruction of variable.declared) moved.add(instruction);
      for (const { step } of literal?.words ?? []) moved.add(step.instruction);
      const message = literal ? `give the credential to ${runsOf(plan.runs)} as the secret ${name}` : `give ${name} to ${runsOf(plan.runs)} as a secret`;
      const insteadOf = literal ? {} : { insteadOf: name };
      yield {
        ...finding(first, message, verdict, edits(facts, variable, plan, literal)),
        wants: [{ kind: 'secret', id: name, source: { environment: name }, ...(variable.optional ? { optional: true } : {}), ...insteadOf }],
      };
    }
    for (const address of credentialAddresses(facts)) {
      const { name, runs } = address;
      const [first] = runs;
      const verdict = ask(mayMountAddress, { facts, address }, facts.without);
      if (first && isRefused(verdict)) yield declined(first.instruction, verdict);
      if (!first || isRefused(verdict)) continue;
      for (const { instruction } of runs) moved.add(instruction);
      yield {
        ...finding(first.instruction, `give the address with a credential to ${runsOf(runs)} as the secret ${name}`, verdict, addressEdits(facts, address)),
        wants: [{ kind: 'secret', id: name, source: { environment: name } }],
      };
    }
    for (const { at, source, instead } of credentialFolders(facts)) {
      if (moved.has(at)) continue;
      const because = `everyone who can pull the image finds it in the layer of the COPY, also where a later RUN deletes it: a RUN that needs it gets it by ${instead}, the container when it starts`;
      yield finding(at, `${source} is there for credentials, and comes into the image`, { allowed: 'advice', because }, []);
    }
    for (const instruction of facts.dockerfile.instructions) {
      const text = [instruction.joined.text, ...instruction.heredocs.map(({ content }) => content)].join('\n');
      if (!moved.has(instruction) && secretValuesIn(text).length > 0)
        yield finding(instruction, `a credential stands here, and in each image that is built from it: ${shown(text)}`, leaked, []);
    }
  },
});

function runsOf(runs: readonly unknown[]): string {
  return runs.length === 1 ? 'the RUN that needs it' : `the ${runs.length} RUNs that need it`;
}

/** The line that holds it, `***` in its place. */
function shown(text: string): string {
  const secrets = secretValuesIn(text);
  const line = text.split('\n').find((one) => secrets.some((secret) => one.includes(secret))) ?? '';
  const whole = masked(line.trim(), secrets);
  const start = Math.max(0, whole.indexOf('***') - 60);
  const part = start > 0 ? `…${whole.slice(start)}` : whole;
  return part.length > 80 ? `${part.slice(0, 79)}…` : part;
}

const leaked = {
  allowed: 'advice',
  because: 'whoever has one of them can read it: replace it, and give it to the container when it starts, or to the RUN that needs it',
} as const;
const boundBecause = 'it is sent with the build context, and stays in the cache of the builder; a secret is sent for one RUN';
const keptBecause =
  'a file that is derived from a secret is in the layer as any other: mount the secret as that file, or as a variable (`env=`), or take it back in the same RUN';

function edits(facts: Facts, { name, declared, optional }: CredentialVariable, plan: SecretPlan, written?: CredentialLiteral): Edit[] {
  const { dockerfile } = facts;
  const { words = [], literal } = written ?? {};
  const longestFirst = words.toSorted((one, other) => other.word.text.length - one.word.text.length);
  const byVariable = (text: string): string => longestFirst.reduce((rest, { word, by }) => rest.split(word.text).join(by ?? word.text), text);
  const made: Edit[] = knowsFeature(dockerfile, 'a secret as a variable') ? [] : raiseFrontend(dockerfile);
  for (const instruction of declared) made.push(...removeSetting(dockerfile, instruction, name));
  const flag = `--mount=type=secret,id=${name},env=${name}${optional ? '' : ',required=true'}`;
  for (const step of plan.runs) {
    const moved = plan.moved.filter(({ to }) => to === step).map(({ from, kept }) => byVariable(textOf(from, kept.item)));
    const has = step.instruction.flags.some(({ value = '' }) => value.includes('type=secret') && value.split(',').includes(`env=${name}`));
    if (!has || moved.length > 0) made.push(...addFlags(dockerfile, step.instruction, has ? [] : [flag], moved.length > 0 ? moved.join(' && ') : undefined, 0));
  }
  for (const { step, command } of plan.appended) made.push(...appendCommand(dockerfile, step.instruction, byVariable(command)));
  for (const { step, clone } of plan.cloned)
    if (step.run?.script)
      made.push(...withOpenAddress(step.run.script, clone, clone.host.split(literal ?? name).join(literal === undefined ? name : `\${${name}}`)));
  for (const { step, word, by } of words) {
    const isMoved = plan.taken.some(({ step: from, item }) => from === step && item.start <= word.start && word.end <= item.end);
    const isOpened = plan.cloned.some(({ clone }) => clone.address === word);
    if (step.run?.script && by !== undefined && !isMoved && !isOpened) made.push(replaceWord(step.run.script, word, by));
  }
  for (const { step, command, word } of plan.dropped) if (step.run?.script) made.push(removeWord(step.run.script, command.command, word));
  return [...made, ...withoutItems(facts, plan.taken)];
}

/** The file by a mount at the place where the COPY put it, and nothing that deletes it. */
function fileEdits(facts: Facts, { brought, path, readers, dropped }: CredentialFile, id: string): Edit[] {
  const { dockerfile } = facts;
  const { step: origin } = brought;
  const made: Edit[] = 'word' in brought ? [...removeSource(dockerfile, origin.instruction, brought.word)] : [];
  for (const { step, uid } of readers) {
    const owner = uid === undefined || uid === 0 ? '' : `,uid=${uid}`;
    const own = itemsOf(dropped, step).reduce((sum, { start, end }) => sum + end - start + ' && '.length, 0);
    made.push(...addFlags(dockerfile, step.instruction, [`--mount=type=secret,id=${id},target=${path}${owner},required=true`], undefined, own));
  }
  return [...made, ...withoutItems(facts, dropped)];
}

/** The manager takes the address from the variable in place of the option. */
function addressEdits({ dockerfile }: Facts, { name, runs, places }: CredentialAddress): Edit[] {
  const made: Edit[] = knowsFeature(dockerfile, 'a secret as a variable') ? [] : raiseFrontend(dockerfile);
  for (const step of runs) {
    const own = places.filter((place) => place.step === step);
    const gone = own.reduce((sum, { first, last }) => sum + last.end - first.start + 1, 0);
    made.push(...addFlags(dockerfile, step.instruction, [`--mount=type=secret,id=${name},env=${name},required=true`], undefined, gone));
    for (const { command, first, last } of own) if (step.run?.script) made.push(removeWords(step.run.script, command.command, first, last));
  }
  return made;
}

/** Git goes by the address with the credential, and keeps the one without: https://git-scm.com/docs/git-config#Documentation/git-config.txt-urlltbasegtinsteadOf */
function withOpenAddress(script: Script, { program, address, host, open }: CloneAddress, credential: string): Edit[] {
  return [insertWord(script, program, `-c url."${credential}".insteadOf=${open}`), replaceWord(script, address, address.text.replace(host, open))];
}

function textOf({ run }: Step, { start, end }: Script['items'][number]): string {
  return run?.script?.source.text.slice(start, end).trim() ?? '';
}

/** RUNs without some of their items, or no RUN where it has no other one. */
function withoutItems({ dockerfile }: Facts, items: readonly ItemOfStep[]): Edit[] {
  return [...new Set(items.map(({ step }) => step))].flatMap((step) => {
    const { script } = step.run ?? {};
    return (script && takeOut(dockerfile, step.instruction, script, itemsOf(items, step))) ?? [];
  });
}
