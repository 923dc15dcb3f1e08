import { debianOf, jdkTools, lostByDebianSlim, type Row } from './run-time-rows.ts';

/** Run-time images of another distribution, which are taken only where people ask for them. */

export type Preference = 'alpine' | 'distroless';

/** What a program is linked to: nothing, the C library alone, or those of compilers as well. */
export type Linking = 'nothing' | 'libc' | 'compiler libraries';

/** What Alpine's base has of it: https://busybox.net/downloads/BusyBox.html */
const busybox = new Set(['CA certificates', 'wget', 'unzip', 'bzip2', 'ps', 'top', 'free', 'pgrep', 'pkill', 'uptime', 'patch']);
const lostByAlpine = [...lostByDebianSlim.filter((one) => !busybox.has(one)), 'bash', 'glibc'];

const system = '(?:-(?:bullseye|bookworm|trixie|focal|jammy|noble))?';
const javaOf = String.raw`(?<java>8|11|17|21|25)`;
const jdks: readonly (readonly [image: string, tag: RegExp])[] = [
  ['eclipse-temurin', new RegExp(`^${javaOf}(?:-(?:jdk|jre))?${system}$`)],
  ['maven', new RegExp(String.raw`^\d+(?:\.\d+)*-eclipse-temurin-${javaOf}${system}$`)],
  ['gradle', new RegExp(String.raw`^(?:\d+(?:\.\d+)*-)?jdk${javaOf}${system}$`)],
];

/** Alpine's variant of each tag: https://github.com/docker-library/official-images. Its C library is another one, which nothing that was compiled for Debian's loads. */
const alpine: readonly Row[] = [
  ...['golang', 'rust'].map((image) => ({
    image,
    tag: /^/,
    to: (_groups: unknown, links?: Linking) => (links === 'nothing' ? 'alpine:3.22' : undefined),
    loses: lostByAlpine.filter((one) => one !== 'glibc'),
    sameConfiguration: false,
  })),
  ...jdks.map(([image, tag]) => ({
    image,
    tag,
    to: ({ java = '' }: Readonly<Record<string, string>>) => `eclipse-temurin:${java}-jre-alpine`,
    loses: [...lostByAlpine, ...jdkTools, 'mvn', 'gradle'],
    sameConfiguration: image === 'eclipse-temurin',
  })),
  {
    image: 'node',
    tag: new RegExp(String.raw`^(?<version>\d+(?:\.\d+){0,2}|lts)${system}(?:-slim)?$`),
    to: ({ version = '' }) => `node:${version}-alpine`,
    loses: [...lostByAlpine, 'openssl'],
    sameConfiguration: true,
  },
];

/** https://github.com/GoogleContainerTools/distroless: what each image holds, and on which release of Debian. */
const debians: Readonly<Record<string, number>> = { bookworm: 12, trixie: 13 };
const distrolessOf = (name: string, release: string | undefined): string | undefined =>
  release === undefined || !Object.hasOwn(debians, release) ? undefined : `gcr.io/distroless/${name}-debian${debians[release] ?? ''}`;
/** None of its images has a shell, or any program but the one that it is named for. */
const bare = {
  loses: [...lostByDebianSlim.filter((one) => one !== 'CA certificates' && one !== 'time zones'), 'a shell', 'the same search path'],
  sameConfiguration: false,
};

const distroless: readonly Row[] = [
  {
    ...bare,
    image: 'golang',
    tag: /^(?<tag>.*)$/,
    to({ tag = '' }, links) {
      const name = links === 'nothing' ? 'static' : links === 'libc' ? 'base' : links && 'cc';
      return name && distrolessOf(name, debianOf('golang', tag));
    },
    holds: {},
  },
  {
    ...bare,
    image: 'rust',
    tag: /^(?<tag>.*)$/,
    to: ({ tag = '' }, links) => links && distrolessOf(links === 'nothing' ? 'static' : 'cc', debianOf('rust', tag)),
    holds: {},
  },
  ...jdks.map(([image, tag]) => ({
    ...bare,
    image,
    tag,
    to: ({ java = '' }: Readonly<Record<string, string>>) => (/^(17|21|25)$/.test(java) ? distrolessOf(`java${java}`, 'trixie') : undefined),
    loses: [...bare.loses, ...jdkTools, 'mvn', 'gradle'],
    holds: { java: 'java' },
    entry: ['java', '-jar'],
  })),
  {
    ...bare,
    image: 'node',
    tag: new RegExp(String.raw`^(?<version>22|24|26)(?:\.\d+){0,2}${system}(?:-slim)?$`),
    to: ({ version = '' }) => distrolessOf(`nodejs${version}`, 'trixie'),
    loses: [...bare.loses, 'npm', 'yarn'],
    holds: { node: '/nodejs/bin/node' },
    entry: ['node'],
  },
];

/** In the order in which they are tried, before those of the same distribution. */
export const preferredRows: Readonly<Record<Preference, readonly Row[]>> = { alpine, distroless };
