import { readReference } from './reference.ts';
import { rows } from './run-time-rows.ts';

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
}

const variable = /\$\{\w+\}|\$\w+/g;

/**
 * The twin of a base image, by a table of tags that were published. `value` is what a reference with variables stands for by default.
 * undefined for what the table does not hold: another suffix, a digest, a tag without a twin, an unknown registry.
 */
export function runTimeTwin(image: string, value: string = image): RunTimeTwin | undefined {
  const twin = twinOf(image);
  if (!twin || !image.includes('$')) return twin;
  if (value.includes('$')) return undefined;
  const meant = twinOf(value);
  return meant && expandedLike(image, value, twin.image) === meant.image ? twin : undefined;
}

function twinOf(image: string): RunTimeTwin | undefined {
  const { name } = readReference(image);
  if (name === undefined || image.includes('@')) return undefined;
  const colon = image.lastIndexOf(':');
  const tagged = colon > image.lastIndexOf('/');
  const path = tagged ? image.slice(0, colon) : image;
  const tag = tagged ? image.slice(colon + 1) : 'latest';
  for (const row of rows) {
    const groups = row.image === name ? row.tag.exec(tag)?.groups : undefined;
    const to = groups && row.to(groups);
    const { loses, sameConfiguration, ports = [] } = row;
    if (to !== undefined) return { image: path.slice(0, path.length - name.length) + to, loses, sameConfiguration, ports };
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
};

/** Its name says that it stands on a release of Debian whose packages the servers that it asks hold no more: buster's have been at archive.debian.org since July 2025. */
export function isArchived(image: string): boolean {
  return /[:-](?:jessie|stretch|buster)(?:-|$)/.test(image);
}

/** All of these packages. */
export const broughtPackages: ReadonlySet<string> = new Set(Object.values(packages));

/** The one package of Debian and Ubuntu that brings it back; undefined where there is none that is meant to run beside a program. */
export function packageFor(lost: string): string | undefined {
  return Object.hasOwn(packages, lost) ? packages[lost] : undefined;
}

/** One image of each kind with its twin, for people. */
export const candidates: readonly { readonly image: string; readonly twin: string; readonly loses: string }[] = [
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
].flatMap((image) => {
  const twin = runTimeTwin(image);
  return twin ? [{ image, twin: twin.image, loses: twin.loses.join(', ') }] : [];
});
