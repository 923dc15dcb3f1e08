import { posix } from 'node:path';
import { apk } from './apk.ts';
import { apt } from './apt.ts';
import { composer } from './composer.ts';
import { bun } from './bun.ts';
import { corepack } from './corepack.ts';
import { dnf } from './dnf.ts';
import { dotnet } from './dotnet.ts';
import type { Ecosystem, Leaving } from './ecosystem.ts';
import { go } from './go.ts';
import { maven } from './maven.ts';
import { mix } from './mix.ts';
import { npm } from './npm.ts';
import { pip } from './pip.ts';
import { pipenv } from './pipenv.ts';
import { pnpm } from './pnpm.ts';
import { poetry } from './poetry.ts';
import { rubygems } from './rubygems.ts';
import { uv } from './uv.ts';
import { yarn } from './yarn.ts';

export const ecosystems: readonly Ecosystem[] = [
  apt,
  apk,
  dnf,
  pip,
  npm,
  yarn,
  pnpm,
  bun,
  corepack,
  go,
  composer,
  rubygems,
  dotnet,
  uv,
  poetry,
  pipenv,
  mix,
  maven,
];

const byProgram: ReadonlyMap<string, Ecosystem> = new Map(ecosystems.flatMap((ecosystem) => ecosystem.programs.map((program) => [program, ecosystem])));

/** The ecosystem of a program, named without its directory; `pip3.11`, `python3` and `pip-3` are the ones without a version. */
export function ecosystemOf(program: string): Ecosystem | undefined {
  return byProgram.get(program) ?? byProgram.get(program.replace(/-?\d+(\.\d+)*$/, ''));
}

export const leavings: readonly Leaving[] = ecosystems.flatMap((ecosystem) => ecosystem.leavings);

export function leavingOf(id: string): Leaving | undefined {
  return leavings.find((leaving) => leaving.id === id);
}

/** Manifests and lockfiles of managers that have no file here yet. */
const otherManifests: readonly string[] = [
  'Cargo.toml',
  'Cargo.lock',
  'rust-toolchain',
  'rust-toolchain.toml',
  'build.gradle*',
  'settings.gradle*',
  'gradle.properties',
  'gradle.lockfile',
  'libs.versions.toml',
  'build.sbt',
  'project.clj',
  'deps.edn',
  'ivy.xml',
  'paket.dependencies',
  'paket.lock',
  'rebar.config',
  'rebar.lock',
  'gleam.toml',
  'deno.json',
  'deno.jsonc',
  'deno.lock',
  'bower.json',
  'lerna.json',
  'rush.json',
  '.pnp.cjs',
  '.pnp.loader.mjs',
  'pubspec.yaml',
  'pubspec.lock',
  'Package.swift',
  'Package.resolved',
  'stack.yaml',
  'stack.yaml.lock',
  'cabal.project',
  'cabal.project.freeze',
  '*.cabal',
  'package.yaml',
  'environment.yml',
  'environment.yaml',
  'conda-lock.yml',
  'pdm.lock',
  'pylock*.toml',
  'MANIFEST.in',
  'DESCRIPTION',
  'renv.lock',
  'cpanfile',
  'cpanfile.snapshot',
  'conanfile.txt',
  'conanfile.py',
  'vcpkg.json',
  'Podfile',
  'Podfile.lock',
  'shard.yml',
  'shard.lock',
  'elm.json',
];

const names = new Set<string>();
const patterns: RegExp[] = [];
for (const name of [...ecosystems.flatMap((ecosystem) => ecosystem.manifests), ...otherManifests]) {
  if (name.includes('*')) patterns.push(globOf(name));
  else names.add(name);
}

/** True where the file's name, in exactly this case, is that of a manifest or lockfile, or a pattern such as `package*.json` or `go.*` that means them. */
export function isManifest(path: string): boolean {
  const name = posix.basename(path);
  if (names.has(name) || patterns.some((pattern) => pattern.test(name))) return true;
  // Two letters before the first wildcard tell `go.*` from `*.json`.
  if (!/^[^*?[]{2,}[*?[]/.test(name)) return false;
  const pattern = globOf(name);
  return [...names].some((one) => pattern.test(one));
}

/** True where the file's name is that of one of the ecosystem's own manifests. */
export function isManifestOf({ manifests }: Ecosystem, path: string): boolean {
  const name = posix.basename(path);
  return manifests.some((one) => (one.includes('*') ? globOf(one).test(name) : one === name));
}

function globOf(name: string): RegExp {
  const source = name
    .replaceAll(/\[[^\]]*\]/g, '?')
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
