/** An image reference taken apart. */
export interface Reference {
  /** Without the registry's name where that is Docker Hub or a mirror of it, and without `library/`; undefined where a variable is in it. */
  readonly name: string | undefined;
  /** What is written of it; empty where there is none and a digest decides. */
  readonly tag: string;
  /** What stands behind the last variable in it. */
  readonly end: string;
  /** The tag is known as a whole. */
  readonly complete: boolean;
}

const hubs = /^(docker\.io|index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com|mirror\.gcr\.io|public\.ecr\.aws\/docker)\//;
/** docker-library publishes each architecture in a namespace of its own as well. */
const architectures = /^(library|amd64|arm32v5|arm32v6|arm32v7|arm64v8|i386|mips64le|ppc64le|riscv64|s390x)\/([^/]+)$/;

/** Stands for a variable: no reference can hold it. */
const hole = '\u0000';

export function readReference(image: string): Reference {
  let text = image;
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replaceAll(/\$\{[^${}]*\}|\$\w+/g, hole);
  }
  const [reference = '', digest] = text.split('@');
  const colon = reference.lastIndexOf(':');
  const tagged = colon > reference.lastIndexOf('/');
  const path = tagged ? reference.slice(0, colon) : reference;
  const tag = tagged ? reference.slice(colon + 1) : digest === undefined ? 'latest' : '';
  // A variable behind the name may bring the tag along, or a suffix of the name.
  const name = path.includes(hole) ? undefined : path.replace(hubs, '').replace(architectures, '$2');
  // `alpine${ALPINE_VERSION}`, `ubuntu${RELEASE}`: the version is left out, the word stays.
  const words = tag.replaceAll(new RegExp(`(?<=[a-z])${hole}`, 'g'), '');
  return { name, tag: words, end: tag.slice(tag.lastIndexOf(hole) + 1), complete: tag !== '' && !tag.includes(hole) };
}
