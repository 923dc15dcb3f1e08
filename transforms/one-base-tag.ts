import { readReference } from '../src/bases/reference.ts';
import { once } from '../src/once.ts';
import { defineTransform, finding } from '../src/transform.ts';
import type { DockerfileText } from '../src/workspace/workspace.ts';

export default defineTransform({
  id: 'one-base-tag',
  title: 'Tell of several tags of one base image',
  level: 'advice',
  benefit: 'Images that are built from the same tag share its layers: they are fetched, stored and patched once.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  references: ['https://docs.docker.com/build/building/best-practices/#create-reusable-stages'],
  *find({ stages, context, dockerfile }) {
    const all = pathsByTag(context.dockerfiles());
    const told = new Set<string>();
    for (const { stage } of stages) {
      const base = taggedOf(stage.base);
      if (!base || told.has(base.name)) continue;
      told.add(base.name);
      const own = tagsIn(dockerfile).get(base.name);
      const paths = all.get(base.name);
      // Its own tags are those that it has now.
      const countOf = (tag: string): number => {
        const having = paths?.get(tag);
        const others = (having?.size ?? 0) - (context.ownPath !== undefined && having?.has(context.ownPath) ? 1 : 0);
        return others + (own?.has(tag) ? 1 : 0);
      };
      const tags = [...new Set([...(paths?.keys() ?? []), ...(own ?? [])])];
      const [most] = tags.map((tag) => ({ tag, count: countOf(tag) })).toSorted((a, b) => b.count - a.count || (a.tag < b.tag ? 1 : -1));
      // The file may take the others' and one more on purpose, to build on one and ship on the other.
      if (!most || own?.has(most.tag)) continue;
      const because = 'one tag for all would be fetched, stored and patched once';
      const message = `${base.name}:${base.tag} here, where the Dockerfiles of the repository mostly take ${base.name}:${most.tag}`;
      yield finding(stage.from, message, { allowed: 'advice', because }, []);
    }
  },
});

interface Tagged {
  readonly name: string;
  readonly tag: string;
}

/** undefined for what has no tag of its own: a stage, a variable, a digest, `latest` that goes without saying. */
function taggedOf(image: string): Tagged | undefined {
  const { name, tag } = readReference(image);
  return name === undefined || image.includes('$') || !image.endsWith(`:${tag}`) ? undefined : { name, tag };
}

/** Of all files, by a base's name and its tag, the paths of those that have it. */
const pathsByTag = once((files: readonly DockerfileText[]): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> => {
  const found = new Map<string, Map<string, Set<string>>>();
  for (const file of files) {
    for (const [name, tags] of tagsIn(file)) {
      const byTag = found.get(name) ?? new Map<string, Set<string>>();
      found.set(name, byTag);
      for (const tag of tags) byTag.set(tag, (byTag.get(tag) ?? new Set()).add(file.path));
    }
  }
  return found;
});

/** The tags of a file's bases, by the names of these. */
const tagsIn = once(({ text }: { readonly text: string }): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  for (const [, image = ''] of text.matchAll(/^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)/gim)) {
    const base = taggedOf(image);
    if (base) found.set(base.name, (found.get(base.name) ?? new Set()).add(base.tag));
  }
  return found;
});
