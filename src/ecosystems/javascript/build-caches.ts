import { posix } from 'node:path';
import { readScript } from '../../shell/read.ts';
import type { Caching, CachingPlace, CachingRead } from '../caching.ts';
import type { ProjectFiles } from '../closure.ts';
import type { Call } from '../ecosystem.ts';
import { programWithin, scriptsCalled } from './calls.ts';
import { projectIn, scriptOf } from './project.ts';

/** What a framework's build keeps for the next one, from the folder that it runs in, and what is missing in an image without it. */
interface BuildCache {
  readonly word: RegExp;
  readonly folder: string;
  readonly differs: string;
}

const onlyBuilds = 'only a build reads it, the image goes without';

const caches: ReadonlyMap<string, BuildCache> = new Map([
  // https://nextjs.org/docs/app/guides/ci-build-caching
  [
    'next',
    { word: /^build$/, folder: '.next/cache', differs: 'the image has no `.next/cache`: what the build fetched for pages is fetched again by the server' },
  ],
  // https://angular.dev/cli/cache
  ['ng', { word: /^b(uild)?$/, folder: '.angular/cache', differs: onlyBuilds }],
  // https://parceljs.org/features/cli/
  ['parcel', { word: /^build$/, folder: '.parcel-cache', differs: onlyBuilds }],
  // https://turborepo.com/docs/crafting-your-repository/caching
  ['turbo', { word: /^(run|build)$/, folder: '.turbo/cache', differs: onlyBuilds }],
]);

/** The caches of a manager's call, with those of the frameworks that it builds with. */
export function withBuilds(own: CachingRead, call: Call, { files }: CachingPlace): CachingRead {
  return 'because' in own ? own : [...own, ...buildCaching(call, files)];
}

/** The caches of the frameworks that a call builds with, by itself or by a script of package.json. */
function buildCaching(call: Call, files: ProjectFiles): Caching[] {
  const words = call.arguments.map(({ value, text }) => value ?? text);
  const project = projectIn(files, '.');
  if (!project) return [];
  const scripts = scriptsCalled(call.program, words).flatMap((name) => [`pre${name}`, name, `post${name}`].flatMap((one) => scriptOf(project, one) ?? []));
  // Who removes the output first would meet the mount in it.
  if (scripts.some((text) => /\b(rm|rimraf|del|del-cli|shx|clean)\b/.test(text))) return [];
  const commands = scripts.flatMap(
    (text) => readScript({ text, at: [] })?.commands.map((command) => command.words.map((word) => word.value ?? word.text)) ?? [],
  );
  return [words, ...commands].flatMap((one): Caching[] => {
    const [program = '', ...rest] = programWithin(one);
    const cache = caches.get(program);
    if (!cache || !cache.word.test(rest.find((word) => !word.startsWith('-')) ?? '')) return [];
    return [{ title: `what ${program} built`, directories: [posix.join(files.folder, cache.folder)], inOutput: true, differs: cache.differs }];
  });
}
