import { preferredRows, type Linking, type Preference } from './preferred-rows.ts';
import { readReference } from './reference.ts';
import { rows, type Row } from './run-time-rows.ts';

/** The image of the same distribution release, or of the same run time, that holds what runs and not what builds. */
export interface RunTimeTwin {
  /** The full reference to write in FROM, with the registry and the variables of the one that it stands for. */
  readonly image: string;
  /** Programs (by the name they are called by) and kinds of things (in words: 'CA certificates') that the fat one has and this one not. */
  readonly loses: readonly string[];
  /** It is a variant of the same image: variables, users, working directory and entry point are the same. */
  readonly sameConfiguration: boolean;
  /** Variables by which it sets the port of a server, where the fat one leaves that open. */
  readonly ports: readonly string[];
  /** It is of another distribution: what installs packages or makes users there does neither here. */
  readonly foreign: boolean;
  /** Where it has few programs: all of them, with the way in which each is called. */
  readonly holds?: Readonly<Record<string, string>> | undefined;
  /** What its own ENTRYPOINT puts in front of the words of CMD. */
  readonly entry?: readonly string[] | undefined;
}

/** What people ask for, and what the program that is to run there is linked to, where that is known. */
export interface Wish {
  readonly prefers?: Preference | undefined;
  readonly links?: Linking | undefined;
}

const variable = /\$\{\w+\}|\$\w+/g;

/**
 * The twin of a base image, by a table of tags that were published. `value` is what a reference with variables stands for by default.
 * undefined for what the table does not hold: another suffix, a digest, a tag without a twin, an unknown registry.
 */
export function runTimeTwin(image: string, value: string = image, wish: Wish = {}): RunTimeTwin | undefined {
  const twin = twinOf(image, wish);
  if (!twin || !image.includes('$')) return twin;
  if (value.includes('$')) return undefined;
  const meant = twinOf(value, wish);
  return meant && expandedLike(image, value, twin.image) === meant.image ? twin : undefined;
}

function twinOf(image: string, { prefers, links }: Wish): RunTimeTwin | undefined {
  const preferred = prefers && inRows(preferredRows[prefers], image, links);
  return preferred ? { ...preferred, foreign: true } : inRows(rows, image, links);
}

function inRows(all: readonly Row[], image: string, links: Linking | undefined): RunTimeTwin | undefined {
  const { name } = readReference(image);
  if (name === undefined || image.includes('@')) return undefined;
  const colon = image.lastIndexOf(':');
  const tagged = colon > image.lastIndexOf('/');
  const path = tagged ? image.slice(0, colon) : image;
  const tag = tagged ? image.slice(colon + 1) : 'latest';
  for (const row of all) {
    const matched = row.image === name ? row.tag.exec(tag) : undefined;
    const to = matched ? row.to(matched.groups ?? {}, links) : undefined;
    const { loses, sameConfiguration, ports = [], holds, entry } = row;
    // An image of another registry is no mirror's.
    const registry = to?.includes('/') ? '' : path.slice(0, path.length - name.length);
    if (to !== undefined) return { image: registry + to, loses, sameConfiguration, ports, foreign: false, holds, entry };
  }
  return undefined;
}

/** A text with variables, each replaced by what it stands for where `image` means `value`. */
function expandedLike(image: string, value: string, text: string): string | undefined {
  const names: readonly string[] = image.match(variable) ?? [];
  const parts = image.split(variable).map((part) => part.replaceAll(/[\\^$.+*?()[\]{}|]/g, '\\$&'));
  const values = new RegExp(`^${parts.join('(.*)')}$`).exec(value)?.slice(1);
  return values && text.replaceAll(variable, (one) => values[names.indexOf(one)] ?? one);
}

/** The packages of Debian and Ubuntu that bring a lost program or thing by themselves: https://packages.debian.org/search?searchon=contents */
const packages: Readonly<Record<string, string>> = {
  'CA certificates': 'ca-certificates',
  'time zones': 'tzdata',
  curl: 'curl',
  wget: 'wget',
  git: 'git',
  ssh: 'openssh-client',
  scp: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  gpg: 'gnupg',
  openssl: 'openssl',
  ps: 'procps',
  top: 'procps',
  free: 'procps',
  pgrep: 'procps',
  pkill: 'procps',
  uptime: 'procps',
  unzip: 'unzip',
  xz: 'xz-utils',
  bzip2: 'bzip2',
  file: 'file',
  patch: 'patch',
  python3: 'python3',
  convert: 'imagemagick',
  identify: 'imagemagick',
  mogrify: 'imagemagick',
  libgomp: 'libgomp1',
  libpq: 'libpq5',
  libmariadb: 'libmariadb3',
  libsqlite3: 'libsqlite3-0',
  libmagic: 'libmagic1',
  libMagickWand: 'imagemagick',
  libxml2: 'libxml2',
};

/** Its name says that it stands on a release of Debian whose packages the servers that it asks hold no more: buster's have been at archive.debian.org since July 2025. */
export function isArchived(image: string): boolean {
  return /[:-](?:jessie|stretch|buster)(?:-|$)/.test(image);
}

/** Debian's `ca-certificates`: what programs look in, and what the links there point to (https://packages.debian.org/buster/all/ca-certificates/filelist). */
const certificates = ['/usr/share/ca-certificates', '/etc/ssl/certs'];

/** The folders of Debian that are all of it, so that a copy of them does as well as the package. */
export function foldersFor(lost: string): readonly string[] | undefined {
  return lost === 'CA certificates' ? certificates : undefined;
}

/** All of these packages. */
export const broughtPackages: ReadonlySet<string> = new Set(Object.values(packages));

/** The one package of Debian and Ubuntu that brings it back; undefined where there is none that is meant to run beside a program. */
export function packageFor(lost: string): string | undefined {
  return Object.hasOwn(packages, lost) ? packages[lost] : undefined;
}

/** One image of each kind with its twins, for people: the last ones are taken only where they are preferred. */
export const candidates: readonly { readonly image: string; readonly twin: string; readonly loses: string; readonly prefers: Preference | undefined }[] = [
  'node:22',
  'python:3.13',
  'ruby:3.4',
  'eclipse-temurin:21',
  'amazoncorretto:21',
  'openjdk:11',
  'maven:3.9-eclipse-temurin-21',
  'gradle:8-jdk21',
  'mcr.microsoft.com/dotnet/sdk:8.0',
  'golang:1.25',
  'rust:1.90',
].flatMap((image) =>
  [undefined, 'alpine' as const, 'distroless' as const].flatMap((prefers) => {
    const twin = runTimeTwin(image, image, { prefers, links: 'nothing' });
    return twin && twin.foreign === (prefers !== undefined) ? [{ image, twin: twin.image, loses: twin.loses.join(', '), prefers }] : [];
  }),
);
