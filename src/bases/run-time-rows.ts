import type { Linking } from './preferred-rows.ts';

/** Which tags have a run-time twin, as the images were published. */

export interface Row {
  /** Without registry and `library/`. */
  readonly image: string;
  readonly tag: RegExp;
  /** The twin without registry; undefined where there is none. */
  to(groups: Readonly<Record<string, string>>, links?: Linking): string | undefined;
  readonly loses: readonly string[];
  readonly sameConfiguration: boolean;
  /** Variables by which it sets the port of a server, where the other leaves that open. */
  readonly ports?: readonly string[];
  /** Where it has few programs: all of them, with the way in which each is called. */
  readonly holds?: Readonly<Record<string, string>>;
  /** What its own ENTRYPOINT puts in front of the words of CMD. */
  readonly entry?: readonly string[];
}

/** https://github.com/docker-library/buildpack-deps: `curl`, `scm` and the whole, one upon the other. */
const downloaders = ['curl', 'wget', 'gpg'];
const sourceControl = ['git', 'hg', 'svn', 'ssh', 'scp', 'ssh-keygen', 'ps', 'top', 'free', 'pgrep', 'pkill', 'uptime', 'python3'];
export const compilers = ['gcc', 'g++', 'cc', 'c++', 'cpp', 'ld', 'as', 'ar', 'make', 'autoconf', 'automake', 'libtool', 'pkg-config', 'dpkg-buildpackage'];
const tools = ['file', 'patch', 'unzip', 'xz', 'bzip2', 'convert', 'identify', 'mogrify', 'mysql_config', 'pg_config', 'xml2-config', 'curl-config'];
const libraries = ['development headers', 'shared libraries', 'libpq', 'libmariadb', 'libsqlite3', 'libgomp', 'libmagic', 'libMagickWand', 'libxml2'];
const buildpack = [...downloaders, ...sourceControl, ...compilers, ...tools, ...libraries];

/** What a JDK has and a JRE not: https://docs.oracle.com/en/java/javase/21/docs/specs/man/ */
export const jdkTools = [
  'javac',
  'jshell',
  'jlink',
  'jpackage',
  'jar',
  'javadoc',
  'jarsigner',
  'jcmd',
  'jstack',
  'jmap',
  'jstat',
  'jps',
  'jinfo',
  'jdb',
  'jdeps',
  'jconsole',
  'jmod',
  'serialver',
  'objcopy',
  'native-image',
];

const releases = 'buster|bullseye|bookworm|trixie';
/** A version, or a variable that stands for one. */
const version = String.raw`\d+(?:\.\d+){0,2}|\$\{\w+\}|\$\w+`;
const java = String.raw`\d+|\d+\.\d+\.\d+(?:\.\d+)?_\d+|\$\{\w+\}|\$\w+`;

/**
 * The releases of Debian on which tags stood that name a version alone; those that are left out changed theirs while they were maintained, as `changed` has it.
 * https://github.com/docker-library/official-images, library/golang and library/rust with their history.
 */
const standing: Readonly<Record<string, readonly (readonly [from: number, to: number, release: string])[]>> = {
  golang: [
    [13, 15, 'buster'],
    [17, 18, 'bullseye'],
    [21, 23, 'bookworm'],
    [25, 27, 'trixie'],
  ],
  rust: [
    [37, 54, 'buster'],
    [55, 71, 'bullseye'],
    [72, 88, 'bookworm'],
    [90, 98, 'trixie'],
  ],
};

/**
 * Releases in between, by what followed the first number: up to the patch before the one that is named their tags stood on the first release of
 * Debian, from that one on they stand on the second. A tag that names a patch is not built again when the next one is out.
 */
const changed: Readonly<Record<string, Readonly<Record<number, readonly [before: string, patch: number, from: string]>>>> = {
  golang: { 16: ['buster', 7, 'bullseye'], 19: ['bullseye', 10, 'bookworm'], 20: ['bullseye', 5, 'bookworm'], 24: ['bookworm', 6, 'trixie'] },
  rust: { 89: ['bookworm', 0, 'trixie'] },
};

/**
 * The Debian release of a tag of `golang` or `rust` that names no release. Tags that move on, and versions newer than the table, follow Debian's
 * `stable`, always some days later: 2023-06-13 and 2025-08-12 against 2023-06-10 and 2025-08-09. undefined where neither is known.
 */
function releaseOf(image: string, tag: string): string | undefined {
  const known = standing[image] ?? [];
  if (tag === '1' || tag === 'latest' || tag === '') return 'stable';
  const [, second, third] = /^1\.(\d+)(?:\.(\d+))?$/.exec(tag) ?? [];
  const minor = Number(second);
  const change = changed[image]?.[minor];
  if (change) return Number(third ?? Infinity) < change[1] ? change[0] : change[2];
  if (minor > (known.at(-1)?.[1] ?? Infinity)) return 'stable';
  return known.find(([from, to]) => minor >= from && minor <= to)?.[2];
}

const onDebian = new RegExp(`^(?:(?<version>${version}|latest)(?:-slim)?|slim)?(?:-?(?<release>${releases}))?$`);

/** The Debian release of any tag of `golang` or `rust` that stands on one; undefined where that is not known. */
export function debianOf(image: string, tag: string): string | undefined {
  const groups = onDebian.exec(tag)?.groups;
  return groups && (groups['release'] ?? releaseOf(image, groups['version'] ?? ''));
}

export const lostByDebianSlim = [...buildpack, 'CA certificates', 'time zones'];

const debianSlim = (image: string, loses: readonly string[]): Row => ({
  image,
  tag: onDebian,
  to({ version: written = '', release = releaseOf(image, written) }) {
    return release === undefined ? undefined : `debian:${release}-slim`;
  },
  loses: [...lostByDebianSlim, ...loses],
  sameConfiguration: false,
});

/**
 * Minor versions of Go that are built no more stood on this release of Alpine in the end, from 1.13 to 1.25 one later for each; those that are maintained move on
 * with Alpine. https://github.com/docker-library/official-images, library/golang with its history. Its image adds certificates, which Alpine's holds, and Go.
 */
const golangOnAlpine: Row = {
  image: 'golang',
  tag: /^(?:(?:1(?:\.(?<minor>\d+)(?<patch>\.\d+)?)?|latest)-)?alpine(?<release>3\.\d+)?$/,
  to({ minor, patch, release }) {
    if (release !== undefined) return `alpine:${release}`;
    if (minor === undefined) return 'alpine:3';
    if (patch !== undefined || Number(minor) < 13) return undefined;
    return Number(minor) > 25 ? 'alpine:3' : `alpine:3.${Number(minor) - 1}`;
  },
  loses: ['go', 'gofmt', 'time zones'],
  sameConfiguration: false,
};

const python: Row = {
  image: 'python',
  tag: new RegExp(`^(?:(?<version>${version})(?:-(?<release>stretch|${releases}))?|latest|(?<bare>${releases}))$`),
  to: ({ version: written, release, bare }) => {
    const end = bare ?? release;
    return `python:${written === undefined ? '' : `${written}-`}slim${end === undefined ? '' : `-${end}`}`;
  },
  // Its slim variants install certificates, netbase and time zones.
  loses: buildpack.filter((one) => one !== 'python3'),
  sameConfiguration: true,
};

const dotnet = (folder: string): Row => ({
  image: `mcr.microsoft.com/dotnet/${folder}sdk`,
  tag: new RegExp(
    String.raw`^(?<version>\d+\.\d+|\$\{\w+\}|\$\w+)(?<system>-(?:(?:buster|bullseye|bookworm)-slim|focal|jammy|noble|resolute|alpine(?:3\.\d+)?|azurelinux3\.0))?$`,
  ),
  to: ({ version: written = '', system = '' }) => `mcr.microsoft.com/dotnet/${folder}aspnet:${written}${system}`,
  // https://github.com/dotnet/dotnet-docker: the sdk was an image of its own without a port, or emptied the variable, up to 2025.
  loses: ['dotnet sdk', 'pwsh', 'git', 'curl', 'wget', 'unzip', 'ps'],
  sameConfiguration: true,
  ports: ['ASPNETCORE_HTTP_PORTS', 'ASPNETCORE_URLS'],
});

const temurin = (written: string, system: string): string => `eclipse-temurin:${written}-jre${system}`;
const systems = String.raw`-(?:alpine(?:-3\.\d+)?|focal|jammy|noble|resolute|ubi\d+-minimal)`;

/** In the order in which they are tried. */
export const rows: readonly Row[] = [
  {
    image: 'node',
    // Slim variants of one release with the plain ones since 2019: https://github.com/docker-library/official-images, library/node.
    tag: new RegExp(
      String.raw`^(?:(?<version>(?:1[2-9]|[2-9]\d)(?:\.\d+){0,2}|lts|current|\$\{\w+\}|\$\w+)(?<release>-(?:${releases}))?|latest|(?<bare>${releases}))$`,
    ),
    to: ({ version: written, release = '', bare }) =>
      written === undefined ? `node:${bare === undefined ? '' : `${bare}-`}slim` : `node:${written}${release}-slim`,
    loses: [...buildpack, 'openssl', 'CA certificates', 'time zones'],
    sameConfiguration: true,
  },
  python,
  {
    ...python,
    image: 'ruby',
    to: (groups) => python.to(groups)?.replace(/^python/, 'ruby'),
    loses: [...buildpack, 'time zones'],
  },
  {
    ...python,
    image: 'pypy',
    // https://github.com/docker-library/official-images, library/pypy: its full image is built on buildpack-deps as Python's is.
    to: (groups) => python.to(groups)?.replace(/^python/, 'pypy'),
    loses: buildpack,
  },
  {
    ...python,
    image: 'ghcr.io/astral-sh/uv',
    // Python's own images with uv put into them: https://docs.astral.sh/uv/guides/integration/docker/#available-images
    tag: /^(?<version>(?:\d+\.\d+(?:\.\d+)?-)?python3\.\d+-(?:bookworm|trixie))$/,
    to: ({ version: written = '' }) => `ghcr.io/astral-sh/uv:${written}-slim`,
  },
  debianSlim('golang', ['go', 'gofmt']),
  golangOnAlpine,
  debianSlim('rust', ['cargo', 'rustc', 'rustup']),
  {
    image: 'eclipse-temurin',
    // https://github.com/docker-library/official-images, library/eclipse-temurin: 16 and the first builds of 17 and 18 have none.
    tag: new RegExp(String.raw`^(?!16)(?<version>${java}|8u\d+-b\d+)(?:-jdk)?(?<system>${systems}|-centos7)?$`),
    to: ({ version: written = '', system = '' }) => temurin(written, system),
    loses: jdkTools,
    sameConfiguration: true,
  },
  {
    image: 'amazoncorretto',
    // The JRE of 8, and the one of later releases with and without AWT (headful, headless): https://github.com/corretto/corretto-docker
    tag: /^(?<version>8|11|17|21|25)(?:(?<system>-al2023)?(?:-jdk)?|(?<alpine>-alpine(?:3\.\d+)?)(?:-jdk)?)$/,
    to({ version: written = '', system = '', alpine }) {
      if (alpine !== undefined) return written === '8' ? `amazoncorretto:8${alpine}-jre` : undefined;
      return `amazoncorretto:${written}${system}-${written === '8' ? 'jre' : 'headful'}`;
    },
    loses: jdkTools,
    sameConfiguration: true,
  },
  {
    image: 'openjdk',
    // No other release has a JRE: https://github.com/docker-library/official-images, library/openjdk.
    tag: new RegExp(String.raw`^(?<version>8|11)(?:-jdk)?(?<system>(?:-slim)?(?:-(?:stretch|buster|bullseye))?)$`),
    to: ({ version: written = '', system = '' }) => `openjdk:${written}-jre${system}`,
    loses: [...jdkTools, ...sourceControl, 'bzip2', 'unzip', 'xz'],
    sameConfiguration: true,
  },
  {
    image: 'openjdk',
    tag: /^(?<version>8)(?:-jdk)?-alpine$/,
    to: () => 'openjdk:8-jre-alpine',
    loses: jdkTools,
    sameConfiguration: true,
  },
  {
    image: 'maven',
    tag: new RegExp(String.raw`^(?:${version})-eclipse-temurin-(?<java>\d+)(?<system>-(?:alpine|focal|jammy|noble))?$`),
    to: ({ java: release = '', system = '' }) => (release === '16' ? undefined : temurin(release, system)),
    loses: [...jdkTools, 'mvn', 'git', 'ssh'],
    sameConfiguration: false,
  },
  {
    image: 'maven',
    tag: new RegExp(String.raw`^(?:${version})-amazoncorretto-(?<java>11|17|21|25)(?<system>-al2023)?$`),
    to: ({ java: release = '', system = '' }) => `amazoncorretto:${release}${system}-headful`,
    loses: [...jdkTools, 'mvn', 'git'],
    sameConfiguration: false,
  },
  {
    image: 'maven',
    tag: new RegExp(String.raw`^(?:${version})-(?:open)?jdk-(?<java>8|11)(?<system>-slim)?$`),
    to: ({ java: release = '', system = '' }) => `openjdk:${release}-jre${system}`,
    loses: [...jdkTools, ...sourceControl, 'mvn'],
    sameConfiguration: false,
  },
  {
    image: 'sbtscala/scala-sbt',
    // Of Java, sbt and Scala, those on Alpine with a bash that its JRE lacks: https://github.com/sbt/docker-sbt
    tag: /^eclipse-temurin-(?:(?<system>focal|jammy|noble)-)?(?<java>\d+)(?:\.\d+)*_\d+_\d+\.\d+\.\d+_\d+\.\d+\.\d+$/,
    to: ({ java: release = '', system }) => (release === '16' ? undefined : temurin(release, system === undefined ? '' : `-${system}`)),
    loses: [...jdkTools, 'sbt', 'scala', 'scalac', 'git', 'rpm'],
    sameConfiguration: false,
  },
  {
    image: 'hseeberger/scala-sbt',
    // Its predecessor, on the OpenJDK of Debian that its tag names first: https://github.com/sbt/docker-sbt
    tag: /^(?<java>8u\d+|11\.0\.\d+(?:\.\d+)?)_\d+\.\d+\.\d+_\d+\.\d+\.\d+$/,
    to: ({ java: release = '' }) => `openjdk:${release}-jre`,
    loses: [...jdkTools, ...sourceControl, 'sbt', 'scala', 'scalac', 'rpm', 'bzip2', 'unzip', 'xz'],
    sameConfiguration: false,
  },
  {
    image: 'gradle',
    tag: new RegExp(String.raw`^(?:(?:${version})-)?jdk(?<java>\d+)(?<system>-(?:alpine|focal|jammy|noble|resolute))?$`),
    to: ({ java: release = '', system = '' }) => (release === '16' ? undefined : temurin(release, system)),
    loses: [...jdkTools, 'gradle', 'git', 'hg', 'svn', 'ssh', 'unzip'],
    sameConfiguration: false,
  },
  dotnet(''),
  dotnet('core/'),
];
