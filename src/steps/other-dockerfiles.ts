import { readDockerfile } from '../dockerfile/read.ts';
import { once } from '../once.ts';
import { noFiles } from '../workspace/workspace.ts';
import type { Facts, StageFacts } from './facts.ts';
import { readFacts } from './read.ts';

/** Stages of the repository's other Dockerfiles, with the paths of these, whose base may be an image built from this one. */
export function stagesOnThisImage({ context }: Facts): { readonly path: string; readonly stage: StageFacts }[] {
  return context.otherDockerfiles().flatMap((file) =>
    stagesOf(file).flatMap((stage) => {
      const is = !stage.base.official && !stage.parent && mayBeNamed(stage.base.image, context.names);
      return is ? { path: file.path, stage } : [];
    }),
  );
}

/** `acme/api-base:1.2` may be what the Dockerfile in `api/` or `Dockerfile.base` builds. */
export function mayBeNamed(image: string, names: readonly string[]): boolean {
  const last =
    image
      .replaceAll(/["']|@.*$|:[^/{}]*(\$\{[^}]*\}[^/{}]*)*$/g, '')
      .split('/')
      .at(-1)
      ?.toLowerCase() ?? '';
  if (last.includes('$')) return true;
  return names.some((name) => name === last || last.split(/[-_.]/).includes(name) || name.split(/[-_.]/).includes(last));
}

const stagesOf = once((file: { readonly text: string }): readonly StageFacts[] => {
  const reading = readDockerfile(file.text);
  return 'dockerfile' in reading ? readFacts(reading.dockerfile, { context: noFiles }).stages : [];
});
