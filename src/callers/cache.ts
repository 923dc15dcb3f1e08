import { posix } from 'node:path';
import type { BuildCache, ColdBuild } from '../build-input.ts';
import type { Caller } from './caller.ts';

/** What a caller has to read a cache from, and to write it to. */
export interface CacheOptions {
  readonly from: string;
  readonly to: string;
}

/** The cold build that a caller is: where it was, else by its name. */
export function coldBuildAt({ file, line, name }: Caller, { builds }: BuildCache): ColdBuild | undefined {
  const own = builds.filter((build) => build.file === file);
  return own.find((build) => build.line === line) ?? own.find((build) => build.name === name);
}

/** https://docs.docker.com/build/cache/backends/gha/ */
export function actionsCache(caller: Caller, input: BuildCache): CacheOptions {
  const scope = scopeOf(caller, input);
  const named = scope === undefined ? '' : `,scope=${scope}`;
  return { from: `type=gha${named}`, to: `type=gha,mode=max${named}` };
}

const matrixValue = /\$\{\{\s*matrix\.[\w.-]+\s*\}\}/g;

/** The parts of a matrix that make one build another one than those beside it. */
export function matrixValuesOf({ declared }: Caller): readonly string[] {
  const { context, dockerfile, target, args, contexts, platforms } = declared;
  const texts = [context, dockerfile, target, ...platforms, ...args, ...contexts].map((one) => one?.text ?? '');
  return [...new Set(texts.flatMap((text) => text.match(matrixValue) ?? []))];
}

/** Builds that differ need a cache each: they would overwrite one that they share. */
function scopeOf(caller: Caller, { amongOthers }: BuildCache): string | undefined {
  const { dockerfile, declared } = caller;
  const values = matrixValuesOf(caller);
  if (values.length === 0 && !amongOthers) return undefined;
  const path = dockerfile.is === 'here' ? dockerfile.path : '';
  const own = posix.basename(path).replace(/^(docker|container)file\.?|\.?(docker|container)file$/i, '');
  const [platform, ...more] = declared.platforms.map(({ value = '' }) => value);
  const architecture = platform !== undefined && more.length === 0 && !platform.includes(',') ? platform.replace(/^linux\//, '') : '';
  const words = [posix.dirname(path), own, declared.target?.value ?? '', architecture].map((word) =>
    word.replace(/[^\w.-]+/g, '-').replace(/^[.-]+|[.-]+$/g, ''),
  );
  const written = words.filter((word) => word !== '').join('-') || 'image';
  return values.length > 0 ? values.join('-') : written;
}

/** An image that is given as a cache, without its tag. */
function imageIn(text: string): string | undefined {
  const image = text.replace(/^["']|["']$/g, '').replace(/^type=registry,ref=/, '');
  return image === '' || image.includes(',') ? undefined : image.replace(/(:[^/:]*|@.*)$/, '');
}

/** https://docs.docker.com/build/cache/backends/registry/ */
function registryCache({ file, declared: { cacheFrom } }: Caller): CacheOptions {
  const usual = /(^|\/)\.gitlab/.test(file) ? '$CI_REGISTRY_IMAGE' : 'REGISTRY/IMAGE';
  const ref = `${imageIn(cacheFrom[0]?.text ?? '') ?? usual}:cache`;
  return { from: `type=registry,ref=${ref}`, to: `type=registry,ref=${ref},mode=max` };
}

/** What to add to a caller by hand so that it keeps a cache. */
export function cacheToAdd(caller: Caller, input: BuildCache): string {
  const { kind, name, optionsAt, file } = caller;
  const { from, to } = actionsCache(caller, input);
  const startedBy = coldBuildAt(caller, input)?.startedBy ?? file;
  if ((kind === 'workflow' || kind === 'action') && optionsAt === undefined)
    return `Add \`cache-from: ${from}\` and \`cache-to: ${to}\` to \`with\`.${instead(caller)}`;
  if (kind === 'bake')
    return `Add \`${name}.cache-from=${from}\` and \`${name}.cache-to=${to}\` to \`set\` of docker/bake-action in ${startedBy} (\`--set\` of \`docker buildx bake\`).`;
  const stored = registryCache(caller);
  if (kind === 'compose')
    return `Add \`cache_from: ["${stored.from}"]\` and \`cache_to: ["${stored.to}"]\` to the build of ${name}, in a compose file that is read in CI alone (${startedBy}), with a builder of docker-container.${instead(caller)}`;
  const isOnGithub = /(^|\/)\.github\/|(^|\/)action\.ya?ml$/.test(startedBy);
  const options = isOnGithub ? `--cache-from ${from} --cache-to ${to}` : `--cache-from ${stored.from} --cache-to ${stored.to}`;
  const builder = isOnGithub
    ? 'behind docker/setup-buildx-action and crazy-max/ghaction-github-runtime, which gives commands what the cache of GitHub needs'
    : 'behind `docker buildx create --use`, since the docker driver writes no cache';
  const where = file === startedBy ? 'Build' : `In CI alone (${startedBy}), build`;
  return `${where} by \`docker buildx build ${options}\` (with \`--load\` where docker needs the image afterwards), ${builder}.${instead(caller)}`;
}

/** The old way, which BuildKit no longer needs. */
function instead({ declared: { cacheFrom } }: Caller): string {
  const [image] = cacheFrom;
  if (!image) return '';
  const shown = image.text.replace(/^["']|["']$/g, '');
  return ` That takes the place of the cache from ${shown}, and of a \`docker pull\` of it: to BuildKit an image is none, unless it was built with BUILDKIT_INLINE_CACHE=1.`;
}
