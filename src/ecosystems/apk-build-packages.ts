import type { BuildPackages, Libraries } from './build-packages.ts';

const compilers: Libraries = {
  gcc: [],
  'g++': ['libstdc++'],
  'build-base': ['libstdc++'],
  clang: [],
  // What Rust links unwinds by it: https://doc.rust-lang.org/rustc/platform-support/
  cargo: ['libgcc'],
  rust: ['libgcc'],
};

const tools = /^(make|cmake|ninja|autoconf|automake|pkgconf|pkgconfig|bison|flex|m4|re2c|musl-dev|libc-dev|linux-headers|musl-utils)$/;

/** The package that `depends` and `subpackages` of the `-dev` one's APKBUILD name: https://gitlab.alpinelinux.org/alpine/aports */
const headers: Libraries = {
  'postgresql-dev': ['libpq'],
  'libpq-dev': ['libpq'],
  'libffi-dev': ['libffi'],
  // apk itself is linked to OpenSSL and zlib.
  'openssl-dev': [],
  'zlib-dev': [],
  'libxml2-dev': ['libxml2'],
  'libxslt-dev': ['libxslt'],
  'jpeg-dev': ['libjpeg-turbo'],
  'libjpeg-turbo-dev': ['libjpeg-turbo'],
  'libpng-dev': ['libpng'],
  'freetype-dev': ['freetype'],
  'tiff-dev': ['tiff'],
  'lcms2-dev': ['lcms2'],
  'openjpeg-dev': ['openjpeg'],
  'giflib-dev': ['giflib'],
  'cairo-dev': ['cairo'],
  'pango-dev': ['pango'],
  'pixman-dev': ['pixman'],
  'mariadb-dev': ['mariadb-connector-c'],
  'mariadb-connector-c-dev': ['mariadb-connector-c'],
  'sqlite-dev': ['sqlite-libs'],
  'gmp-dev': ['gmp'],
  'yaml-dev': ['yaml'],
  'libsodium-dev': ['libsodium'],
  'icu-dev': ['icu-libs'],
  'libzip-dev': ['libzip'],
  'oniguruma-dev': ['oniguruma'],
  'curl-dev': ['libcurl'],
  'readline-dev': ['readline'],
  'ncurses-dev': ['ncurses-libs'],
  'bzip2-dev': ['libbz2'],
  'xz-dev': ['xz-libs'],
  'pcre-dev': ['pcre'],
  'pcre2-dev': ['pcre2'],
  'krb5-dev': ['krb5-libs'],
  'openldap-dev': ['libldap'],
  'libevent-dev': ['libevent'],
  'geos-dev': ['geos'],
  'expat-dev': ['expat'],
  'libmemcached-dev': ['libmemcached-libs'],
  'python3-dev': ['python3'],
  'ruby-dev': ['ruby'],
};

const libraries = new Set([...Object.values(compilers), ...Object.values(headers)].flat());

/** Packages of a virtual one are removed with it, but for what the world holds by name: https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper#Virtual_Packages */
export const apkBuildPackages: BuildPackages = {
  read(name, { base }) {
    // https://github.com/nodejs/docker-node/blob/main/Dockerfile-alpine.template
    if (Object.hasOwn(compilers, name) && base.image.startsWith('node:')) return { kind: 'compiler', libraries: [] };
    if (Object.hasOwn(compilers, name)) return { kind: 'compiler', libraries: compilers[name] };
    if (tools.test(name)) return { kind: 'tool', libraries: [] };
    // What the image's own Python builds is not linked to that of the distribution.
    if (/^python[23]?-dev$/.test(name) && base.image.startsWith('python:')) return { kind: 'headers', libraries: [] };
    return name.endsWith('-dev') ? { kind: 'headers', libraries: Object.hasOwn(headers, name) ? headers[name] : undefined } : undefined;
  },
  // https://pkgs.alpinelinux.org/packages: their dependencies. alpine-sdk also brings git and curl, which may be of use.
  keepsCompilers: (name) => /^(alpine-sdk|go|ghc|ocaml|opam|nim|vala|gfortran|libtool|rustup|perl-dev|ruby-full|R-dev)$/.test(name),
  apart: '--virtual .build-deps',
  removal: (calledAs) => [`${calledAs} del .build-deps`],
  isRemoval: ({ arguments: all }) => all.length === 2 && all[0]?.value === 'del' && all[1]?.value === '.build-deps',
  isLibrary: (name) => libraries.has(name),
};
