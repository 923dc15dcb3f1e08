import { posix } from 'node:path';
import { once } from '../once.ts';
import type { Aspect, Difference } from './difference.ts';
import type { Image, Tree } from './image.ts';

/** A kind of difference that makes no other image. What no class takes is shown. */
export interface DifferenceClass {
  readonly id: string;
  /** For sentences: "apt's package lists". */
  readonly title: string;
  /** Why an image with such a difference is the same. */
  readonly because: string;
  /** Two builds of one text differ here, too; the rest is what the level `safe` announces. */
  readonly always?: true;
  /** Folders with all that lies below them, `~` for each home: whether they are there, and what is in them. */
  readonly folders?: readonly string[];
  /** Whole paths of files, `~/` for each home. */
  readonly files?: RegExp;
  /** In what such a file may differ; by default whether it is there, and its content. */
  readonly aspects?: readonly Aspect[];
  /** What must hold besides. */
  readonly where?: (path: string, before: Tree, after: Tree) => boolean;
}

/**
 * Each pattern is as narrow as what is known of it: whole of /var/cache, ~/.cache or /var/log would hide a program's own
 * folders (/var/cache/nginx must be there, models lie in ~/.cache/huggingface, /var/log/nginx/access.log is a link to stdout).
 * It is not derived from what the transforms know: what is checked does not say what may be passed over.
 */
export const classes: readonly DifferenceClass[] = [
  {
    id: 'apt-lists',
    title: "apt's package lists",
    because: 'only an install reads them, and `apt-get update` fetches them again',
    folders: ['/var/lib/apt/lists'],
  },
  {
    id: 'apt-cache',
    title: "apt's downloads and its tables of packages",
    because: 'apt fetches and makes them again',
    folders: ['/var/cache/apt'],
  },
  { id: 'apk-index', title: "apk's index and downloads", because: 'apk fetches them again', folders: ['/var/cache/apk'] },
  {
    id: 'dnf-cache',
    title: "dnf's metadata and downloads",
    because: 'dnf fetches them again',
    folders: ['/var/cache/dnf', '/var/cache/yum', '/var/cache/libdnf5'],
  },
  { id: 'pip-cache', title: "pip's cache", because: 'pip fetches and builds again what it does not hold', folders: ['~/.cache/pip'] },
  {
    // Not all of ~/.npm: what npx runs is installed in ~/.npm/_npx.
    id: 'npm-cache',
    title: "npm's cache",
    because: 'npm fetches again what it does not hold',
    folders: ['~/.npm/_cacache'],
  },
  {
    // Not ~/.yarn/berry/cache: Yarn 2 and later may run packages from there.
    id: 'yarn-cache',
    title: 'the cache of Yarn 1',
    because: 'Yarn 1 installs copies, and fetches again what its cache does not hold',
    folders: ['/usr/local/share/.cache/yarn', '~/.cache/yarn'],
  },
  {
    id: 'composer-cache',
    title: "Composer's cache",
    because: 'Composer installs copies, and fetches again what its cache does not hold',
    folders: ['~/.composer/cache', '~/.cache/composer'],
  },
  {
    // With a global virtual store packages are run from there, by links.
    id: 'pnpm-store',
    title: "pnpm's store",
    because: 'pnpm makes links to its files or copies of them, and fetches again what it does not hold',
    files: /^(?:~\/\.local\/share\/pnpm|\/pnpm)\/store(?:\/|$)|^~\/\.cache\/pnpm(?:\/|$)/,
    where: nothingLinksInto('/pnpm/store/'),
  },
  {
    id: 'uv-interpreters',
    title: 'what uv noted of the interpreters that it found',
    because: 'uv asks them again',
    files: /^~\/\.cache\/uv\/interpreter-v\d+\/(?:[^/]+\/)?[^/]+\.msgpack$/,
  },
  {
    // With --link-mode=symlink packages are run from there.
    id: 'uv-cache',
    title: "uv's cache",
    because: 'uv makes links to its files or copies of them, and fetches again what it does not hold',
    files: /^~\/\.cache\/uv(?:\/|$)/,
    where: nothingLinksInto('/.cache/uv/'),
  },
  {
    id: 'go-caches',
    title: "Go's modules and what it compiled",
    because: 'a program holds what it was built from; Go fetches and compiles the rest again',
    folders: ['/go/pkg/mod', '~/go/pkg/mod', '~/.cache/go-build'],
  },
  {
    // Not all of ~/.cargo: what was installed lies in its bin.
    id: 'cargo-downloads',
    title: "Cargo's index and downloads",
    because: 'a program holds what it was built from; Cargo fetches the rest again',
    folders: ['/usr/local/cargo/registry', '/usr/local/cargo/git', '~/.cargo/registry', '~/.cargo/git'],
  },
  {
    id: 'logs',
    title: 'logs of package and account tools',
    because: 'they tell when what was installed, nothing is decided by them',
    always: true,
    folders: ['~/.npm/_logs'],
    files:
      /^(~\/\.npm\/_update-notifier-last-checked$)|^\/var\/log\/(apt\/(history|term)\.log|apt\/eipp\.log\.xz|dpkg\.log|alternatives\.log|bootstrap\.log|dnf(\.librepo|\.rpm)?\.log|dnf5\.log|hawkey\.log|yum\.log|apk\.log|lastlog|faillog|tallylog|btmp|wtmp)$/,
  },
  {
    id: 'backups',
    title: 'copies that tools keep of their tables before the last change',
    because: 'the tables themselves are compared; how many steps led to them is all that the copies tell',
    files:
      /^\/(etc\/(passwd|group|shadow|gshadow|subuid|subgid)-|var\/lib\/dpkg\/(status|available|diversions|statoverride)-old|var\/cache\/debconf\/(config|templates|passwords)\.dat-old)$/,
  },
  {
    id: 'linker-cache',
    always: true,
    title: "ldconfig's notes",
    because: 'they hold inode numbers and times of libraries; /etc/ld.so.cache itself is compared',
    files: /^\/var\/cache\/ldconfig\/aux-cache$/,
  },
  {
    id: 'bytecode-times',
    always: true,
    title: 'bytecode of Python',
    because: 'it holds the time of its source, which has the same content',
    files: /\.pyc$/,
    aspects: ['content'],
    where: sourceIsSame,
  },
  {
    id: 'bytecode',
    title: 'bytecode of Python',
    because: 'Python makes it again from its source, which is the same',
    files: /\.pyc$/,
    aspects: ['presence'],
    where: sourceIsSame,
  },
  {
    id: 'times',
    always: true,
    title: 'time stamps in text files',
    because: 'all else in these files is the same',
    files: /./,
    aspects: ['content'],
    where: (path, before, after) => {
      const timeless = before.files.get(path)?.timeless;
      return timeless !== undefined && timeless === after.files.get(path)?.timeless;
    },
  },
];

/** `a/__pycache__/b.cpython-312.pyc` and `a/b.pyc` come from `a/b.py`. */
function sourceIsSame(path: string, before: Tree, after: Tree): boolean {
  const source = path.replace(/(?:__pycache__\/([^/]+?)\.[^./]+(?:\.opt-\d)?|([^/]+))\.pyc$/, '$1$2.py');
  const content = before.files.get(source)?.content;
  return content !== undefined && content === after.files.get(source)?.content;
}

/** A symbolic link into such a folder shows that programs use what lies there; `within` is a part of its text. */
function nothingLinksInto(within: string): NonNullable<DifferenceClass['where']> {
  const linked = once(({ files }: Tree) =>
    [...files].some(([path, { kind, content }]) => kind === 'link' && content.includes(within) && !path.includes(within)),
  );
  return (_path, before, after) => !linked(before) && !linked(after);
}

/** Differences by class; undefined holds those that are shown. */
export function classify(
  differences: readonly Difference[],
  { tree: before }: Pick<Image, 'tree'>,
  { tree: after }: Pick<Image, 'tree'>,
  more: readonly DifferenceClass[],
): Map<DifferenceClass | undefined, Difference[]> {
  const homes = [...new Set([...before.homes, ...after.homes])];
  const found = new Map<Difference, DifferenceClass>();
  for (const difference of differences) {
    if (difference.part !== 'files') continue;
    const one = [...classes, ...more].find((candidate) => takes(candidate, difference, homes, before, after));
    if (one) found.set(difference, one);
  }
  takeFoldersAround(differences, found);
  const byClass = new Map<DifferenceClass | undefined, Difference[]>();
  for (const difference of differences) {
    const one = found.get(difference);
    byClass.set(one, [...(byClass.get(one) ?? []), difference]);
  }
  return byClass;
}

function takes(
  { folders = [], files, aspects = ['presence', 'content'], where }: DifferenceClass,
  { name, aspect }: Difference,
  homes: readonly string[],
  before: Tree,
  after: Tree,
): boolean {
  for (const folder of folders.flatMap((one) => (one.startsWith('~') ? homes.map((home) => home + one.slice(1)) : [one]))) {
    if (name.startsWith(`${folder}/`) || (name === folder && aspect === 'presence')) return true;
  }
  if (!files || !aspects.includes(aspect)) return false;
  const paths = [name, ...homes.filter((home) => name.startsWith(`${home}/`)).map((home) => `~${name.slice(home.length)}`)];
  return paths.some((path) => files.test(path)) && (where?.(name, before, after) ?? true);
}

/** A folder that is there in one image only belongs to what lies in it, where no class leaves anything of that out. */
function takeFoldersAround(differences: readonly Difference[], found: Map<Difference, DifferenceClass>): void {
  const within = new Map<string, Difference[]>();
  const deepestFirst = differences.filter(({ part, aspect }) => part === 'files' && aspect === 'presence').toReversed();
  for (const difference of deepestFirst) {
    const children = within.get(difference.name) ?? [];
    const [first] = children;
    const one = first && found.get(first);
    if (one && !found.has(difference) && children.every((child) => found.has(child))) found.set(difference, one);
    const parent = posix.dirname(difference.name);
    within.set(parent, [...(within.get(parent) ?? []), difference]);
  }
}
