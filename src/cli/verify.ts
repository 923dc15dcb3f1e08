import { relative, resolve } from 'node:path';
import { wantsOf } from '../batch/caller-outcome.ts';
import { masked } from '../steps/secret-values.ts';
import type { Outcome } from '../outcome.ts';
import { coloured, plain } from '../report/layout.ts';
import { verificationJson, verificationPretty, type VerifiedFile } from '../report/verification.ts';
import { UsageError } from '../usage-error.ts';
import { findEngine, removeAll, type Engine } from '../verify/engine.ts';
import { hiddenFiles, type NewIgnoreFile } from '../verify/hidden.ts';
import { nothingFound, verify, type Verification } from '../verify/verify.ts';
import { findOutcomes, say, type Selection } from './outcomes.ts';

export interface VerifyArguments extends Selection {
  readonly format: 'pretty' | 'json';
  readonly smoke: string | undefined;
  readonly buildArgs: readonly string[];
  /** Options for Docker's build. */
  readonly more: readonly string[];
}

/** Builds and compares, and removes what was built, also when it is interrupted; returns the exit code. Throws a UsageError. */
export async function verifyAll(given: VerifyArguments, cwd: string): Promise<number> {
  assertPassable(given);
  const found = await findOutcomes(given, cwd, { relativePaths: false, progress: true, isStopped: () => false });
  if (!found) return 3;
  const ignoreFiles = new Map<string, NewIgnoreFile>();
  for (const { path, context } of found.outcomes) {
    const file = found.ignoreFiles.find((one) => one.askedBy.includes(path) && one.context === context?.path);
    if (file) ignoreFiles.set(path, { context: resolve(cwd, file.context), before: file.original, after: file.text });
  }
  const changed = found.outcomes.filter(({ path, status }) => status === 'changed' || ignoreFiles.has(path));
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const verified: VerifiedFile[] = [];
  try {
    const engine = changed.length === 0 ? 'nothing would change' : await findEngine(interruption.signal);
    if (typeof engine === 'string') verified.push(...changed.map((outcome) => ({ outcome, verification: notCompared(engine) })));
    else await verifyEach(changed, { engine, given, cwd, ignoreFiles }, verified);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    say('interrupted; what was built is removed');
    return 130;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
  const width = Math.min(Math.max(process.stdout.columns || 100, 60), 110);
  const paint = process.stdout.isTTY && process.stdout.hasColors() ? coloured : plain;
  const others = found.outcomes.filter(({ status }) => status === 'unchanged').length;
  const report = given.format === 'json' ? verificationJson(verified) : verificationPretty(verified, { width, paint, smoke: given.smoke, others });
  const secrets = verified.flatMap(({ outcome }) => outcome.secrets);
  process.stdout.write(masked(report, secrets));
  if (verified.some(({ verification }) => verification.verdict === 'different')) return 1;
  return found.troubled || verified.some(({ verification }) => verification.verdict === 'not comparable') ? 3 : 0;
}

interface Verifying {
  readonly engine: Engine;
  readonly given: VerifyArguments;
  readonly cwd: string;
  /** What the ignore file in force would hold, by the Dockerfile's path. */
  readonly ignoreFiles: ReadonlyMap<string, NewIgnoreFile>;
}

async function verifyEach(changed: readonly Outcome[], { engine, given, cwd, ignoreFiles }: Verifying, verified: VerifiedFile[]): Promise<void> {
  for (const outcome of changed) {
    const { path, original, text, context, hasTarget } = outcome;
    const folder = resolve(cwd, context?.path ?? '.');
    const ignoreFile = ignoreFiles.get(path);
    const question = {
      before: { dockerfile: original, ignoreFile: undefined },
      after: { dockerfile: text, ignoreFile: ignoreFile?.after },
      announced: ignoreFile && [hiddenFiles(text, relative(folder, resolve(cwd, path)), ignoreFile)],
      path: resolve(cwd, path),
      context: folder,
      target: hasTarget ? given.target : undefined,
      buildArgs: given.buildArgs,
      more: [...given.more, ...givenBy(outcome, folder, given.more)],
      smoke: given.smoke,
    };
    try {
      verified.push({ outcome, verification: await verify(question, engine, (step) => say(`${path}: ${step}`)) });
    } catch (error) {
      if (engine.signal?.aborted) throw error;
      verified.push({ outcome, verification: notCompared(error instanceof Error ? error.message : String(error)) });
    } finally {
      await removeAll(engine);
    }
  }
}

/** What changed Dockerfiles want of those who build them, as far as it is here: a variable of the environment, also as the argument that it was, a file of the context, an agent. */
function givenBy(outcome: Outcome, folder: string, more: readonly string[]): string[] {
  return wantsOf(outcome).flatMap((input) => {
    if (more.some((option) => option.includes(`id=${input.id}`))) return [];
    if (input.kind === 'cache') return [];
    if (input.kind === 'ssh') return process.env['SSH_AUTH_SOCK'] === undefined ? [] : ['--ssh', input.id];
    const { source, id, insteadOf } = input;
    if ('file' in source) return ['--secret', `id=${id},src=${resolve(folder, source.file)}`];
    const argument = insteadOf === undefined ? [] : ['--build-arg', insteadOf];
    return process.env[source.environment] === undefined ? [] : ['--secret', `id=${id},env=${source.environment}`, ...argument];
  });
}

function notCompared(because: string): Verification {
  return { verdict: 'not comparable', because, ...nothingFound };
}

/** Options with which there would be no image to compare, or another one. */
const ours = /^(-f|-t|-o|--(file|tag|output|push|load|target|iidfile|metadata-file|check|call|print|quiet|progress|build-arg|no-cache))(=|$)/;

function assertPassable({ more, buildArgs }: VerifyArguments): void {
  for (const option of more) {
    const [, name] = ours.exec(option) ?? [];
    if (name === '--target' || name === '--build-arg') throw new UsageError(`${name} is an option of dockopt verify itself: it goes in front of --`);
    if (name !== undefined) throw new UsageError(`${name} cannot be passed on to docker build: verify needs the images for itself`);
  }
  for (const one of buildArgs) if (!/^[^=\s]+(=|$)/.test(one)) throw new UsageError(`--build-arg ${one}: it has the form NAME=value`);
}
