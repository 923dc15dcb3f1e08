import { readReference } from '../bases/reference.ts';
import type { BuildPackages, InstallPlace, Libraries } from './build-packages.ts';

const compilers = /^(gcc|g\+\+|cpp|clang|build-essential|cargo|rustc)(-\d+(\.\d+)?)?$/;
const tools =
  /^(make|cmake|ninja-build|autoconf|automake|pkg-config|pkgconf|bison|flex|m4|dpkg-dev|libc6-dev|libc-dev-bin|linux-libc-dev|linux-headers-(generic|amd64))$/;

/** The same name from Debian 11 to 13, and in Ubuntu since 20.04: `apt-cache depends` of each, and https://packages.ubuntu.com */
const everywhere: Libraries = {
  'libpq-dev': ['libpq5'],
  'ruby-dev': ['ruby'],
  'libxslt1-dev': ['libxslt1.1'],
  'libxslt-dev': ['libxslt1.1'],
  'libsqlite3-dev': ['libsqlite3-0'],
  'libyaml-dev': ['libyaml-0-2'],
  'libgmp-dev': ['libgmp10'],
  'libsasl2-dev': ['libsasl2-2'],
  'libsodium-dev': ['libsodium23'],
  'libzmq3-dev': ['libzmq5'],
  'libfreetype6-dev': ['libfreetype6'],
  'libfreetype-dev': ['libfreetype6'],
  'libseccomp-dev': ['libseccomp2'],
  'libexpat1-dev': ['libexpat1'],
  'liblcms2-dev': ['liblcms2-2'],
  'libopenjp2-7-dev': ['libopenjp2-7'],
  'libonig-dev': ['libonig5'],
  'libsnappy-dev': ['libsnappy1v5'],
  // dpkg and util-linux, which every image has, are linked to these.
  'zlib1g-dev': [],
  'libbz2-dev': [],
  'liblzma-dev': [],
  'uuid-dev': [],
};

/** By the name of the release; `debian` stands for each of its releases here. */
const inRelease: Readonly<Record<string, Libraries>> = {
  debian: {
    'libxml2-dev': ['libxml2'],
    'libjpeg-dev': ['libjpeg62-turbo'],
    'libjpeg62-turbo-dev': ['libjpeg62-turbo'],
    'libmariadb-dev': ['libmariadb3'],
    'default-libmysqlclient-dev': ['libmariadb3'],
  },
  bullseye: {
    'python3-dev': ['python3', 'libpython3.9'],
    'libffi-dev': ['libffi7'],
    'libssl-dev': ['libssl1.1'],
    'libpng-dev': ['libpng16-16'],
    'libcurl4-openssl-dev': ['libcurl4'],
    'libicu-dev': ['libicu67'],
    'libzip-dev': ['libzip4'],
    'libmagic-dev': ['libmagic1'],
    'libgeos-dev': ['libgeos-c1v5'],
    'libpcre3-dev': ['libpcre3'],
    'libmemcached-dev': ['libmemcached11', 'libmemcachedutil2'],
    'libldap2-dev': ['libldap-2.4-2'],
    'libwebp-dev': ['libwebp6', 'libwebpmux3', 'libwebpdemux2'],
    'libtiff5-dev': ['libtiff5'],
    'libtiff-dev': ['libtiff5'],
  },
  bookworm: {
    'python3-dev': ['python3', 'libpython3.11'],
    'libffi-dev': ['libffi8'],
    'libssl-dev': ['libssl3'],
    'libpng-dev': ['libpng16-16'],
    'libcurl4-openssl-dev': ['libcurl4'],
    'libicu-dev': ['libicu72'],
    'libzip-dev': ['libzip4'],
    'libmagic-dev': ['libmagic1'],
    'libgeos-dev': ['libgeos-c1v5'],
    'libpcre3-dev': ['libpcre3'],
    'libmemcached-dev': ['libmemcached11', 'libmemcachedutil2'],
    'libldap2-dev': ['libldap-2.5-0'],
    'libwebp-dev': ['libwebp7', 'libwebpmux3', 'libwebpdemux2'],
    'libtiff5-dev': ['libtiff6'],
    'libtiff-dev': ['libtiff6'],
  },
  trixie: {
    'python3-dev': ['python3', 'libpython3.13'],
    'libffi-dev': ['libffi8'],
    'libssl-dev': ['libssl3t64'],
    'libpng-dev': ['libpng16-16t64'],
    'libcurl4-openssl-dev': ['libcurl4t64'],
    'libicu-dev': ['libicu76'],
    'libzip-dev': ['libzip5'],
    'libmagic-dev': ['libmagic1t64'],
    'libgeos-dev': ['libgeos-c1t64'],
    'libmemcached-dev': ['libmemcached11t64', 'libmemcachedutil2t64'],
    'libldap2-dev': ['libldap2'],
    'libwebp-dev': ['libwebp7', 'libwebpmux3', 'libwebpdemux2'],
    'libtiff-dev': ['libtiff6'],
  },
  focal: { 'python3-dev': ['python3', 'libpython3.8'], 'libffi-dev': ['libffi7'], 'libssl-dev': ['libssl1.1'], 'libxml2-dev': ['libxml2'] },
  jammy: { 'python3-dev': ['python3', 'libpython3.10'], 'libffi-dev': ['libffi8'], 'libssl-dev': ['libssl3'], 'libxml2-dev': ['libxml2'] },
  noble: { 'python3-dev': ['python3', 'libpython3.12t64'], 'libffi-dev': ['libffi8'], 'libssl-dev': ['libssl3t64'], 'libxml2-dev': ['libxml2'] },
};
const debian = ['bullseye', 'bookworm', 'trixie'];
const numbered: Readonly<Record<string, string>> = {
  'debian:11': 'bullseye',
  'debian:12': 'bookworm',
  'debian:13': 'trixie',
  'ubuntu:20.04': 'focal',
  'ubuntu:22.04': 'jammy',
  'ubuntu:24.04': 'noble',
};

/** What a Python is linked to; the official image marks it as installed by hand: https://github.com/docker-library/python/blob/master/Dockerfile-linux.template */
const heldByPython = new Set(['libffi-dev', 'libssl-dev', 'libsqlite3-dev', 'libexpat1-dev', 'libreadline-dev', 'libncurses-dev']);
/** Headers that the slim variants of the image bring: https://github.com/docker-library/ruby/blob/master/Dockerfile.template */
const heldByRuby = new Set(['libffi-dev', 'libgmp-dev', 'libssl-dev', 'libyaml-dev', 'zlib1g-dev']);

const libraries = new Set([everywhere, ...Object.values(inRelease)].flatMap((table) => Object.values(table).flat()));

/**
 * What is marked as automatic goes as soon as nothing that stays needs it: https://manpages.debian.org/apt-mark, https://manpages.debian.org/apt-get. What something
 * suggests counts, too, as `apt` does dpkg-dev, which needs make and recommends build-essential; official images switch that off:
 * https://github.com/debuerreotype/debuerreotype/blob/master/scripts/debuerreotype-minimizing-config
 */
export const aptBuildPackages: BuildPackages = {
  read(name, place) {
    // The image keeps them for `docker-php-ext-install`: https://github.com/docker-library/php/blob/master/Dockerfile-linux.template
    if (place.base.image.startsWith('php:') && !/^lib(?!c6?-)/.test(name)) return undefined;
    if (compilers.test(name)) return { kind: 'compiler', libraries: [] };
    if (tools.test(name)) return { kind: 'tool', libraries: [] };
    if (!name.endsWith('-dev') || (place.base.image.startsWith('ruby:') && heldByRuby.has(name))) return undefined;
    return { kind: 'headers', libraries: librariesOf(name, place) };
  },
  /** By a dependency, or by a recommendation: apt keeps what a package that stays recommends, however it was installed. */
  keepsCompilers: (name) =>
    /^(python3?-(pip|all-dev|stdeb)|npm|node-gyp|ruby-full|r-base|r-base-dev|golang(-go|-\d.*)?|ghc|ocaml.*|opam|gfortran|libtool|dkms|devscripts|debhelper|cpanminus|cython3?|rustup|nodejs-dev|libtool-bin)$/.test(
      name,
    ),
  removal: (calledAs, packages) => {
    const apart = calledAs.replace(/[\w.-]+$/, '');
    // apt-mark knows no versions.
    return [`${apart}apt-mark auto ${packages.map((one) => one.replace(/=.*$/, '')).join(' ')}`, `${apart}apt-get purge -y --auto-remove`];
  },
  isRemoval: ({ program, arguments: all }) => {
    const words = all.map(({ value }) => value ?? '');
    return program === 'apt-mark' ? words[0] === 'auto' : program === 'apt-get' && words.join(' ') === 'purge -y --auto-remove';
  },
  isLibrary: (name) => libraries.has(name),
  state: '/var/lib/apt',
};

function librariesOf(name: string, { base, others }: InstallPlace): readonly string[] | undefined {
  const { name: image = '', tag } = readReference(base.image);
  // What the image's own Python builds is not linked to that of the distribution.
  if (/^python[23]?(\.\d+)?-dev$/.test(name) && image === 'python') return [];
  if (heldByPython.has(name) && (image === 'python' || others.some((one) => /^python3(-pip|-venv|-minimal)?$/.test(one)))) return [];
  const release =
    numbered[`${image}:${tag.replace(/-slim$/, '').replace(/^(1[123])\.\d+$/, '$1')}`] ?? tag.split('-').find((word) => Object.hasOwn(inRelease, word));
  const tables = [everywhere, ...(release === undefined ? [] : [inRelease[release], ...(debian.includes(release) ? [inRelease['debian']] : [])])];
  return tables.flatMap((table) => (table && Object.hasOwn(table, name) ? [table[name]] : []))[0];
}
