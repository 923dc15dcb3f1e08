/** What a registry says of an image, or why nothing is known of it. */
export type Digest =
  | {
      /** `sha256:…`: of the index where the image is one for several platforms. */
      readonly digest: string;
      /** Where it is an index: the platform of each of its images, by their digests. */
      readonly platforms: ReadonlyMap<string, string>;
    }
  | { readonly because: string };

/** Looks an image up by its reference; undefined where no registry was asked for it. */
export type DigestOf = (image: string) => Digest | undefined;

/** A reference with every part as a registry takes it, no variable and no template in it. */
const reference = /^(?:[\w.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*(?::\w[\w.-]*)?(?:@sha256:[0-9a-f]{64})?$/;

export function isReference(text: string): boolean {
  return reference.test(text);
}

/** A reference taken apart at the digest that it is pinned to. */
export function partsOf(image: string): { readonly tagged: string; readonly digest: string | undefined } {
  const [tagged = '', digest] = image.split('@');
  return { tagged, digest };
}

/** What is put behind a reference that has no digest. */
export function pinOf(image: string, digest: string): string {
  return `${hasTag(image) ? '' : ':latest'}@${digest}`;
}

export function hasTag(image: string): boolean {
  const { tagged } = partsOf(image);
  return tagged.lastIndexOf(':') > tagged.lastIndexOf('/');
}
