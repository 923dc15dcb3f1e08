import { posix } from 'node:path';
import { apk } from './apk.ts';
import { apt } from './apt.ts';
import { composer } from './composer.ts';
import { bun } from './bun.ts';
import { corepack } from './corepack.ts';
import { deno } from './deno.ts';
import { dnf } from './dnf.ts';
import { dotnet } from './dotnet.ts';
import type { Family } from '../bases/families.ts';
import type { Adding, Ecosystem, Leaving } from './ecosystem.ts';
import { go } from './go.ts';
import { maven } from './maven.ts';
import { mix } from './mix.ts';
import { npm } from './npm.ts';
import { pip } from './pip.ts';
import { pipenv } from './pipenv.ts';
import { pnpm } from './pnpm.ts';
import { poetry } from './poetry.ts';
import { rubygems } from './rubygems.ts';
import { cargo } from './cargo.ts';
import { conda } from './conda.ts';
import { gradle } from './gradle.ts';
import { pacman } from './pacman.ts';
import { pdm } from './pdm.ts';
import { sbt } from './sbt.ts';
import { zypper } from './zypper.ts';
import { uv } from './uv.ts';
import { yarn } from './yarn.ts';

export let ecosystems: readonly Ecosystem[] = [
  apt,
  apk,
  dnf,
  pip,
  npm,
  yarn,
  pnpm,
  bun,
  deno,
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
  gradle,
  sbt,
  cargo,
  conda,
  pdm,
  zypper,
  pacman,
];

/** Manifests and lockfiles of managers that have no file here yet. */
const otherManifests: readonly string[] = [
  'project.clj',
  'deps.edn',
  'ivy.xml',
  'paket.dependencies',
  'paket.lock',
  'rebar.config',
  'rebar.lock',
  'gleam.toml',
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

export let leavings: readonly Leaving[] = leavingsOf(ecosystems);
let byProgram = programsOf(ecosystems);
let byManifest = manifestsOf(ecosystems);

/**
 * Makes a package manager known to all transforms, for as long as the program runs; one of the same id, built in or not, makes room for it.
 * Throws where one of its programs or leavings is another one's.
 */
export function addEcosystem(ecosystem: Ecosystem): void {
  const others = ecosystems.filter(({ id }) => id !== ecosystem.id);
  const programs = programsOf(others);
  const program = ecosystem.programs.find((one) => programs.has(one));
  if (program !== undefined) throw new Error(`the ecosystem ${ecosystem.id} has the program ${program}, which is that of ${programs.get(program)?.id ?? ''}`);
  const leaving = leavingsOf(others).find(({ id }) => ecosystem.leavings.some((one) => one.id === id));
  if (leaving) throw new Error(`the ecosystem ${ecosystem.id} has the leaving ${leaving.id}, which is that of another one`);
  ecosystems = [...others, ecosystem];
  leavings = leavingsOf(ecosystems);
  byProgram = programsOf(ecosystems);
  byManifest = manifestsOf(ecosystems);
}

function leavingsOf(all: readonly Ecosystem[]): readonly Leaving[] {
  return all.flatMap((ecosystem) => ecosystem.leavings);
}

function programsOf(all: readonly Ecosystem[]): ReadonlyMap<string, Ecosystem> {
  return new Map(all.flatMap((ecosystem) => ecosystem.programs.map((program) => [program, ecosystem])));
}

/** Names of manifests as they are, and those that are patterns. */
function manifestsOf(all: readonly Ecosystem[]): { readonly names: ReadonlySet<string>; readonly patterns: readonly RegExp[] } {
  const written = [...all.flatMap((ecosystem) => ecosystem.manifests), ...otherManifests];
  return {
    names: new Set(written.filter((name) => !name.includes('*'))),
    patterns: written.filter((name) => name.includes('*')).map(globOf),
  };
}

/** The ecosystem of a program, named without its directory; `pip3.11`, `python3` and `pip-3` are the ones without a version. */
export function ecosystemOf(program: string): Ecosystem | undefined {
  return byProgram.get(program) ?? byProgram.get(program.replace(/-?\d+(\.\d+)*$/, ''));
}

/** The ecosystem of a script of the project that stands in for a program. */
export function wrappedBy(script: string): Ecosystem | undefined {
  return ecosystems.find(({ wrappers = [] }) => wrappers.includes(script));
}

/** How packages are installed on images of a family; undefined where it is not known. */
export function addingOn(family: Family | undefined): Adding | undefined {
  return ecosystems.find(({ adding }) => adding?.family === family)?.adding;
}

export function leavingOf(id: string): Leaving | undefined {
  return leavings.find((leaving) => leaving.id === id);
}

/** True where the file's name, in exactly this case, is that of a manifest or lockfile, or a pattern such as `package*.json` or `go.*` that means them. */
export function isManifest(path: string): boolean {
  const { names, patterns } = byManifest;
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
