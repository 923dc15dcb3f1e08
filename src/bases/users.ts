import type { Base } from './base.ts';
import type { Family } from './families.ts';
import { readReference } from './reference.ts';

/** A user of an image: numeric ids, and a home that is there and its own. */
export interface ImageUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** Users of images, as their Dockerfiles make them; the images by their names without host and tag. */
const users: readonly (ImageUser & { readonly images: RegExp })[] = [
  // https://github.com/nodejs/docker-node/blob/main/Dockerfile-debian.template
  { images: /^node$/, name: 'node', uid: 1000, gid: 1000, home: '/home/node' },
  // https://github.com/keeganwitt/docker-gradle
  { images: /^gradle$/, name: 'gradle', uid: 1000, gid: 1000, home: '/home/gradle' },
  // https://github.com/oven-sh/bun/tree/main/dockerhub
  { images: /^oven\/bun$/, name: 'bun', uid: 1000, gid: 1000, home: '/home/bun' },
  // https://github.com/jupyter/docker-stacks: the group is `users`.
  { images: /^jupyter\//, name: 'jovyan', uid: 1000, gid: 100, home: '/home/jovyan' },
  // https://github.com/mamba-org/micromamba-docker
  { images: /^mambaorg\/micromamba$/, name: 'mambauser', uid: 57439, gid: 57439, home: '/home/mambauser' },
];

/** A user of an image by name or number; undefined where none is known. */
export function imageUser(image: string, user: string): ImageUser | undefined {
  const { name = '' } = readReference(image);
  return users.find((one) => one.images.test(name) && (one.name === user || String(one.uid) === user));
}

/** A user who may not do what root may, of an image or to be made there. */
export interface LesserUser {
  readonly name: string;
  /** Commands that make it, each of which needs the one before; none where the image has it. */
  readonly made: readonly string[];
  /** It has a home of its own. */
  readonly home: boolean;
}

/** Images of Debian, Ubuntu and Alpine which hold a distribution, a language or a run time, and start nothing by themselves that needs root: https://github.com/docker-library */
const holdingNoServer =
  /^(debian|ubuntu|alpine|buildpack-deps|python|pypy|ruby|golang|rust|perl|elixir|erlang|swift|eclipse-temurin|openjdk|ibm-semeru-runtimes|sapmachine|maven|gradle|mcr\.microsoft\.com\/dotnet\/(sdk|aspnet|runtime|runtime-deps))$/;

/** Images of the Red Hat family that come with shadow-utils: the minimal ones, and Amazon Linux, do not. */
const withShadowUtils =
  /^(fedora|rockylinux|rockylinux\/rockylinux|almalinux|almalinux\/\d-base|oraclelinux|redhat\/ubi(8|9|10)|registry\.access\.redhat\.com\/(ubi8|ubi9|ubi10|ubi\d+\/ubi))$/;

/** The name that people give to the user of an image with one program. */
const newName = 'app';

/**
 * The image's own user who is not root, or a system user in the way of its distribution; undefined where neither is known.
 * The image is one that starts as root.
 */
export function lesserUser({ image, family, known, user }: Base): LesserUser | undefined {
  const { name = '', tag } = readReference(image);
  if (!known || user !== undefined || family === 'windows') return undefined;
  const own = users.find(({ images }) => /^(node|oven\/bun)$/.test(name) && images.test(name));
  if (own) return { name: own.name, made: [], home: true };
  // https://github.com/GoogleContainerTools/distroless/blob/main/base/base.bzl
  if (family === 'distroless' && /(^|\.)gcr\.io\/distroless\//.test(name)) return { name: 'nonroot', made: [], home: true };
  // From .NET 8 on: https://learn.microsoft.com/dotnet/core/compatibility/containers/8.0/app-user
  if (name.startsWith('mcr.microsoft.com/dotnet/') && Number.parseInt(tag, 10) >= 8) return { name: newName, made: [], home: true };
  if (family === 'debian' && holdingNoServer.test(name)) return { name: newName, made: [useradd], home: false };
  if (family === 'redhat' && withShadowUtils.test(name) && !/minimal|micro|slim/.test(tag)) return { name: newName, made: [useradd], home: false };
  // Alpine's own tools are those of busybox: https://git.busybox.net/busybox/tree/loginutils
  if (family === 'alpine' && holdingNoServer.test(name))
    return { name: newName, made: [`addgroup -S ${newName}`, `adduser -S -H -G ${newName} ${newName}`], home: false };
  return undefined;
}

const useradd = `useradd --system --user-group --no-create-home --shell /usr/sbin/nologin ${newName}`;

/** User and group of this name come with the distribution: Debian's base-passwd, which Ubuntu has, too. */
export function isSystemUser(family: Family | undefined, name: string): boolean {
  return family === 'debian' && name === 'www-data';
}
