import { directoryOf, type CachingPlace, type CachingRead } from './caching.ts';
import { hasOption, readOptions, use, type Call, type Ecosystem } from './ecosystem.ts';

const withValue = [
  '--manifest-path',
  '--target',
  '--target-dir',
  '-p',
  '--package',
  '--bin',
  '--example',
  '--features',
  '-F',
  '--profile',
  '-j',
  '--jobs',
  '--root',
  '--path',
  '--git',
  '--branch',
  '--tag',
  '--rev',
  '--version',
  '--vers',
  '--registry',
  '--index',
  '--config',
  '-Z',
  '--color',
  '--message-format',
  '--recipe-path',
  '-C',
];
const fetching = [
  'build',
  'b',
  'check',
  'c',
  'test',
  't',
  'run',
  'r',
  'bench',
  'doc',
  'd',
  'fetch',
  'install',
  'update',
  'generate-lockfile',
  'metadata',
  'vendor',
  'clippy',
  'auditable',
  'chef',
  'rustc',
  'publish',
  'package',
  'binstall',
  'zigbuild',
  'leptos',
  'tree',
];
/** https://github.com/rust-lang/docker-rust: `CARGO_HOME=/usr/local/cargo`. */
const ownImage = /^([\w./-]+\/)?rust(:|@|$)/;

/** https://doc.rust-lang.org/cargo/. What builds runs build scripts of the project and of what it depends on; its effects are not known. */
export const cargo: Ecosystem = {
  id: 'cargo',
  programs: ['cargo'],
  usedBy: 'trunk wasm-pack cross maturin dx sqlx anchor'.split(' '),
  manifests: ['Cargo.toml', 'Cargo.lock', 'rust-toolchain', 'rust-toolchain.toml'],
  leavings: [],
  caching,
  // https://doc.rust-lang.org/cargo/reference/config.html#credentials
  credentials: {
    variables: /^CARGO_REGISTR(Y|IES)_/,
    files: /^config\.toml$/i,
    keeps: [
      { call: /\blogin\b/, called: 'login' },
      { call: /\binstall\b.*--git[\s=]\S*:\/\//, called: 'install --git' },
    ],
  },
  read(call) {
    const read = readOptions(call, withValue);
    return read.rest.length === 0 && hasOption(read, '--version', '-V') ? use('other', -1) : undefined;
  },
};

/**
 * Its own lock lies outside of the two: https://doc.rust-lang.org/cargo/guide/cargo-home.html. A compiler's `target` is none: with a mount there the
 * binaries are gone, and sources that are older than the last build are not compiled again.
 */
function caching(call: Call, { base, files }: CachingPlace): CachingRead {
  const read = readOptions({ ...call, arguments: call.arguments.filter(({ text }) => !text.startsWith('+')) }, withValue);
  const word = call.arguments.find(({ text }) => !text.startsWith('+') && !text.startsWith('-'))?.value ?? '';
  if (!fetching.includes(word) || (word === 'chef' && call.arguments.some(({ value }) => value === 'prepare'))) return [];
  const home = directoryOf([call.environment('CARGO_HOME')], ownImage.test(base.image) ? '/usr/local/cargo' : '~/.cargo');
  if (typeof home !== 'string') return home;
  const clones = hasOption(read, '--git') || /"git\+/.test(files.text('Cargo.lock') ?? '') || /\bgit\s*=/.test(files.text('Cargo.toml') ?? '');
  return [
    {
      title: "cargo's downloads",
      directories: [`${home}/registry`, ...(clones ? [`${home}/git/db`] : [])],
      locked: true,
      livedOn: true,
      offline: hasOption(read, '--offline', '--frozen') || call.environment('CARGO_NET_OFFLINE') === 'true',
    },
  ];
}
