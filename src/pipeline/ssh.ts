import { posix } from 'node:path';
import { isCredentialName } from '../steps/credential-names.ts';
import { settingsOf } from '../steps/credential-variables.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { sshKeys } from '../steps/ssh-keys.ts';
import { contextPath } from '../workspace/context-path.ts';

const aboutKeys = /\bid_(rsa|dsa|ecdsa|ed25519)\b|\bssh-agent\b|\bssh-add\b|^(rm|chmod|chown)\s(.*\s)?\S*\/\.ssh(\/(\*[\w.]*)?)?$/;

/** What a step does beside bringing, writing and deleting keys for ssh. */
export function apartFromKeys(facts: Facts, step: Step, flags: string): string[] | undefined {
  const { instruction, run, copy } = step;
  const { keyword } = instruction;
  if (keyword === 'ARG' || keyword === 'ENV')
    return settingsOf(instruction)
      .filter(({ name }) => !isCredentialName(name))
      .map(({ name, value }) => `${keyword} ${name}=${value ?? ''}`);
  if (copy && copy.from === undefined && !instruction.json && instruction.heredocs.length === 0)
    return copy.sources.flatMap((source, i) => {
      const folder = `${copy.path ?? copy.destination}${copy.directory || copy.sources.length > 1 ? '/' : ''}`;
      const key = sshKeys(facts).find(({ copied }) => copied?.word === instruction.words[i]);
      if (key?.copied && key.copied.others.length > 0)
        return key.copied.others.map((name) => `${keyword} ${flags} ${contextPath(source)}/${name} ${folder.replace(/\/?$/, '/')}`);
      if (key || aboutKeys.test(posix.basename(source)) || aboutKeys.test(posix.basename(copy.destination))) return [];
      return [`${keyword} ${flags} ${contextPath(source)} ${folder}`];
    });
  if (!run?.script || run.form !== 'shell') return undefined;
  const { text } = run.script.source;
  return run.script.items
    .map((item) => ({ item, own: text.slice(item.start, item.end).replace(/\s+/g, ' ').trim() }))
    .filter(({ own }) => !aboutKeys.test(own))
    .map(({ item, own }, i) => `${flags} ${i === 0 ? '&&' : (item.connector ?? '&&')} ${own}`);
}

/** A RUN that used a key has no agent, or a variable with a key is still named. */
export function wronglyMountedKeys(before: Facts, after: Facts): string | undefined {
  const left = new Set(sshKeys(after).map(({ name }) => name));
  const mounted = after.steps.filter(({ run }) => run?.mounts.some(({ type }) => type === 'ssh')).length;
  for (const { name, users, variable } of sshKeys(before)) {
    if (left.has(name)) continue;
    if (mounted < users.length) return `a RUN that used ${name} has no agent`;
    const naming = variable && after.dockerfile.instructions.find(({ joined }) => new RegExp(`(?<!\\w)${name}(?!\\w)`).test(joined.text));
    if (naming) return `line ${naming.startLine} names ${name}`;
  }
  return undefined;
}
