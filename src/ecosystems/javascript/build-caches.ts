import { posix } from 'node:path';
import { readScript } from '../../shell/read.ts';
import type { Caching, CachingPlace, CachingRead } from '../caching.ts';
import type { ProjectFiles } from '../closure.ts';
import type { Call } from '../ecosystem.ts';
import { programWithin, scriptsCalled } from './calls.ts';
import { fieldsOf, projectIn, scriptOf, type Project } from './project.ts';

/** What a framework's build keeps for the next one, from the folder that it runs in, and what is missing in an image without it. */
interface BuildCache {
  readonly word: RegExp;
  readonly folder: string;
  /** Where releases before one keep it. */
  readonly earlier?: { readonly than: number; readonly folder: string };
  /** From this release on the folder alone is of no use. */
  readonly until?: number;
  readonly differs: string;
}

const onlyBuilds = 'only a build reads it, the image goes without';
/** What is kept is known by the content that it was made of: babel-loader, and webpack from its fifth release on. */
const inModules = { folder: 'node_modules/.cache', differs: onlyBuilds };

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
  ['turbo', { word: /^(run|build)$/, folder: '.turbo/cache', earlier: { than: 2, folder: 'node_modules/.cache' }, differs: onlyBuilds }],
  // https://nx.dev/docs/kb/change-cache-location, and https://nx.dev/docs/troubleshooting/unknown-local-cache: Nx 20 takes only what its database knows, in another folder.
  [
    'nx',
    { word: /^(build|run|run-many|affected)$/, folder: '.nx/cache', earlier: { than: 17, folder: 'node_modules/.cache' }, until: 20, differs: onlyBuilds },
  ],
  // https://github.com/react/create-react-app/blob/main/packages/react-scripts/config/webpack.config.js
  ['react-scripts', { word: /^build$/, ...inModules }],
  ['craco', { word: /^build$/, ...inModules }],
  ['react-app-rewired', { word: /^build$/, ...inModules }],
  // https://docusaurus.io/docs/cli#docusaurus-clear-sitedir
  ['docusaurus', { word: /^build$/, ...inModules }],
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
  const called = scriptsCalled(call.program, words);
  const names = called.members === undefined && called.folder === '.' ? called.names : [];
  const scripts = names.flatMap((name) => [`pre${name}`, name, `post${name}`].flatMap((one) => scriptOf(project, one) ?? []));
  // Who removes the output first would meet the mount in it.
  if (scripts.some((text) => /\b(rm|rimraf|del|del-cli|shx|clean)\b/.test(text))) return [];
  const commands = scripts.flatMap(
    (text) => readScript({ text, at: [] })?.commands.map((command) => command.words.map((word) => word.value ?? word.text)) ?? [],
  );
  return [words, ...commands].flatMap((one): Caching[] => {
    const [program = '', ...rest] = programWithin(one);
    const cache = caches.get(program);
    if (!cache || !cache.word.test(rest.find((word) => !word.startsWith('-')) ?? '')) return [];
    const folder = folderOf(cache, releaseOf(project, program));
    return folder === undefined
      ? []
      : [{ title: `what ${program} built`, directories: [posix.join(files.folder, folder)], inOutput: true, differs: cache.differs }];
  });
}

function folderOf({ folder, earlier, until }: BuildCache, release: number | undefined): string | undefined {
  if (release === undefined) return earlier === undefined && until === undefined ? folder : undefined;
  if (until !== undefined && release >= until) return undefined;
  return earlier && release < earlier.than ? earlier.folder : folder;
}

/** The major release of a package that the project asks for, infinite for the latest; undefined where it asks for none that is known. */
function releaseOf({ fields }: Project, name: string): number | undefined {
  const asked = ['devDependencies', 'dependencies'].map((kind) => fieldsOf(fields[kind])[name]).find((one) => typeof one === 'string');
  if (asked === 'latest' || asked === '*') return Infinity;
  const [, major] = /^[\^~=v ]*(\d+)(\.|$)/.exec(asked ?? '') ?? [];
  return major === undefined ? undefined : Number(major);
}
