import { posix } from 'node:path';
import type { Obstacle, ProjectFiles } from './closure.ts';

/** pip's requirement files: https://pip.pypa.io/en/stable/reference/requirements-file-format/ */

export interface RequirementsRead {
  /** Every file that is read, includes first reached first; each one there. */
  readonly files: readonly string[];
  /** Folders that editable clones go into. */
  readonly clones: readonly string[];
  /** The first requirement that has no hash, no commit and no exact version, be it in a constraint. */
  readonly floating: string | undefined;
}

export interface RequirementRoots {
  readonly requirements: readonly string[];
  readonly constraints: readonly string[];
  /** What is named beside them: packages, archives, folders, URLs. */
  readonly named: readonly string[];
  readonly editable: readonly string[];
  readonly findLinks: readonly string[];
}

/** How a requirement stands there. */
interface How {
  readonly constrains: boolean;
  readonly hashed: boolean;
}

const isUrl = /^\w[\w+.-]*:\/\//;
const isArchive = /\.(whl|zip|tar|tgz|tbz|txz|gz|bz2|xz)$/;
const isVersionControl = /^(git|hg|svn|bzr)\+/;
const flags = ['--no-index', '--pre', '--prefer-binary', '--require-hashes'];
const withValue = ['-i', '--index-url', '--pypi-url', '--extra-index-url', '--no-binary', '--only-binary', '--trusted-host', '--use-feature'];
const followed: Readonly<Record<string, keyof RequirementRoots>> = {
  '-r': 'requirements',
  '--requirement': 'requirements',
  '-c': 'constraints',
  '--constraint': 'constraints',
  '-e': 'editable',
  '--editable': 'editable',
  '-f': 'findLinks',
  '--find-links': 'findLinks',
};

/** All that an install from these reads of the project, followed through `-r` and `-c`. */
export function readRequirements(files: ProjectFiles, roots: RequirementRoots, environment: (name: string) => string | undefined): RequirementsRead | Obstacle {
  const found = new Set<string>();
  const clones: string[] = [];
  const loose: string[] = [];
  const constrained = new Set<string>();

  const readFile = (path: string, constrains: boolean): Obstacle | undefined => {
    if (isUrl.test(path) && !path.startsWith('file:')) {
      loose.push(shown(path));
      return undefined;
    }
    const name = posix.normalize(localPath(path));
    if (found.has(name)) return undefined;
    const text = files.text(name);
    if (text === undefined) return { because: 'the install reads a file that the build context does not hold', file: name };
    found.add(name);
    for (const line of logicalLines(text)) {
      const obstacle = readLine(substituted(line, environment), name, constrains);
      if (obstacle) return obstacle;
    }
    return undefined;
  };

  const readLine = (line: string, file: string, constrains: boolean): Obstacle | undefined => {
    const words = wordsOf(line);
    if (!line.startsWith('-')) {
      const end = words.findIndex((word) => word.startsWith('-'));
      const hashed = words.some((word) => word.startsWith('--hash'));
      return readRequirement((end < 0 ? words : words.slice(0, end)).join(' '), file, { constrains, hashed });
    }
    for (let i = 0; i < words.length; i++) {
      const { name, attached } = optionOf(words[i] ?? '');
      if (flags.includes(name)) continue;
      const value = attached ?? words[++i] ?? '';
      const kind = followed[name];
      const obstacle = kind
        ? readOne(kind, value, file, constrains)
        : withValue.includes(name)
          ? undefined
          : { because: `what \`${name}\` means there is not known`, file };
      if (obstacle) return obstacle;
    }
    return undefined;
  };

  const readOne = (kind: keyof RequirementRoots, value: string, file: string | undefined, constrains: boolean): Obstacle | undefined => {
    if (value.includes('${') && !isVersionControl.test(value) && !/^https?:/.test(value)) return { because: 'a variable decides what is installed', file };
    if (kind === 'named') return readRequirement(value, file, { constrains, hashed: false });
    if (kind === 'editable') return readEditable(value, file);
    // Included files are found from the one that includes them, local packages from where pip runs.
    const path = file === undefined || isUrl.test(value) || posix.isAbsolute(value) ? value : posix.join(posix.dirname(file), value);
    if (kind !== 'findLinks') return readFile(path, constrains || kind === 'constraints');
    const folder = isUrl.test(value) ? localPath(value) : value;
    if (isUrl.test(folder)) return undefined;
    const held = [path, folder].find((place) => !isUrl.test(place) && (files.has(place) || files.below(place).length > 0));
    return held === undefined ? undefined : { because: 'packages are looked for in a folder of the project', file: posix.normalize(held) };
  };

  const readEditable = (value: string, file: string | undefined): Obstacle | undefined => {
    if (!isVersionControl.test(value)) return folderInTheWay(localPath(withoutExtras(value)), file);
    const name = /[#&]egg=([\w.-]+)/.exec(value)?.[1];
    clones.push(name === undefined ? '' : name);
    if (!isCommit(value)) loose.push(name ?? shown(value));
    return undefined;
  };

  const note = (name: string, exact: boolean, { constrains, hashed }: How): void => {
    if (!constrains && !exact && !hashed) loose.push(name);
    if (constrains && exact) constrained.add(normalized(name));
  };

  const readRequirement = (text: string, file: string | undefined, how: How): Obstacle | undefined => {
    const [, named, url] = /^([\w.-]+)(?:\s*\[[^\]]*\])?\s*@\s*(.+)$/.exec(text) ?? [];
    const target = (url ?? text).trim();
    if (isVersionControl.test(target) || /^https?:\/\//.test(target)) {
      note(named ?? shown(target), isCommit(target) || /#sha\d+=/.test(target), how);
      return undefined;
    }
    const path = withoutExtras(target.replace(/\s*;.*$/, '').trim());
    if (path.startsWith('file:') || path.startsWith('.') || path.includes('/') || isArchive.test(path)) {
      const name = posix.normalize(localPath(path));
      if (!files.has(name)) return folderInTheWay(name, file);
      found.add(name);
      return undefined;
    }
    if (!/^[A-Za-z0-9][\w.-]*\s*(\[[^\]]*\])?\s*(\(?\s*[=<>!~].*)?$/.test(path)) return { because: `\`${text}\` is no requirement that can be read`, file };
    note(/^[\w.-]+/.exec(path)?.[0] ?? path, /===?\s*[^\s,*;)]+\)?$/.test(path), how);
    return undefined;
  };

  const folderInTheWay = (folder: string, file: string | undefined): Obstacle =>
    files.below(folder).length > 0
      ? { because: `it installs ${folder === '.' || folder === './' ? 'the project itself' : `the folder ${folder}`}, and any file there may be read`, file }
      : { because: `it installs ${folder}, which the build context does not hold`, file };

  for (const kind of ['requirements', 'constraints', 'named', 'editable', 'findLinks'] as const)
    for (const value of roots[kind]) {
      const obstacle = readOne(kind, value, undefined, false);
      if (obstacle) return obstacle;
    }
  return { files: [...found], clones, floating: loose.find((name) => !constrained.has(normalized(name))) };
}

/** Lines joined at a backslash, comments taken off, blank ones left out. */
function logicalLines(text: string): string[] {
  const found: string[] = [];
  let open = '';
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const comment = /^\s*#/.test(line);
    if (line.endsWith('\\') && !comment) {
      open += line.slice(0, -1);
      continue;
    }
    found.push(open + (comment ? ` ${line}` : line));
    open = '';
  }
  found.push(open);
  return found.map((line) => line.replace(/(^|\s+)#.*$/, '').trim()).filter((line) => line !== '');
}

function substituted(line: string, environment: (name: string) => string | undefined): string {
  return line.replaceAll(/\$\{([A-Z0-9_]+)\}/g, (written: string, name: string) => environment(name) || written);
}

function wordsOf(line: string): string[] {
  return (line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) =>
    word.startsWith('-') ? word.replaceAll(/["']/g, '') : word.replaceAll(/^["']|["']$/g, ''),
  );
}

/** `--name=value`, `-rvalue`. */
function optionOf(word: string): { readonly name: string; readonly attached: string | undefined } {
  const equals = word.indexOf('=');
  if (word.startsWith('--')) return equals < 0 ? { name: word, attached: undefined } : { name: word.slice(0, equals), attached: word.slice(equals + 1) };
  return word.length > 2 ? { name: word.slice(0, 2), attached: word.slice(2) } : { name: word, attached: undefined };
}

/** `file:///x` is `/x`, `file:x` the `x` below the working directory. */
function localPath(path: string): string {
  return path.replace(/^file:(\/\/(localhost)?(?=\/))?/, '').replace(/#.*$/, '');
}

/** A URL without what may be a token. */
function shown(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}

/** https://packaging.python.org/en/latest/specifications/name-normalization/ */
function normalized(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

function isCommit(url: string): boolean {
  return /@[0-9a-f]{40}\b/.test(url);
}

function withoutExtras(path: string): string {
  return path.replace(/\[[\w.,\s-]*\]$/, '');
}
