import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { docker, dockerStream, type Ran } from './docker.ts';
import type { Image, Smoke } from './image.ts';
import { readTree } from './tree.ts';

/** A Docker engine, and what was made there: all of it carries the label. */
export interface Engine {
  readonly label: string;
  /** The command that builds: buildx, or the plain build where that is missing. */
  readonly buildCommand: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** What is the same in every build of one Dockerfile. */
export interface BuildPlan {
  /** The Dockerfile's place. It is not written to. */
  readonly path: string;
  /** The folder that is the build context. */
  readonly context: string;
  readonly target?: string | undefined;
  /** `NAME=value` */
  readonly buildArgs?: readonly string[];
  /** More options of `docker build`. */
  readonly more?: readonly string[];
}

export type Build = { readonly tag: string } | { readonly log: string };

const smokeLimit = 120_000;

/** Finds the engine that `docker` talks to; a text tells why there is none. */
export async function findEngine(signal?: AbortSignal): Promise<Engine | string> {
  let version: Ran;
  try {
    version = await docker(['version', '--format', '{{.Server.Version}}'], { signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    return 'there is no `docker` command here; verify builds images, which needs Docker';
  }
  if (version.exitCode !== 0) return `no Docker engine answers: ${lastLine(version.stderr)}`;
  const buildx = await docker(['buildx', 'version'], { signal });
  return {
    label: `dockopt.verify=${randomUUID().slice(0, 8)}`,
    buildCommand: buildx.exitCode === 0 ? ['buildx', 'build', '--load', '--progress=plain'] : ['build'],
    signal,
  };
}

/** A Dockerfile with its ignore file. */
export interface Texts {
  readonly dockerfile: string;
  /** undefined: the one that lies there is in force. */
  readonly ignoreFile: string | undefined;
}

/** Builds a text in the place of a Dockerfile, from a folder of its own; what it says is the log where it fails. */
export async function build({ label, buildCommand, signal }: Engine, texts: Texts, plan: BuildPlan, how: { readonly cache: boolean }): Promise<Build> {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-verify-'));
  try {
    const file = join(folder, basename(plan.path));
    writeFileSync(file, texts.dockerfile);
    if (texts.ignoreFile !== undefined) writeFileSync(`${file}.dockerignore`, texts.ignoreFile);
    else if (existsSync(`${plan.path}.dockerignore`)) copyFileSync(`${plan.path}.dockerignore`, `${file}.dockerignore`);
    const tag = `dockopt-verify:${randomUUID()}`;
    const options = ['--label', label, '--tag', tag, '--file', file, ...(how.cache ? [] : ['--no-cache'])];
    const target = plan.target === undefined ? [] : ['--target', plan.target];
    const buildArgs = (plan.buildArgs ?? []).flatMap((one) => ['--build-arg', one]);
    const ran = await docker([...buildCommand, ...options, ...target, ...buildArgs, ...(plan.more ?? []), plan.context], { signal });
    return ran.exitCode === 0 ? { tag } : { log: ran.stderr + ran.stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Inspected {
  readonly Size: number;
  readonly RootFS: { readonly Layers?: readonly string[] };
  readonly Config: Readonly<Record<string, unknown>> | null;
  readonly Author?: string;
  readonly Os?: string;
  readonly Architecture?: string;
}

/** Reads what is compared of an image, after running the smoke command in it. */
export async function readImage(engine: Engine, tag: string, smoke: string | undefined): Promise<Image> {
  const { label, signal } = engine;
  const inspected: Inspected = JSON.parse((await asked(engine, 'image', 'inspect', '--format', '{{json .}}', tag)).stdout);
  const { Size, RootFS, Config, Author, Os, Architecture } = inspected;
  const container = (await asked(engine, 'create', '--label', label, '--network', 'none', tag, 'nothing')).stdout.trim();
  const tree = await dockerStream(['export', container], readTree, { signal });
  await asked(engine, 'rm', '--force', '--volumes', container);
  return {
    configuration: { ...Config, Author, Os, Architecture },
    tree,
    size: { bytes: Size, layers: RootFS.Layers?.length ?? 0 },
    smoke: smoke === undefined ? undefined : await runSmoke(engine, tag, smoke),
  };
}

async function asked({ signal }: Engine, ...args: string[]): Promise<Ran> {
  const ran = await docker(args, { signal });
  if (ran.exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${ran.stderr.trim()}`);
  return ran;
}

/** An image's own entrypoint would take the command for its arguments; a container's name would be another in each run. */
async function runSmoke({ label, signal }: Engine, tag: string, command: string): Promise<Smoke> {
  const name = `dockopt-verify-${randomUUID()}`;
  const own = ['--rm', '--label', label, '--name', name, '--hostname', 'dockopt-verify', '--network', 'none', '--entrypoint', 'sh'];
  const { exitCode, stdout, stderr } = await docker(['run', ...own, tag, '-c', command], { signal, milliseconds: smokeLimit });
  if (exitCode === null) {
    await docker(['rm', '--force', '--volumes', name], { signal });
    return { exitCode, stdout, stderr, notRun: `it did not end within ${smokeLimit / 1000} seconds` };
  }
  if (exitCode < 125 || exitCode > 127) return { exitCode, stdout, stderr };
  return { exitCode, stdout, stderr, notRun: /^docker: (?:Error response from daemon: )?(.*)/m.exec(stderr)?.[1] ?? lastLine(stderr) };
}

/** Removes all containers and images that were made, also those of a build that was interrupted. */
export async function removeAll({ label }: Engine): Promise<void> {
  const filter = ['--filter', `label=${label}`];
  const containers = lines((await docker(['ps', '--all', '--quiet', ...filter])).stdout);
  if (containers.length > 0) await docker(['rm', '--force', '--volumes', ...containers]);
  const images = lines((await docker(['image', 'ls', '--quiet', '--no-trunc', ...filter])).stdout);
  if (images.length > 0) await docker(['image', 'rm', '--force', ...new Set(images)]);
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function lastLine(text: string): string {
  return lines(text).at(-1)?.trim() ?? 'it says nothing';
}
