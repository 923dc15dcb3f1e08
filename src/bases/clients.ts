import type { Base } from './base.ts';
import { readReference } from './reference.ts';

/** A program by which a server can be asked for a page. */
export interface Client {
  /** Whose options and language it has. */
  readonly kind: 'wget' | 'node' | 'bun' | 'python';
  /** As it is called. */
  readonly program: string;
  /** Of the addresses of a name it tries the first alone: for `localhost` that may be ::1, where many a server does not listen. */
  readonly oneAddress: boolean;
}

/** What an image has to ask a server with. */
export interface Clients {
  /** Of curl and wget those that it is known not to hold. */
  readonly lacks: readonly ('curl' | 'wget')[];
  readonly has: Client | undefined;
  /** It has a `/bin/sh`. */
  readonly shell: boolean;
}

interface Row {
  /** Without host and `library/`. */
  readonly images: RegExp;
  readonly tag: RegExp;
  readonly lacks: Clients['lacks'];
  readonly has?: (groups: Readonly<Record<string, string | undefined>>) => Client | undefined;
  readonly shell?: false;
}

const both: Clients['lacks'] = ['curl', 'wget'];
/** busybox takes the first address that the C library gives: networking/wget.c and libbb/xconnect.c of https://git.busybox.net/busybox */
const busybox: Client = { kind: 'wget', program: 'wget', oneAddress: true };

/** `fetch` is there from 18 on, and tries all addresses from 20 on: https://nodejs.org/api/net.html#netsetdefaultautoselectfamilydefault */
function node(version: string | undefined, program: string): Client | undefined {
  const major = version === undefined ? 22 : Number(version);
  return major < 18 ? undefined : { kind: 'node', program, oneAddress: major < 20 };
}

const python: Client = { kind: 'python', program: 'python', oneAddress: false };
const release = '(?:-?(?:stretch|buster|bullseye|bookworm|trixie))?';

/** By the Dockerfiles of the images. Those that are left out hold one of the two, or have held it: php, nginx but for `alpine-slim`, and Temurin on Ubuntu do. */
const rows: readonly Row[] = [
  { images: /^scratch$/, tag: /^/, lacks: both, shell: false },
  // https://github.com/debuerreotype/docker-debian-artifacts, https://hub.docker.com/_/ubuntu
  { images: /^(?:debian|ubuntu)$/, tag: /^/, lacks: both },
  { images: /^alpine$/, tag: /^/, lacks: ['curl'], has: () => busybox },
  // https://github.com/docker-library, https://github.com/adoptium/containers, https://github.com/corretto/corretto-docker, https://github.com/dotnet/dotnet-docker
  {
    images: /^(?:node|python|ruby|golang|rust|openjdk|eclipse-temurin|amazoncorretto|oven\/bun|mcr\.microsoft\.com\/dotnet\/(?:aspnet|runtime|runtime-deps))$/,
    tag: /(?:^|-)alpine[\d.]*(?:-|$)/,
    lacks: ['curl'],
    has: () => busybox,
  },
  // https://github.com/nginx/docker-nginx
  { images: /^nginx$/, tag: /(?:^|-)alpine[\d.]*-slim$/, lacks: ['curl'], has: () => busybox },
  // Up to 10 they were built on an image with curl: https://github.com/nodejs/docker-node
  {
    images: /^node$/,
    tag: new RegExp(`^(?:(?:(?<version>1[2-9]|[2-9]\\d)[\\d.]*|lts|current)${release}-slim|${release.replace('-?', '')}-?slim)$`),
    lacks: both,
    has: ({ version }) => node(version, 'node'),
  },
  // https://github.com/docker-library/python: it is built with wget, which is taken out again.
  {
    images: /^python$/,
    tag: new RegExp(`^(?:3(?:\\.(?:[6-9]|\\d\\d)[\\d.]*)?-)?slim${release}$`),
    lacks: both,
    has: () => python,
  },
  { images: /^(?:ruby|rust)$/, tag: new RegExp(`^(?:\\d[\\d.]*-)?slim${release}$`), lacks: both },
  { images: /^openjdk$/, tag: new RegExp(`^\\d+[\\w.]*(?:-jdk|-jre)?-slim${release}$`), lacks: both },
  // https://github.com/dotnet/dotnet-docker: 2.1 had curl.
  {
    images: /^mcr\.microsoft\.com\/dotnet\/(?:aspnet|runtime|runtime-deps)$/,
    tag: /^(?:[6-9]|\d\d)\.\d[\w.]*-(?:\w+-)?chiseled/,
    lacks: both,
    shell: false,
  },
  {
    images: /^mcr\.microsoft\.com\/dotnet\/(?:aspnet|runtime|runtime-deps)$/,
    tag: /^(?:[6-9]|\d\d)\.\d(?:\.\d+)?(?:-(?:bullseye-slim|bookworm-slim|focal|jammy|noble|resolute))?(?:-amd64|-arm64v8)?$/,
    lacks: both,
  },
  // https://github.com/oven-sh/bun/tree/main/dockerhub
  {
    images: /^oven\/bun$/,
    tag: /^(?:latest|debian|slim|1[\d.]*(?:-(?:debian|slim))?)$/,
    lacks: both,
    has: () => ({ kind: 'bun', program: 'bun', oneAddress: true }),
  },
  // https://github.com/GoogleContainerTools/distroless; the tags for debugging have a busybox.
  {
    images: /^gcr\.io\/distroless\/nodejs(?<version>\d\d)(?:-debian\d+)?$/,
    tag: /^(?!.*debug)/,
    lacks: both,
    has: ({ version }) => node(version, '/nodejs/bin/node'),
    shell: false,
  },
  {
    images: /^gcr\.io\/distroless\/python3(?:-debian\d+)?$/,
    tag: /^(?!.*debug)/,
    lacks: both,
    has: () => ({ ...python, program: 'python3' }),
    shell: false,
  },
  { images: /^gcr\.io\/distroless\/(?:static|base|base-nossl|cc|java(?:-base|\d\d)?)(?:-debian\d+)?$/, tag: /^(?!.*debug)/, lacks: both, shell: false },
];

/** What is known of it by the name of an image; undefined where nothing is. */
export function clientsOf({ image }: Base): Clients | undefined {
  const { name = '', tag } = readReference(image);
  for (const { images, tag: tags, lacks, has, shell = true } of rows) {
    const [named, tagged] = [images.exec(name), tags.exec(tag)];
    if (named && tagged) return { lacks, has: has?.({ ...named.groups, ...tagged.groups }), shell };
  }
  return undefined;
}

/** Python of the distribution, where it is installed. */
export const installedPython: Client = { ...python, program: 'python3' };

/** Names of packages that bring neither curl nor wget, by what they need and recommend, either: https://packages.debian.org, https://pkgs.alpinelinux.org */
export const bringsNoClient =
  /^(?:lib(?!reoffice)[\w.+-]+|python3(?:\.\d+)?(?:-(?:dev|pip|venv|minimal|distutils|setuptools|wheel))?|py3-[\w.+-]+|[\w.+]+-dev|build-essential|build-base|gcc|g\+\+|make|cmake|pkg-?config|pkgconf|ca-certificates|openssl|tzdata|locales|gettext|tini|dumb-init|gosu|su-exec|procps|netcat(?:-openbsd|-traditional)?|iputils-ping|dnsutils|bind-tools|git|openssh-client|bash|jq|zip|unzip|xz-utils|bzip2|tar|vim|nano|less|ffmpeg|imagemagick|ghostscript|poppler-utils|graphviz|fontconfig|fonts-[\w-]+|ttf-(?!mscorefonts)[\w-]+|postgresql-client(?:-\d+)?|postgresql\d*-client|default-mysql-client|mariadb-client|sqlite3?|redis-tools|musl-locales|musl|gcompat|icu-libs|icu-data-full|krb5-libs|zlib1g|nodejs|npm|yarn|shadow|nginx|supervisor|cron|dcron|sudo)$/;
