import { relative, resolve } from 'node:path';
import { readGroupBy } from '../portions/group-by.ts';
import type { Portion } from '../portions/portion.ts';
import { portionsOf } from '../portions/portions.ts';
import { changedPaths } from '../report/names.ts';
import { UsageError } from '../usage-error.ts';
import { say, type Found } from './outcomes.ts';
import { report } from './report.ts';
import { wantsStrip, type RewriteArguments } from './rewrite.ts';

/** How the result is parted, and what becomes of the parts. */
export interface PortionArguments {
  readonly groupBy: string | undefined;
  /** A folder for patches and bodies. */
  readonly patchDir: string | undefined;
  readonly commit: boolean;
  readonly branch: string | undefined;
  readonly message: string | undefined;
}

/** The result in portions, as `--group-by` says; undefined where it is not given. Throws a UsageError. */
export async function portionsIn(found: Found, given: RewriteArguments, cwd: string): Promise<Portion[]> {
  const { optionsOf } = found;
  return portionsOf({ batch: found, optionsOf, cwd }, readGroupBy(given.groupBy ?? 'package'));
}

/** Looks at what the arguments want before anything runs; what then is done with the result returns the exit code. Undefined where it is only shown. Throws a UsageError. */
export async function prepare(given: RewriteArguments, cwd: string): Promise<((found: Found) => Promise<number>) | undefined> {
  readGroupBy(given.groupBy ?? 'package');
  const { patchDir } = given;
  if (patchDir === '') throw new UsageError('--patch-dir: name a folder');
  if (patchDir !== undefined) return async (found) => patchesInto(patchDir, found, given, cwd);
  if (!given.commit) return undefined;
  const { cleanCheckout, commitPortions } = await import('../portions/commits.ts');
  const { commitTextsOf } = await import('../portions/commit-texts.ts');
  const checkout = cleanCheckout(cwd);
  return async (found) => {
    const all = await portionsIn(found, given, cwd);
    const portions = all.filter(changesFiles);
    const { branch = found.commit.branch, message = found.commit.message } = given;
    const made = commitPortions(portions, commitTextsOf(portions, { branch, message }, checkout.root), checkout, cwd);
    const lines = made.map(({ branch: name, was }, index) => `${name}${was ? ' (as it was)' : ''}: ${portions[index]?.title ?? ''}`);
    return tell(lines, all, found, given);
  };
}

async function patchesInto(patchDir: string, found: Found, given: RewriteArguments, cwd: string): Promise<number> {
  const all = await portionsIn(found, given, cwd);
  const portions = all.filter(changesFiles);
  const { writePatches } = await import('../portions/patch-directory.ts');
  const folder = resolve(cwd, patchDir);
  const { patches, left } = writePatches(folder, portions);
  const shown = (name: string): string => relative(cwd, resolve(folder, name)).replaceAll('\\', '/');
  for (const name of left) say(`${shown(name)} is of no group any more, but somebody changed it, so it was left`);
  if (wantsStrip(changedPaths(found), cwd)) say('apply these patches with `git apply -p1`');
  return tell(
    patches.map((name, index) => `${shown(name)}: ${portions[index]?.title ?? ''}`),
    all,
    found,
    given,
  );
}

function changesFiles({ batch }: Portion): boolean {
  return changedPaths(batch).length > 0;
}

/** A line for each portion on stdout, or on stderr where a report is wanted there. */
async function tell(lines: readonly string[], all: readonly Portion[], found: Found, given: RewriteArguments): Promise<number> {
  if (given.format === undefined) process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  else {
    lines.forEach(say);
    process.stdout.write(await report(found, given.format, { ...given, written: false, portions: given.groupBy === undefined ? undefined : all }));
  }
  return found.troubled ? 3 : 0;
}
