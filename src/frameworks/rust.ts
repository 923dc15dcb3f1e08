import { posix } from 'node:path';
import type { Linking } from '../bases/preferred-rows.ts';
import type { Obstacle, ProjectFiles } from '../ecosystems/closure.ts';
import { readOptions } from '../ecosystems/ecosystem.ts';
import type { Artefact, Build, BuildCall, Framework, Program } from './framework.ts';
import { namesStarted, startedBinary } from './started-binary.ts';

/** A program of Rust: one binary. */
export const rust: Framework = {
  id: 'rust',
  builders: new Set(['cargo', 'rustup']),
  buildVariables: /^(CARGO_\w+|RUST(FLAGS|C_WRAPPER|UP_\w+|DOCFLAGS)|SQLX_OFFLINE)$/,
  program(build) {
    const made = build.calls.filter(({ call }) => call.program === 'cargo' && /^(build|b|install)$/.test(call.arguments[0]?.value ?? ''));
    if (made.length === 0) return undefined;
    for (const call of made.toReversed()) {
      const artefact = startedBy(build, call);
      if (artefact) return { ...programOf(build, artefact), links: linksOf(call) };
    }
    return { because: 'the image does not start the binary that cargo makes', file: undefined };
  },
};

const withValue = '-p --package --bin --profile --target --target-dir --features -F -j --jobs --manifest-path --path --root --git --color'.split(' ');

/** https://doc.rust-lang.org/cargo/commands/cargo-build.html#output-options, https://doc.rust-lang.org/cargo/commands/cargo-install.html */
function startedBy(build: Build, { call, workdir, files }: BuildCall): Artefact | undefined {
  const read = readOptions(call, withValue);
  const valueOf = (option: string): string | undefined => read.values.get(option)?.at(-1)?.value;
  if (valueOf('--git') !== undefined || valueOf('--manifest-path') !== undefined || call.isUnknown('CARGO_TARGET_DIR')) return undefined;
  const installs = call.arguments[0]?.value === 'install';
  const target = valueOf('--target-dir') ?? call.environment('CARGO_TARGET_DIR') ?? 'target';
  const profile = read.options.includes('--release') || read.options.includes('-r') ? 'release' : (valueOf('--profile') ?? 'debug').replace(/^dev$/, 'debug');
  const folder = installs
    ? posix.join(valueOf('--root') ?? call.environment('CARGO_HOME') ?? '/usr/local/cargo', 'bin')
    : posix.resolve(workdir, target, valueOf('--target') ?? '.', profile);
  const names = namesOf(files, valueOf('--path') ?? '.');
  return namesStarted(build, own).flatMap((name) => (names.has(name) ? (startedBinary(build, posix.join(folder, name), own) ?? []) : []))[0];
}

/** The folder in which rust's image alone looks for programs: https://github.com/rust-lang/docker-rust */
const own = ['/usr/local/cargo/bin'];

/** Names of the binaries of a package, or of all members of a workspace: https://doc.rust-lang.org/cargo/reference/cargo-targets.html#binaries */
function namesOf(files: ProjectFiles, folder: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const path of files.below(folder)) {
    const bin = /(^|\/)src\/bin\/([^/]+?)(\.rs|\/main\.rs)$/.exec(path)?.[2];
    if (bin !== undefined) found.add(bin);
    if (posix.basename(path) !== 'Cargo.toml') continue;
    const text = files.text(path) ?? '';
    for (const [, name = ''] of text.matchAll(/^\[(?:package|\[bin\])\]+[^[]*?^name\s*=\s*["']([^"']+)["']/gm)) found.add(name);
  }
  return found;
}

/** https://doc.rust-lang.org/reference/linkage.html#static-and-dynamic-c-runtimes */
function linksOf({ call }: BuildCall): Linking {
  return call.arguments.some(({ value = '' }) => /^(--target=)?\w+-unknown-linux-musl$/.test(value)) ? 'nothing' : 'compiler libraries';
}

const opensFiles =
  /\b(File::(open|create|options)|fs::\w+|read_to_string|OpenOptions|NamedFile|ServeDir|ServeFile|Files::new|Tera::new|dotenv\w*|from_file|include_dir)\b|\bConfig::builder\b/;
const ofBuild =
  /\.rs$|(^|\/)(Cargo\.(toml|lock)|rust-toolchain(\.toml)?|rustfmt\.toml|\.rustfmt\.toml|clippy\.toml|deny\.toml|build\.rs|[Mm]akefile|justfile)$|(^|\/)(\.cargo|tests|benches|\.sqlx)\//;

function programOf({ files, readable }: Build, artefact: Artefact): Program | Obstacle {
  let reads: string | undefined;
  const included = new Set<string>();
  for (const path of files.below('/')) {
    if (!path.endsWith('.rs') || /(^|\/)(tests|benches|examples)\/|(^|\/)build\.rs$/.test(path)) continue;
    const text = files.text(path);
    if (text === undefined) return { because: 'a file of the source cannot be looked through', file: path };
    if (opensFiles.test(text)) reads ??= path;
    for (const [, file = ''] of text.matchAll(/\binclude_(?:str|bytes)!\(\s*"([^"]+)"/g)) included.add(posix.join(posix.dirname(path), file));
  }
  return { title: 'the binary', artefacts: [artefact], reads: reads ?? readable.find((path) => !ofBuild.test(path) && !included.has(path)) };
}
