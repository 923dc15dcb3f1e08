import { posix } from 'node:path';
import type { ColdBuild, ColdBuilds } from '../build-input.ts';
import { once } from '../once.ts';
import { pathsIn, textIn, type Repository } from '../workspace/repository.ts';
import type { Caller, Declared } from './caller.ts';
import { callersByDockerfile } from './targets.ts';

/** The builds of a Dockerfile that begin in CI without a cache, of all its callers. */
export async function coldBuildsOf(repository: Repository, callers: readonly Caller[]): Promise<ColdBuilds> {
  const isWarm = callers.some(writesCache);
  const builds: ColdBuild[] = [];
  for (const caller of callers) {
    if (caller.keepsCache === true || !lacksCache(repository, caller, isWarm)) continue;
    const starters = startersOf(repository, caller);
    const [first] = starters;
    const { file, line, name } = caller;
    if (first) builds.push({ file, line, name, startedBy: first.path, byAction: caller.kind === 'bake' && (await areBakingWithCache(repository, starters)) });
  }
  return { builds, amongOthers: builds.length > 0 && (await imagesIn(repository)) > 1 };
}

async function areBakingWithCache(repository: Repository, starters: readonly CiFile[]): Promise<boolean> {
  const { bakesWithCache } = await import('./workflows/cache.ts');
  return starters.every(({ path }) => bakesWithCache(path, textIn(repository, path) ?? ''));
}

function writesCache({ declared: { cacheTo, args } }: Caller): boolean {
  return cacheTo.length > 0 || args.some(({ name }) => name === 'BUILDKIT_INLINE_CACHE');
}

/** It names no cache, or an image that nothing writes one into. */
function lacksCache(repository: Repository, { file, start, end, declared: { cacheFrom, cacheTo } }: Caller, isWarm: boolean): boolean {
  const text = textIn(repository, file) ?? '';
  if (/\b(podman|nerdctl|buildah)\b/.test(text.slice(start, end)) && !/\bdocker\b/.test(text.slice(start, end))) return false;
  if (cacheTo.length > 0) return false;
  return cacheFrom.length === 0 || (!isWarm && !turnsBuildKitOff.test(text) && cacheFrom.every((one) => isImage(one, text)));
}

const turnsBuildKitOff = /DOCKER_BUILDKIT["']?\s*[=:]\s*["']?(?:0|false)\b/;

function isImage({ text }: Declared, whole: string): boolean {
  const image = text.replace(/^["']|["']$/g, '').replace(/^type=registry,ref=/, '');
  if (/type=|[,{]\s*["']?type/.test(image)) return false;
  // A variable alone may hold anything, but for what is pulled.
  return !image.includes('$') || /[\w}][:/]/.test(image) || new RegExp(`\\bpull\\s+(?:-q\\s+|--quiet\\s+)?["']?${escaped(image)}(?![\\w/:.-])`).test(whole);
}

interface CiFile {
  readonly path: string;
  /** Without comments. */
  readonly text: string;
}

const names =
  /(^|\/)\.github\/(workflows|actions?)\/.*\.ya?ml$|(^|\/)(action|\.gitlab-ci[^/]*|azure-pipelines[^/]*|cloudbuild[^/]*|buildspec[^/]*|\.?(travis|appveyor|drone|cirrus)|\.woodpecker|bitbucket-pipelines)\.ya?ml$|(^|\/)\.(circleci|gitlab|buildkite|woodpecker|azure-?pipelines)\/.*\.ya?ml$/;

const ciFilesIn = once((repository: Repository): readonly CiFile[] =>
  pathsIn(repository).flatMap((path) => {
    const text = names.test(path) ? textIn(repository, path) : undefined;
    return text === undefined ? [] : [{ path, text: text.replace(/(^|\s)#.*$/gm, '$1') }];
  }),
);

/** The CI files that are seen to start a build. */
function startersOf(repository: Repository, caller: Caller): readonly CiFile[] {
  const all = ciFilesIn(repository);
  const { kind, file } = caller;
  const own = all.find(({ path }) => path === file);
  // The engine of CircleCI keeps its layers where that is set.
  if (own) return /docker_layer_caching:\s*true/.test(own.text) ? [] : [own];
  const starts = startOf(caller);
  const starters = starts ? all.filter(({ text }) => text.split('\n').some((line) => starts.test(line))) : [];
  return kind === 'bake' ? starters.filter(({ text }) => !/\.cache-(from|to)\b/.test(text)) : starters;
}

/** The line that starts what a file builds. */
function startOf({ kind, name, file }: Caller): RegExp | undefined {
  const base = posix.basename(file);
  switch (kind) {
    case 'makefile':
      return new RegExp(`\\bmake\\b[^\\n]*\\s${escaped(name)}(?![\\w./-])`);
    case 'script':
      return new RegExp(`(?:^|[\\s/"'])${escaped(base)}(?![\\w./-])`);
    case 'package.json':
      return new RegExp(`\\b(?:npm|pnpm|yarn|bun)\\b[^\\n]*\\s${escaped(name)}(?![\\w:./-])`);
    case 'compose':
      return /^(docker-)?compose(\.override)?\.ya?ml$/.test(base)
        ? /\bdocker[ -]compose\b(?![^\n]*\s(?:-f|--file)\b)[^\n]*\s(?:build\b|(?:up|run|push)\b)/
        : new RegExp(`\\bdocker[ -]compose\\b[^\\n]*${escaped(base)}[^\\n]*\\s(?:build|up|run|push)\\b`);
    case 'bake':
      return /^docker-bake(\.override)?\.(hcl|json)$/.test(base)
        ? /\bdocker\/bake-action@|\bbuildx\s+bake\b/
        : new RegExp(`(?:^|[\\s/"',])${escaped(base)}(?![\\w./-])`);
    default:
      return undefined;
  }
}

/** How many images CI builds: stages and platforms count. */
const imagesIn = once(async (repository: Repository): Promise<number> => {
  const { byDockerfile } = await callersByDockerfile(repository);
  const images = [...byDockerfile].flatMap(([dockerfile, callers]) =>
    callers.flatMap((caller) => {
      const { target, platforms } = caller.declared;
      const single = platforms.length === 1 ? platforms.flatMap(({ value = '' }) => (value.includes(',') ? [] : [value])) : [];
      return startersOf(repository, caller).length > 0 ? [JSON.stringify([dockerfile, target?.value, ...single])] : [];
    }),
  );
  return new Set(images).size;
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
