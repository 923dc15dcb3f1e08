import type { CommitTexts } from '../config/config.ts';
import { git } from '../git.ts';
import { UsageError } from '../usage-error.ts';
import { changesList } from './body.ts';
import { changedFiles } from './change-sets.ts';
import { plainNames } from './names.ts';
import type { Portion } from './portion.ts';

export interface CommitText {
  readonly branch: string;
  readonly message: string;
}

const placeholder = /\{([a-z]+)\}/g;

/**
 * What a portion's branch is called and its commit says. In the texts, `{group}`, `{title}`, `{changes}`, `{files}` and `{transforms}`
 * stand for what is the portion's; in a branch only `{group}`. Throws a UsageError.
 */
export function commitTextsOf(
  portions: readonly Portion[],
  { branch = 'dockopt/{group}', message = '{title}\n\n{changes}' }: CommitTexts,
  root: string,
): (portion: Portion) => CommitText {
  const names = plainNames(portions.map(({ name }) => name));
  assertPlaceholders('branch', branch, ['group']);
  assertPlaceholders('message', message, ['group', 'title', 'changes', 'files', 'transforms']);
  if (!branch.includes('{group}')) throw new UsageError(`the branch ${branch} would be one for all groups; put {group} into it`);
  return (portion) => {
    const name = filled(branch, { group: names.get(portion.name) ?? '' });
    assertBranch(name, root);
    const said = filled(message, {
      group: portion.name,
      title: portion.title,
      changes: changesList(portion),
      files: changedFiles(portion.batch)
        .map(({ path }) => path)
        .join('\n'),
      transforms: [...new Set(portion.batch.outcomes.flatMap(({ changes }) => changes.map(({ id }) => id)))].join(', '),
    });
    if (said.trim() === '') throw new UsageError('the message of a commit may not be empty');
    return { branch: name, message: said.trim() };
  };
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(placeholder, (whole, name: string) => values[name] ?? whole);
}

function assertPlaceholders(what: string, text: string, known: readonly string[]): void {
  const wrong = [...text.matchAll(placeholder)].find(([, name = '']) => !known.includes(name));
  if (wrong) throw new UsageError(`the ${what} of a commit may hold ${known.map((name) => `{${name}}`).join(', ')}, not ${wrong[0]}`);
}

function assertBranch(name: string, root: string): void {
  try {
    if (name.startsWith('-')) throw new Error();
    git(root, 'check-ref-format', `refs/heads/${name}`);
  } catch {
    throw new UsageError(`${name} is no name for a branch`);
  }
}
