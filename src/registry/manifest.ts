import * as v from 'valibot';

const platform = v.object({ os: v.string(), architecture: v.string(), variant: v.optional(v.string()) });
const index = v.object({ manifests: v.optional(v.array(v.object({ digest: v.string(), platform: v.optional(platform) })), []) });

/** The platforms in the text of an index, by the digests of their images; none in that of a single image: https://github.com/opencontainers/image-spec/blob/main/image-index.md */
export function platformsIn(text: string): Map<string, string> {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), index), text);
  const platforms = new Map<string, string>();
  for (const { digest, platform: own } of read.success ? read.output.manifests : []) {
    // Attestations are listed among the images.
    if (!own || own.os === 'unknown') continue;
    platforms.set(digest, [own.os, own.architecture, ...(own.variant === undefined ? [] : [own.variant])].join('/'));
  }
  return platforms;
}

/** A string in the text of a JSON object. */
export function stringIn(text: string, ...keys: readonly string[]): string | undefined {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())), text);
  const values = read.success ? keys.map((key) => read.output[key]) : [];
  return values.find((value) => typeof value === 'string');
}
