import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An engine answers. With DOCKER_HOST set and no engine behind it this is an error, else tests say that they were skipped. */
export function engineThere(): boolean {
  const there = docker('version').status === 0;
  if (!there && process.env['DOCKER_HOST']) throw new Error(`DOCKER_HOST is ${process.env['DOCKER_HOST']}, but no engine answers there`);
  return there;
}

export function docker(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('docker', args, { encoding: 'utf8', maxBuffer: 1 << 28, timeout: 600_000 });
}

/** Builds a folder and returns the image's tag; an error holds the end of the log. */
export function build(folder: string, tag: string): string {
  const { status, stderr } = docker('build', '--network=host', '--progress=plain', '-t', tag, folder);
  if (status !== 0) throw new Error(`${tag} does not build:\n${stderr.slice(-2000)}`);
  return tag;
}

/** Names of the findings of `docker build --check`. */
export function buildChecks(folder: string): string[] {
  const { stdout, stderr } = docker('build', '--check', folder);
  return [...(stdout + stderr).matchAll(/^WARNING: (\w+)/gm)].map((match) => match[1] ?? '').toSorted();
}

interface Inspected {
  readonly Size: number;
  readonly RootFS: { readonly Layers: readonly string[] };
  readonly Config: Readonly<Record<string, unknown>>;
}

export function inspect(tag: string): Inspected {
  const [image] = JSON.parse(docker('image', 'inspect', tag).stdout) as Inspected[];
  if (!image) throw new Error(`there is no image ${tag}`);
  return image;
}

/** What is not the image's own: made by the engine at run time, caches, lists, logs, bytecode. */
const passedOver =
  /^\/(dev|proc|sys|run|etc\/(hosts|hostname|resolv\.conf|mtab)|\.dockerenv|var\/(lib\/apt\/lists|cache|log)|root\/\.(cache|npm))(\/|$)|\.pyc$|\/__pycache__(\/|$)|\/etc\/apk\/cache/;

/** Every file of an image: kind, mode, owner and content, by path. */
export function filesOf(tag: string): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'dockopt-image-'));
  const id = docker('create', '--network=host', tag, 'nothing').stdout.trim();
  const { status, stderr } = spawnSync('sh', ['-c', 'docker export "$1" | tar -x -C "$2"', '-', id, folder], { encoding: 'utf8' });
  docker('rm', '-f', id);
  if (status !== 0) throw new Error(stderr);
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const place = join(entry.parentPath, entry.name);
    const path = place.slice(folder.length);
    if (passedOver.test(path)) continue;
    const { mode, uid, gid } = lstatSync(place);
    const content = entry.isSymbolicLink() ? readlinkSync(place) : entry.isFile() ? createHash('sha256').update(readFileSync(place)).digest('hex') : '';
    files.set(path, `${mode.toString(8)} ${uid}:${gid} ${content}`);
  }
  rmSync(folder, { recursive: true, force: true });
  return files;
}

/** What differs between two images, as lines; none where they are equal but for caches, lists and logs. */
export function differences(before: string, after: string): string[] {
  const lines: string[] = [];
  const [a, b] = [inspect(before).Config, inspect(after).Config];
  for (const field of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (field === 'Image' || JSON.stringify(a[field]) === JSON.stringify(b[field])) continue;
    lines.push(`configuration ${field}: ${JSON.stringify(a[field])} then ${JSON.stringify(b[field])}`);
  }
  const [files, later] = [filesOf(before), filesOf(after)];
  for (const path of new Set([...files.keys(), ...later.keys()]))
    if (files.get(path) !== later.get(path)) lines.push(`${path}: ${files.get(path) ?? 'absent'} then ${later.get(path) ?? 'absent'}`);
  return lines;
}

/** A base with what a case needs on top, for stand-ins that lack it. */
export function standIn(base: string, lines: string): string {
  const tag = `dockopt-stand-in:${createHash('sha256')
    .update(base + lines)
    .digest('hex')
    .slice(0, 12)}`;
  const { status, stderr } = spawnSync('docker', ['build', '--network=host', '-t', tag, '-'], { input: `FROM ${base}\n${lines}\n`, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return tag;
}

export function dockerfileIn(folder: string): string {
  const path = join(folder, 'Dockerfile');
  if (!existsSync(path)) throw new Error(`${folder} has no Dockerfile`);
  return path;
}
