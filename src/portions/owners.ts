import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { realPath, realPathInside } from '../root.ts';
import { UsageError } from '../usage-error.ts';
import { repositoryOf } from '../workspace/repository.ts';

/** In this order, as GitHub looks for it; the last is GitLab's. */
const places = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'];

interface Rule {
  readonly owners: readonly string[];
  /** Nobody owns what it matches, whatever else does. */
  readonly excludes: boolean;
  readonly matches: (path: string) => boolean;
}

/** Of GitLab; a file without headings is one. */
interface Section {
  readonly owners: readonly string[];
  readonly rules: Rule[];
}

/**
 * The owners of files by what a CODEOWNERS file says, of paths below its repository: the last line that matches, in each of GitLab's
 * sections. Empty where nobody owns it.
 */
export function readOwners(text: string, isGitLab = false): (path: string) => readonly string[] {
  const sections: Section[] = [{ owners: [], rules: [] }];
  const lines = text.split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  const headings = isGitLab || lines.some((line) => heading.test(line));
  for (const line of lines) {
    if (line === '') continue;
    const [, owners] = (headings && heading.exec(line)) || [];
    if (owners !== undefined) sections.push({ owners: owners.split(/\s+/).filter(Boolean), rules: [] });
    else {
      const section = sections.at(-1);
      const rule = ruleIn(line, section?.owners ?? [], headings);
      if (rule) section?.rules.push(rule);
    }
  }
  return (path) => [
    ...new Set(
      sections.flatMap(({ rules }) =>
        rules.some((rule) => rule.excludes && rule.matches(path)) ? [] : (rules.findLast((rule) => rule.matches(path))?.owners ?? []),
      ),
    ),
  ];
}

/** `[Name]`, `^[Name][2] @owner`. */
const heading = /^\^?\[[^\]]+\](?:\[\d+\])?(\s.*|)$/;

function ruleIn(line: string, defaults: readonly string[], gitLab: boolean): Rule | undefined {
  const [pattern = '', ...owners] = line.split(/(?<!\\)\s+/);
  const excludes = pattern.startsWith('!');
  // On GitHub such a line is passed over.
  if (excludes && !gitLab) return undefined;
  const matches = matcherOf(excludes ? pattern.slice(1) : pattern);
  return matches && { owners: owners.length > 0 ? owners : defaults, excludes, matches };
}

/** A `.gitignore` reaches with `docs/*` what lies deeper as well, since it ignores the folders; a CODEOWNERS does not. */
function matcherOf(pattern: string): ((path: string) => boolean) | undefined {
  let rules: Ignore;
  try {
    rules = ignore({ ignorecase: false }).add(pattern);
  } catch {
    return undefined;
  }
  const flat = pattern.endsWith('/*');
  return (path) => rules.ignores(path) && !(flat && dirname(path) !== '.' && rules.ignores(dirname(path)));
}

const readersByRoot = new Map<string, ((path: string) => readonly string[]) | undefined>();

/** The owners of the file at a path below the working directory. Throws a UsageError where its repository has no CODEOWNERS. */
export function ownersOf(path: string, cwd: string): readonly string[] {
  const place = realPath(resolve(cwd, path));
  const { root } = repositoryOf(dirname(place));
  if (!readersByRoot.has(root)) readersByRoot.set(root, readerIn(root));
  const owners = readersByRoot.get(root);
  if (!owners) throw new UsageError(`--group-by owner: ${root} holds none of ${places.join(', ')}; group by package or directory`);
  return owners(relative(root, place).split(sep).join('/'));
}

function readerIn(root: string): ((path: string) => readonly string[]) | undefined {
  for (const place of places) {
    const path = join(root, place);
    try {
      if (realPathInside(path, root) === undefined) continue;
      return readOwners(readFileSync(path, 'utf8'), place.startsWith('.gitlab/'));
    } catch {
      // It is not there.
    }
  }
  return undefined;
}
