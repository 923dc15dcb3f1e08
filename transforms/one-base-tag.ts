import { readReference } from '../src/bases/reference.ts';
import { once } from '../src/once.ts';
import { defineTransform, finding } from '../src/transform.ts';

export default defineTransform({
  id: 'one-base-tag',
  title: 'Tell of several tags of one base image',
  level: 'advice',
  benefit: 'Images that are built from the same tag share its layers: they are fetched, stored and patched once.',
  keeps: ['commands', 'files', 'stages', 'config', 'comments'],
  references: ['https://docs.docker.com/build/building/best-practices/#create-reusable-stages'],
  *find({ stages, context, dockerfile }) {
    const files = [dockerfile, ...context.otherDockerfiles()];
    const told = new Set<string>();
    for (const { stage } of stages) {
      const base = taggedOf(stage.base);
      if (!base || told.has(base.name)) continue;
      told.add(base.name);
      const counts = new Map<string, number>();
      for (const file of files) for (const tag of tagsIn(file).get(base.name) ?? []) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      const [most] = [...counts].map(([tag, count]) => ({ tag, count })).toSorted((a, b) => b.count - a.count || (a.tag < b.tag ? 1 : -1));
      // The file may take the others' and one more on purpose, to build on one and ship on the other.
      if (!most || tagsIn(dockerfile).get(base.name)?.has(most.tag)) continue;
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

/** The tags of a file's bases, by the names of these. */
const tagsIn = once(({ text }: { readonly text: string }): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  for (const [, image = ''] of text.matchAll(/^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)/gim)) {
    const base = taggedOf(image);
    if (base) found.set(base.name, (found.get(base.name) ?? new Set()).add(base.tag));
  }
  return found;
});
