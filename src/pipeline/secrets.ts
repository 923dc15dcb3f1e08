import { posix } from 'node:path';
import type { ListItem } from '../shell/script.ts';
import { isCredentialFile, isCredentialName } from '../steps/credential-names.ts';
import { credentialAddresses, type CredentialAddress } from '../steps/credential-addresses.ts';
import { credentialLiterals, isLiteral } from '../steps/credential-literals.ts';
import { credentialFiles } from '../steps/credential-files.ts';
import { credentialVariables, settingsOf } from '../steps/credential-variables.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { isTakenBack, keptIn, type KeptCredential } from '../steps/kept-credentials.ts';
import { namingOf } from '../steps/secret-values.ts';
import { names } from '../steps/variables.ts';
import { once } from '../once.ts';

/** What a step does beside declaring, writing down and taking back credentials; undefined where it does nothing of the kind. */
export function apartFromSecrets(facts: Facts, step: Step, flags: string): string[] | undefined {
  const { instruction, run } = step;
  const { keyword } = instruction;
  const secret = secretNames(facts);
  if (keyword === 'ARG' || keyword === 'ENV')
    return settingsOf(instruction)
      .filter(({ name }) => !secret.has(name))
      .map(({ name, value }) => `${keyword} ${name}=${value ?? ''}`);
  const files = credentialPaths(facts);
  const { copy } = step;
  if (copy && copy.from === undefined && !instruction.json && instruction.heredocs.length === 0)
    return copy.sources
      .filter((source) => !isCredentialFile(posix.basename(source)))
      .map((source) => `${keyword} ${flags} ${source} ${copy.destination.replace(/\/?$/, copy.directory || copy.sources.length > 1 ? '/' : '')}`);
  const addresses = addressesOf(facts);
  if (!run?.script || run.form !== 'shell' || secret.size + files.size + addresses.length + credentialLiterals(facts).length === 0) return undefined;
  const { text } = run.script.source;
  const places = addresses.flatMap((address) => address.places).filter((place) => place.step === step);
  const kept = keptItems(facts);
  const own = new Set(kept.filter(({ of, clone }) => of === step && !clone).map(({ item }) => item));
  const isDeletion = (item: ListItem): boolean => {
    const words = text.slice(item.start, item.end).trim();
    const command = run.commands.find(({ command: { start } }) => start >= item.start && start < item.end);
    const named =
      command?.program === 'chmod' || command?.program === 'chown' ? command.writes : command?.program === 'shred' ? command.reads : command?.removes;
    if (command && (command.program === 'echo' || command.program === 'printf') && command.writes.some((path) => files.has(path))) return true;
    if (command && ['rm', 'unlink', 'chmod', 'chown'].includes(command.program ?? '') && named?.length && named.every((path) => files.has(path))) return true;
    return kept.some(
      ({ path, takenBack, logs }) =>
        bare(words) === bare(takenBack ?? '') ||
        words === `rm -rf ${logs ?? ''}` ||
        (path !== undefined && command?.program === 'rm' && command.removes.every((one) => one === path)),
    );
  };
  return run.script.items
    .filter((item) => !own.has(item) && !isDeletion(item))
    .map((item, i) => `${flags} ${i === 0 ? '&&' : (item.connector ?? '&&')} ${unquoted(openly(byVariables(facts, withoutAddresses(text, item, places))))}`)
    .concat(run.script.tail === '' ? [] : [run.script.tail]);
}

function bare(text: string): string {
  return text.replaceAll(/["']/g, '');
}

const addressesOf = once(credentialAddresses);

/** The text of an item without the options that a manager takes from variables as well. */
function withoutAddresses(text: string, { start, end }: ListItem, places: CredentialAddress['places']): string {
  let at = start;
  let rest = '';
  for (const { first, last } of places) {
    if (first.start < at || last.end > end) continue;
    rest += text.slice(at, first.start).trimEnd();
    at = last.end;
  }
  return rest + text.slice(at, end);
}

/** A text with variables in place of the credentials that stand in calls. */
function byVariables(facts: Facts, text: string): string {
  return credentialLiterals(facts).reduce((rest, { literal, name }) => rest.split(literal).join(`\${${name}}`), text);
}

/** A text without the quotes around variables, which credentials in their place need not have. */
function unquoted(text: string): string {
  return text.replace(/"([^"]*\$\{\w+_(?:TOKEN|PASSWORD)\}[^"]*)"|'([^']*\$\{\w+_(?:TOKEN|PASSWORD)\}[^']*)'/g, '$1$2');
}

/** A clone by an address without a credential, however git gets that. */
function openly(text: string): string {
  return text
    .replace(/(?<=\bgit) -c url\."https?:[^"]*@[^"]*"\.insteadOf=\S+(?=.*\bclone\b)/s, '')
    .replace(/(\bclone\b.*?\bhttps?:\/\/)[^\s/@]*@/s, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** What is wrong with the secrets of the text after: a RUN that names a variable that is gone and no mount brings, a file that stays. */
export function wronglyMountedSecrets(before: Facts, after: Facts): string | undefined {
  const left = new Set([...credentialVariables(after), ...credentialLiterals(after)].map(({ name }) => name));
  for (const variable of [...credentialVariables(before), ...credentialLiterals(before)]) {
    const { name, runs } = variable;
    if (left.has(name)) continue;
    if (isLiteral(variable) && after.dockerfile.text.includes(variable.literal)) return `the credential that ${name} is for still stands there`;
    const stages = new Set(runs.map(({ stage }) => stage.stage.index));
    const steps = after.steps.filter(({ run, stage, instruction }) => run && stages.has(stage.stage.index) && names(instruction, name));
    const lacking = steps.find((step) => !mounts(step, name));
    if (lacking) return `line ${lacking.instruction.startLine} has ${name} no more`;
    if (runs.length > 0 && !after.steps.some((step) => mounts(step, name))) return `no RUN has ${name} any more`;
    for (const step of steps) {
      const stays = keptIn(step, new RegExp(`(?<!\\w)${name}(?!\\w)`)).find((kept) => step.run && !isTakenBack(step.run, kept));
      if (stays) return `line ${step.instruction.startLine} keeps ${name} in ${stays.what}`;
    }
  }
  const addressesLeft = new Set(addressesOf(after).map(({ name }) => name));
  for (const { name, runs } of addressesOf(before))
    if (!addressesLeft.has(name) && after.steps.filter((step) => mounts(step, name)).length < runs.length) return `a RUN no longer has the address ${name}`;
  const filesLeft = new Set(credentialFiles(after).map(({ path }) => path));
  for (const { path, readers } of credentialFiles(before)) {
    if (filesLeft.has(path)) continue;
    const mounted = after.steps.filter(({ run }) => run?.mounts.some(({ type, target }) => type === 'secret' && target === path));
    if (mounted.length < readers.length) return `a RUN no longer has ${path}`;
  }
  return undefined;
}

/** Where credentials lie that are copied from the build context, or that mounts put there. */
const credentialPaths = once((facts: Facts): ReadonlySet<string> => {
  const copied = facts.steps.flatMap(({ copy }) =>
    (copy?.sources ?? []).flatMap((source) => {
      const name = posix.basename(source);
      if (copy?.path === undefined || copy.from !== undefined || !isCredentialFile(name)) return [];
      return [copy.directory || copy.sources.length > 1 ? posix.join(copy.path, name) : copy.path];
    }),
  );
  const mounted = facts.steps.flatMap(({ run }) =>
    (run?.mounts ?? []).flatMap(({ type, target }) => (type === 'secret' && target !== undefined ? [target] : [])),
  );
  return new Set([...copied, ...mounted, ...credentialFiles(facts).map(({ path }) => path)]);
});

function mounts({ instruction }: Step, name: string): boolean {
  return instruction.flags.some(({ value = '' }) => value.includes('type=secret') && value.split(',').includes(`env=${name}`));
}

/** Variables that hold credentials, declared or mounted. */
const secretNames = once((facts: Facts): ReadonlySet<string> => {
  const mounted = facts.dockerfile.instructions.flatMap(({ flags }) =>
    flags.flatMap(({ value = '' }) => (value.includes('type=secret') ? (/(?:^|,)env=(\w+)/.exec(value)?.[1] ?? []) : [])),
  );
  const declared = facts.dockerfile.instructions.flatMap((instruction) => settingsOf(instruction).map(({ name }) => name));
  return new Set([...mounted, ...declared.filter(isCredentialName), ...credentialVariables(facts).map(({ name }) => name)]);
});

const keptItems = once((facts: Facts): (KeptCredential & { readonly of: Step })[] => {
  const all = [...secretNames(facts), ...credentialLiterals(facts).map(({ literal }) => literal)];
  if (all.length === 0) return [];
  const credential = new RegExp(all.map((one) => namingOf(one).source).join('|'));
  return facts.steps.flatMap((step) => keptIn(step, credential).map((kept) => ({ ...kept, of: step })));
});
