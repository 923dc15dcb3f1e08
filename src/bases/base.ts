import { onceForText } from '../once.ts';
import type { Dialect } from '../shell/script.ts';
import { knownImages, officialParts, parts, shells, type Family, type Known } from './families.ts';
import { readReference } from './reference.ts';

/** What is known of a base image by its name alone. */
export interface Base {
  /** The name that it was read from. */
  readonly image: string;
  /** dockopt knows the image: its HOME is that of its user. */
  readonly known: boolean;
  readonly family: Family | undefined;
  /** Of its `/bin/sh`, or of the SHELL that it sets. */
  readonly shell: Dialect;
  /** Published by docker-library or the distribution: its package lists and caches are known to be clean, and it has no ONBUILD. */
  readonly official: boolean;
  /** Where it is known not to be root. */
  readonly user: string | undefined;
  /** The working directory that it ends with; undefined where that is not known. */
  readonly workdir: string | undefined;
  /** Its ENTRYPOINT, where it has one, is known to run any command as it is given. */
  readonly runsAnyCommand: boolean;
  /** True where its name says that it has ONBUILD instructions, false where it is known to have none. */
  readonly onbuild: boolean | undefined;
}

const rows = knownImages.flatMap((known) => known.images.split(' ').map((images) => ({ known, name: nameOf(images) })));

/** An official image of a distribution: its package lists and caches are clean. What is unpacked into `scratch` may hold anything. */
export function isCleanDistribution({ official, family }: Base): boolean {
  return official && family !== undefined && family !== 'scratch';
}

/** What is known of an image as FROM names it. A variable or a digest leaves only what holds for every tag, and what the rest of the tag says. */
export const readBase = onceForText((image: string): Base => {
  const { name, tag, end, complete } = readReference(image);
  const known = name === undefined ? undefined : rows.find((row) => row.name.test(name) && (row.known.only?.test(row.known.always ? tag : end) ?? true))?.known;
  const said = saidByTag(tag, known);
  const sure = complete || known?.always === true || known?.only !== undefined;
  const family = (known?.always ? known.family : undefined) ?? said ?? (sure ? known?.family : undefined);
  if (/(^|[-/:])onbuild([-:]|$)/.test(`${name ?? ''}:${tag}`))
    return {
      image,
      known: known !== undefined,
      family,
      shell: shellOf(known, family),
      official: false,
      user: known?.user,
      workdir: undefined,
      runsAnyCommand: false,
      onbuild: true,
    };
  const official = known?.official === true && (sure || said !== undefined);
  const workdir = family === 'windows' ? undefined : known?.workdir;
  return {
    image,
    known: known !== undefined,
    family,
    shell: shellOf(known, family),
    official,
    user: known?.user,
    workdir,
    runsAnyCommand: known?.runsAnyCommand === true && family !== 'windows',
    onbuild: official ? false : undefined,
  };
});

/** An unknown image may have another `/bin/sh` than its distribution. */
function shellOf(known: Known | undefined, family: Family | undefined): Dialect {
  if (!known || family === 'windows') return 'unknown';
  return known.shell ?? (family && shells[family]) ?? 'unknown';
}

function saidByTag(tag: string, known: Known | undefined): Family | undefined {
  const words = tag.split(/[-_]/);
  for (const [word, family] of known?.official ? [...parts, ...officialParts] : parts) if (words.some((one) => word.test(one))) return family;
  // Every official `-slim` is built on Debian or Ubuntu, where the image as such is.
  return known?.official && known.family === 'debian' && words.includes('slim') ? 'debian' : undefined;
}

/** Official images, and tags of others, whose Dockerfiles install no git: https://github.com/docker-library */
const withoutGit = /^(debian|ubuntu|alpine|php|nginx|httpd|eclipse-temurin|amazoncorretto)$/;
const withoutGitWhereSmall = /^(node|python|pypy|ruby|golang|rust|perl|openjdk)$/;

/** True where the image is known to come without the program git. */
export function lacksGit({ image, official }: Base): boolean {
  const { name = '', tag, complete } = readReference(image);
  return official && complete && (withoutGit.test(name) || (withoutGitWhereSmall.test(name) && /(^|-)(slim|alpine)/.test(tag)));
}

/** Official images of distributions and languages, which bring no folder for what is put into them, but for where they end. */
const ofLanguages = /^(debian|ubuntu|alpine|buildpack-deps|node|python|pypy|ruby|golang|rust|perl|elixir|erlang|eclipse-temurin|openjdk)$/;

/** True where the image is known to hold, at its root, the folders of Debian or Alpine alone: https://github.com/docker-library */
export function holdsNoFoldersOfItsOwn({ image, official, family, user }: Base): boolean {
  const { name = '' } = readReference(image);
  return official && user === undefined && (family === 'debian' || family === 'alpine') && ofLanguages.test(name);
}

/** The same of compilers and the headers of libraries; those of PHP keep a compiler, and no such headers. */
const withoutCompilers = /^(debian|ubuntu|alpine|nginx|httpd|eclipse-temurin|amazoncorretto|redis|postgres|mariadb|mongo|rabbitmq|tomcat|docker|caddy)$/;
const withoutCompilersWhereSmall = /^(node|python|pypy|ruby|openjdk|perl|elixir|erlang)$/;

/** False where the image is known to come without a compiler, true where it is known to hold one; undefined where neither is known. */
export function holdsCompilers({ image, official, family }: Base): boolean | undefined {
  const { name = '', tag, complete } = readReference(image);
  if (!official || !complete) return undefined;
  const small = /(^|-)(slim|alpine[\d.]*)(-|$)/.test(tag);
  if (withoutCompilers.test(name) || (small && withoutCompilersWhereSmall.test(name)) || name === 'php') return false;
  if (name === 'rust' && family === 'debian') return true;
  return small ? undefined : /^(node|python|pypy|ruby|perl|elixir|erlang|buildpack-deps|golang|gcc|haskell|swift|r-base|iojs)$/.test(name) || undefined;
}

/** Official images that install certificates and keep them, in every variant for Debian: https://github.com/docker-library */
const withCertificates = /^(python|pypy|ruby|php|golang|rust|eclipse-temurin|httpd)$/;

/** True where the image is known to hold the certificates that clients check by. */
export function holdsCertificates(base: Base): boolean {
  const { name = '' } = readReference(base.image);
  return base.official && base.family === 'debian' && (withCertificates.test(name) || holdsBuildTools(base));
}

/** True where the image is known to be built on buildpack-deps: git, an SSH client, compilers, archivers: https://github.com/docker-library/buildpack-deps */
export function holdsBuildTools(base: Base): boolean {
  const { name = '' } = readReference(base.image);
  return holdsCompilers(base) === true && /^(node|python|pypy|ruby|perl|buildpack-deps|gcc|iojs)$/.test(name);
}

function nameOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
