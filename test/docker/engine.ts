import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDockerfile } from '../../src/dockerfile/read.ts';
import { docker, type Ran } from '../../src/verify/docker.ts';
import { findEngine, type Engine } from '../../src/verify/engine.ts';

/** What every build here needs: the engine may have no network of its own. */
export const network = ['--network=host'];

/** The engine that answers. With DOCKER_HOST set and no engine behind it this is an error, else tests say that they were skipped. */
export async function testEngine(): Promise<Engine | undefined> {
  const engine = await findEngine();
  if (typeof engine !== 'string') return engine;
  if (process.env['DOCKER_HOST']) throw new Error(`DOCKER_HOST is ${process.env['DOCKER_HOST']}: ${engine}`);
  console.log(`skipped: ${engine}`);
  return undefined;
}

/** Builds a folder by its own Dockerfile and ignore file, or as more options of `docker build` say; the log tells of each step. */
export async function buildFolder({ label }: Engine, folder: string, more: readonly string[] = []): Promise<{ readonly tag: string; readonly log: string }> {
  const tag = `dockopt-verify:${randomUUID()}`;
  const { stderr } = await done('build', '--progress=plain', ...network, ...more, '--label', label, '--tag', tag, folder);
  return { tag, log: stderr };
}

/** The same with a text in place of the folder's own Dockerfile; its tag. */
export async function buildText(engine: Engine, text: string, context: string): Promise<string> {
  return await inFolder(text, async (_folder, file) => (await buildFolder(engine, context, ['--file', file])).tag);
}

/** An option of `docker build` with which mounts begin empty, as no other build has their namespace: https://docs.docker.com/reference/dockerfile/#buildkit-built-in-build-args */
export function emptyMounts(): readonly string[] {
  return ['--build-arg', `BUILDKIT_CACHE_MOUNT_NS=${randomUUID()}`];
}

/** The log of a command in a RUN with these mounts, which no build has seen before. */
export async function runWith(engine: Engine, mounts: string, command: string, more: readonly string[]): Promise<string> {
  return await inFolder(`FROM debian:bookworm\nRUN ${mounts} : ${randomUUID()}; ${command}\n`, async (folder) => (await buildFolder(engine, folder, more)).log);
}

/** Bytes of an image. */
export async function sizeOf(tag: string): Promise<number> {
  return Number((await done('image', 'inspect', '--format', '{{.Size}}', tag)).stdout);
}

/** Whether the first step that begins so was found in the cache; throws where the log has no such step. */
export function isCached(log: string, beginning: string): boolean {
  const line = log.split('\n').find((one) => one.includes(`] ${beginning}`));
  if (line === undefined) throw new Error(`the log has no ${beginning}:\n${log}`);
  return log.includes(`\n${line.slice(0, line.indexOf(' '))} CACHED\n`);
}

/** How much of the build context was sent. */
export function sentBytes(log: string): number {
  const [, amount, unit = ''] = [...log.matchAll(/transferring context: ([\d.]+)([kMG]?)B/g)].at(-1) ?? [];
  if (amount === undefined) throw new Error(`the log does not tell what was sent:\n${log}`);
  return Number(amount) * 1000 ** ' kMG'.indexOf(unit || ' ');
}

/** Runs docker; an error holds what it said last. */
async function done(...args: string[]): Promise<Ran> {
  const ran = await docker(args);
  if (ran.exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${ran.stderr.slice(-2000)}`);
  return ran;
}

async function inFolder<Value>(text: string, use: (folder: string, file: string) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-docker-'));
  try {
    const file = join(folder, 'Dockerfile');
    writeFileSync(file, text);
    return await use(folder, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface CheckedText {
  readonly text: string;
  /** The folder of its build context. */
  readonly context: string;
}

/** Names of the findings of `docker build --check` for each text, sorted; an error is one, with its message. One process asks for many. */
export async function buildChecks(texts: readonly CheckedText[]): Promise<string[][]> {
  const found: string[][] = [];
  for (let first = 0; first < texts.length; first += 40) found.push(...(await someChecks(texts.slice(first, first + 40))));
  return found;
}

async function someChecks(texts: readonly CheckedText[]): Promise<string[][]> {
  return await inFolder('', async (folder) => {
    const targets = texts.map(({ text, context }, index) => {
      const dockerfile = join(folder, `Dockerfile.${index}`);
      writeFileSync(dockerfile, text);
      return [`target-${index}`, { context, dockerfile }] as const;
    });
    const bake = join(folder, 'bake.json');
    writeFileSync(bake, JSON.stringify({ target: Object.fromEntries(targets) }));
    const args = ['buildx', 'bake', '--file', bake, '--allow', 'fs.read=*', '--call', 'check,format=json', ...targets.map(([name]) => name)];
    // An error of one is told in its place; the exit code is then 1 for all. Nothing is said where a busy engine lost one of them (`no such job`): it is asked again.
    let ran = await docker(args);
    for (let again = 0; again < 3 && /no such job/.test(ran.stderr); again++) ran = await docker(args);
    if (ran.stdout === '') throw new Error(`docker buildx bake --call check: ${ran.stderr.slice(-2000)}`);
    const { target } = JSON.parse(ran.stdout) as { target: Record<string, { check?: BuildCheck }> };
    return targets.map(([name]) => {
      const check = target[name]?.check;
      if (!check) throw new Error(`docker buildx bake --call check says nothing of ${name}: ${ran.stderr.slice(-2000)}`);
      const error = check.buildError ? [`ERROR: ${check.buildError.message}`] : [];
      return [...(check.warnings ?? []).map(({ ruleName }) => ruleName), ...error].toSorted();
    });
  });
}

/** What `--call check,format=json` says of a target. */
interface BuildCheck {
  readonly warnings: readonly { readonly ruleName: string }[] | null;
  readonly buildError?: { readonly message: string };
}

/** The findings of `all` that are left when each of `some` is taken out once. */
export function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...all];
  for (const finding of some) if (left.includes(finding)) left.splice(left.indexOf(finding), 1);
  return left;
}

let listed: Promise<ReadonlySet<string>> | undefined;
const inspected = new Map<string, Promise<boolean>>();

/** Whether the engine has an image: those that it had when it was asked first are in one list, any other is inspected. */
async function isThere(image: string): Promise<boolean> {
  listed ??= docker(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}']).then(({ stdout }) => new Set(stdout.split('\n')));
  if ((await listed).has(plainTag(image))) return true;
  const known = inspected.get(image) ?? docker(['image', 'inspect', image]).then(({ exitCode }) => exitCode === 0);
  inspected.set(image, known);
  return await known;
}

/** As the engine lists it. */
function plainTag(image: string): string {
  const name = image.replace(/^(docker\.io|index\.docker\.io)\//, '').replace(/^library\//, '');
  return name.lastIndexOf(':') > name.lastIndexOf('/') ? name : `${name}:latest`;
}

/** Whether all images that a Dockerfile is built from are there, so that no registry is asked. */
export async function hasBases(text: string): Promise<boolean> {
  const reading = readDockerfile(text);
  if (!('dockerfile' in reading)) return false;
  const { stages, directives } = reading.dockerfile;
  const frontends = directives.filter(({ name }) => name === 'syntax').map(({ value }) => value);
  const earlier = new Set<string | undefined>(['scratch']);
  for (const { base, name } of stages) {
    if (!earlier.has(base.toLowerCase())) frontends.push(base);
    earlier.add(name);
  }
  const copied = [...text.matchAll(/\bfrom=([^\s,]+)/g)].flatMap(([, from = '']) => (/^\d+$/.test(from) || earlier.has(from.toLowerCase()) ? [] : [from]));
  for (const image of [...frontends, ...copied]) {
    if (!(await isThere(image))) return false;
  }
  return true;
}

/** A base with what a case needs on top, for stand-ins that lack it. */
export async function standIn(base: string, lines: string): Promise<string> {
  const text = `FROM ${base}\n${lines}\n`;
  const tag = `dockopt-stand-in:${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  await inFolder(text, (folder) => done('build', ...network, '--tag', tag, folder));
  return tag;
}

/** What a fixture says of its builds: commands that make what is too large to be kept, and lines that stand-ins for its bases lack. */
export function settingsOf(fixture: string): { readonly prepare?: string; readonly standIn?: Readonly<Record<string, string>> } {
  const path = join(fixture, 'case.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof settingsOf>) : {};
}

/** Puts the bases of a fixture in place of those that lack something. */
export async function standInsOf(fixture: string): Promise<(text: string) => string> {
  const tags: [string, string][] = [];
  for (const [base, lines] of Object.entries(settingsOf(fixture).standIn ?? {})) tags.push([base, await standIn(base, lines)]);
  return (text) =>
    tags.reduce(
      (replaced, [base, tag]) => replaced.replaceAll(/^(FROM )(\S+)/gm, (all, from: string, image: string) => (image === base ? from + tag : all)),
      text,
    );
}
