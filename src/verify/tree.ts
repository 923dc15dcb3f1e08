import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import type { Tree, TreeFile } from './image.ts';
import { withoutTimes } from './times.ts';

const kinds: ReadonlyMap<string, TreeFile['kind']> = new Map([
  ['directory', 'folder'],
  ['symlink', 'link'],
  ['character-device', 'character device'],
  ['block-device', 'block device'],
  ['fifo', 'pipe'],
]);

/** In larger files time stamps are not looked for. */
const mostText = 65_536;

/** Reads a tar stream of a whole file system, as `docker export` writes it. Rejects where it cannot be read. */
export async function readTree(tar: Readable): Promise<Tree> {
  const files = new Map<string, TreeFile>();
  const homes = new Set<string>();
  const entries = Readable.toWeb(tar) as ReadableStream<Uint8Array>;
  for await (const entry of entries.pipeThrough(createTarDecoder({ strict: true }))) {
    const { header } = entry;
    const path = absolute(header.name);
    const content = await read(entry);
    if (path === '/etc/passwd') for (const home of homesIn(content.text ?? '')) homes.add(home);
    const linked = header.type === 'link' ? files.get(absolute(header.linkname ?? '')) : undefined;
    files.set(path, linked ?? fileOf(entry, content));
  }
  return { files, homes };
}

interface Content {
  readonly digest: string;
  /** Undefined for what is long or no text. */
  readonly text: string | undefined;
}

async function read({ header, body }: ParsedTarEntry): Promise<Content> {
  const hash = createHash('sha256');
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    hash.update(chunk);
    if (header.size <= mostText) chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  return { digest: hash.digest('hex'), text: header.size > mostText || bytes.includes(0) ? undefined : bytes.toString('utf8') };
}

function fileOf({ header }: ParsedTarEntry, { digest, text }: Content): TreeFile {
  const kind = kinds.get(header.type ?? '') ?? 'file';
  const timeless = kind === 'file' && text !== undefined ? withoutTimes(text) : undefined;
  const attributes = Object.entries(header.pax ?? {}).filter(([key]) => key.startsWith('SCHILY.xattr.'));
  return {
    kind,
    content: kind === 'file' ? digest : kind === 'link' ? (header.linkname ?? '') : '',
    ...(timeless === undefined ? {} : { timeless: createHash('sha256').update(timeless).digest('hex') }),
    bytes: kind === 'file' ? header.size : 0,
    mode: (header.mode ?? 0).toString(8).padStart(4, '0'),
    owner: `${header.uid ?? 0}:${header.gid ?? 0}`,
    attributes: attributes.map(([key, value]) => `${key.slice('SCHILY.xattr.'.length)}=${Buffer.from(value).toString('hex')}`).join(' '),
  };
}

function absolute(name: string): string {
  return posix.join('/', name).replace(/(?<=.)\/$/, '');
}

/** The home folders that a passwd file names. */
function homesIn(passwd: string): string[] {
  return passwd.split('\n').flatMap((line) => {
    const home = line.split(':')[5];
    return home?.startsWith('/') ? [posix.normalize(home).replace(/\/$/, '')] : [];
  });
}
