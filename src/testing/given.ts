import { existsSync, readFileSync } from 'node:fs';
import type { Digest, DigestOf } from '../bases/digests.ts';
import { jsonOf, tableAt, textOf } from '../ecosystems/tables.ts';
import type { Given } from '../steps/facts.ts';

/** What facts are read with, beside the files of a fixture. */
export interface FixtureGiven {
  readonly given: Given;
  readonly digestOf: DigestOf;
}

/** `digests`: what registries say, by image; `args` and `contexts`: the callers that give them, by name, and so `secrets`, the arguments that these keep to themselves. */
export function givenIn(file: string): FixtureGiven | undefined {
  const settings = existsSync(file) ? jsonOf(readFileSync(file, 'utf8')) : undefined;
  if (!settings) return undefined;
  const digests = new Map(Object.entries(tableAt(settings, 'digests')).map(([image, said]) => [image, digestIn(said)]));
  const given = { args: textsAt(settings, 'args'), secrets: new Set(textsAt(settings, 'secrets').keys()), contexts: textsAt(settings, 'contexts') };
  return { given, digestOf: (image) => digests.get(image) };
}

/** `"sha256:…"`, `{ "digest": "sha256:…", "platforms": { "sha256:…": "linux/amd64" } }`, or `{ "because": "…" }`. */
function digestIn(said: unknown): Digest {
  const { digest, because } = tableAt(said);
  if (textOf(because) !== undefined) return { because: textOf(because) ?? '' };
  return { digest: textOf(said) ?? textOf(digest) ?? '', platforms: textsAt(said, 'platforms') };
}

function textsAt(value: unknown, key: string): Map<string, string> {
  return new Map(Object.entries(tableAt(value, key)).map(([name, text]) => [name, textOf(text) ?? '']));
}
