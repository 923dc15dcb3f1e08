import { posix } from 'node:path';
import type { Facts, Step } from './facts.ts';
import { holdsSecret, isCertainlySecret, isCredentialFile } from './credential-names.ts';
import { isTakenBack, keptIn } from './kept-credentials.ts';

/** What a RUN keeps in its layer of something that comes by a mount. */
export interface KeptOfMount {
  readonly step: Step;
  /** As people call it: `the secret npm`. */
  readonly secret: string;
  readonly what: string;
}

/** Files that RUNs derive from the secrets that they mount, or from credentials that come by a bind mount. */
export function keptOfMounts(facts: Facts): KeptOfMount[] {
  return facts.steps.flatMap((step) =>
    step.instruction.flags.flatMap(({ name, value = '' }) => {
      const mounted = name === 'mount' ? credentialOf(value) : undefined;
      const { run } = step;
      if (!mounted || !run) return [];
      const kept = keptIn(step, mounted.named).find((one) => !isTakenBack(run, one));
      return kept ? [{ step, secret: mounted.secret, what: kept.what }] : [];
    }),
  );
}

/** Credentials that bind mounts bring: they are sent with the build context, and stay in the builder's cache of it. */
export function boundCredentials({ steps, context }: Facts): { readonly step: Step; readonly source: string }[] {
  return steps.flatMap((step) =>
    (step.run?.mounts ?? []).flatMap(({ type, source, from }) => {
      const name = posix.basename(source);
      const text = context.text(source.replace(/^\.?\//, ''));
      const isSecret = isCredentialFile(name) && (text === undefined ? isCertainlySecret(name) : holdsSecret(text));
      return type === 'bind' && from === undefined && isSecret ? [{ step, source }] : [];
    }),
  );
}

/** https://docs.docker.com/reference/dockerfile/#run---mounttypesecret */
function credentialOf(mount: string): { readonly secret: string; readonly named: RegExp } | undefined {
  const given = new Map(mount.split(',').map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)]));
  const target = given.get('target') ?? given.get('dst') ?? given.get('destination');
  if (given.get('type') === 'secret') {
    const id = given.get('id') ?? posix.basename(target ?? '');
    const env = given.get('env');
    const path = target ?? (env === undefined ? `/run/secrets/${id}` : undefined);
    const words = [...(env === undefined ? [] : [`(?<!\\w)${env}(?!\\w)`]), ...(path === undefined ? [] : [escaped(path)])];
    return { secret: `the secret ${id}`, named: new RegExp(words.join('|')) };
  }
  const source = given.get('source') ?? given.get('src') ?? '';
  const bound = (given.get('type') ?? 'bind') === 'bind' && !given.has('from') && isCredentialFile(posix.basename(source)) && target !== undefined;
  return bound ? { secret: source, named: new RegExp(escaped(target)) } : undefined;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
