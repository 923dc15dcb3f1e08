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

/** User and group of this name come with the distribution: Debian's base-passwd, which Ubuntu has, too. */
export function isSystemUser(family: Family | undefined, name: string): boolean {
  return family === 'debian' && name === 'www-data';
}
