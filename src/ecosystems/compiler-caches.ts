import type { Base } from '../bases/base.ts';
import { directoryOf, type CachingRead } from './caching.ts';
import type { Call } from './ecosystem.ts';

/** A program that keeps what compilers made, for whatever calls these. */
interface CompilerCache {
  readonly name: string;
  /** Calls that compile, by the program and its arguments, joined by blanks. */
  readonly compiles: RegExp;
  /** Variables, or words in front of a call, by which it stands between that and the compiler. */
  readonly set: RegExp;
  /** The same of steps that leave it there for all later ones. */
  readonly made?: RegExp;
  /** Links to it under the names of compilers come first in the PATH. */
  readonly inPath?: RegExp;
  /** Words that show that a compiler is called by a name that is among these links on Debian, where `cc` and `c++` come only when the package is installed after the compilers. */
  readonly byName?: RegExp;
  /** Words of steps that may say that its cache lies elsewhere. */
  readonly configured: RegExp;
  /** What it keeps lies on another machine. */
  readonly remote?: RegExp;
  readonly variable: string;
  readonly directory: string;
  /** Where releases of these images keep it. */
  readonly earlier?: { readonly on: RegExp; readonly directory: string };
  readonly locked?: boolean;
  readonly differs?: string;
}

/** What stands in front of a call, as it is written. */
export interface CompilingPlace {
  readonly base: Base;
  /** What sets variables for it: the ENVs of its stage, and its own RUN up to it. */
  readonly settings: () => string;
  /** All steps of its stage up to its own. */
  readonly steps: () => string;
}

const compilers = String.raw`(\S+-)?(g?cc|[gc]\+\+|clang(\+\+)?)(-\d+)?`;

const compilerCaches: readonly CompilerCache[] = [
  // https://ccache.dev/manual/latest.html, its directory since 4.0: https://ccache.dev/releasenotes.html
  {
    name: 'ccache',
    compiles: new RegExp(
      String.raw`^(ccache [^-]|${compilers} .*\S\.(c|cc|cpp|cxx|C|m|mm)\b|g?make(?!( -\S+)* (clean|distclean|mrproper|help)$)|ninja(-build)?(?! -t)|cmake --build|meson compile|scons|colcon build|catkin_make|catkin build)`,
    ),
    set: /\b(CC|CXX|CMAKE_\w+_COMPILER_LAUNCHER)[= ]["']?(\/\S*\/)?ccache\b/,
    made: /CMAKE_\w+_COMPILER_LAUNCHER(:STRING|:FILEPATH)?[= ]["']?(\/\S*\/)?ccache\b/,
    inPath: /\bPATH[= ]["']?[^\s"']*ccache/,
    byName: /\b(CC|CXX)[= ]["']?(\/\S*\/)?(gcc|g\+\+|clang)|(^|[\s;&])(gcc|g\+\+|clang(\+\+)?)\s|(^|[\s;&/])configure\b|\bupdate-ccache-symlinks\b/,
    configured: /\bcache_dir\b|\bccache\.conf\b/,
    remote: /\bCCACHE_REMOTE_ONLY[= ]/,
    variable: 'CCACHE_DIR',
    directory: '~/.cache/ccache',
    earlier: { on: /jessie|stretch|buster|trusty|xenial|bionic|focal|:(14|16|18|20)\.04|centos|alpine:3\.(\d|1[01])(?!\d)/, directory: '~/.ccache' },
  },
  // https://github.com/mozilla/sccache/blob/main/docs/Configuration.md, https://github.com/mozilla/sccache/blob/main/docs/Local.md
  {
    name: 'sccache',
    compiles: /^(sccache [^-]|cargo (\+\S+ )?(build|b|install|test|t|check|clippy|run|zigbuild|auditable|chef cook)\b)/,
    set: /\b(RUSTC_WRAPPER|CARGO_BUILD_RUSTC_WRAPPER)[= ]["']?(\/\S*\/)?sccache\b/,
    configured: /\bSCCACHE_CONF[= ]|\bsccache\/config\b/,
    remote: /\bSCCACHE_(BUCKET|ENDPOINT|REDIS\w*|MEMCACHED\w*|GCS_\w+|AZURE_\w+|GHA_\w+|WEBDAV_\w+|OSS_\w+|COS_\w+)[= ]/,
    variable: 'SCCACHE_DIR',
    directory: '~/.cache/sccache',
    locked: true,
    differs: 'the server of sccache ends with the RUN: what it did not write until then is compiled again by the next build',
  },
];

/** A part of the name of each program that compiles: most commands have none. */
const mayCompile = /cc|\+\+|clang|make|ninja|meson|scons|colcon|catkin|cargo/;

/** What of the caches of compilers a call fills or reads, where one stands before the compiler already. */
export function compilerCaching(call: Call, { base, settings, steps }: CompilingPlace): CachingRead {
  if (!mayCompile.test(call.program)) return [];
  const words = [call.program, ...call.arguments.map(({ text }) => text)].join(' ');
  const cache = compilerCaches.find(({ compiles }) => compiles.test(words));
  if (!cache) return [];
  const own = [...call.assignments.map(({ name, value = '' }) => `${name}=${value}`), words].join(' ');
  const inForce = `${settings()}\n${own}`;
  const before = `${steps()}\n${own}`;
  const linked = cache.inPath?.test(inForce) === true && (base.family !== 'debian' || cache.byName?.test(before) === true);
  const used = call.program === cache.name || linked || cache.set.test(inForce) || cache.made?.test(before) === true;
  if (!used || cache.remote?.test(inForce) === true) return [];
  if (cache.configured.test(before)) return { because: `a step sets up ${cache.name}, and its cache may lie elsewhere`, file: undefined };
  const directory = directoryOf([call.environment(cache.variable)], cache.earlier?.on.test(base.image) === true ? cache.earlier.directory : cache.directory);
  if (typeof directory !== 'string') return directory;
  return [
    {
      title: `what ${cache.name} compiled`,
      directories: [directory],
      ...(cache.locked && { locked: true }),
      ...(cache.differs !== undefined && { differs: cache.differs }),
    },
  ];
}
