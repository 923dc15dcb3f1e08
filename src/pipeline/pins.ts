import { pinOf } from '../bases/digests.ts';
import { defaultsOf, namedImages } from '../steps/named-images.ts';
import type { Facts } from '../steps/facts.ts';
import { variablesSet } from '../steps/variables.ts';

/** References in a text without the digests that they are pinned to; no tag is `latest`. */
export function unpinned(text: string): string {
  return text.replaceAll(/@sha256:[0-9a-f]{64}(?=,|$)/g, '').replaceAll(/:latest(?=,|$)/g, '');
}

/** An image that came to another one than itself with the digest which is known of it, or a variable that a stage gets with another value. */
export function wronglyPinned(before: Facts, after: Facts): string | undefined {
  const images = namedImages(after);
  if (images.length !== namedImages(before).length) return 'an image is named that was not, or no longer';
  for (const [i, { image }] of namedImages(before).entries()) {
    const now = images[i]?.image;
    if (now === image || image === undefined) continue;
    const known = before.digestOf(image);
    if (!known || 'because' in known || now !== image + pinOf(image, known.digest))
      return `an image was pinned to a digest that is not known to be its own: ${now ?? 'none'}`;
  }
  const values = new Map(defaultsOf(after.dockerfile).map(({ name, value }) => [name, value]));
  const declared = new Set(after.steps.flatMap(({ instruction }) => variablesSet(instruction)));
  const changed = defaultsOf(before.dockerfile).find(({ name, value }) => declared.has(name) && values.get(name) !== value);
  return changed && `a stage gets another value of ${changed.name}`;
}
