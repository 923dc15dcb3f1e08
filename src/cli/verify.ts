import { resolve } from 'node:path';
import type { Outcome } from '../outcome.ts';
import { coloured, plain } from '../report/layout.ts';
import { verificationJson, verificationPretty, type VerifiedFile } from '../report/verification.ts';
import { UsageError } from '../usage-error.ts';
import { findEngine, removeAll, type Engine } from '../verify/engine.ts';
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
  const found = await findOutcomes(given, cwd, false);
  if (!found) return 3;
  const changed = found.outcomes.filter(({ status }) => status === 'changed');
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const verified: VerifiedFile[] = [];
  try {
    const engine = changed.length === 0 ? 'nothing would change' : await findEngine(interruption.signal);
    if (typeof engine === 'string') verified.push(...changed.map((outcome) => ({ outcome, verification: notCompared(engine) })));
    else await verifyEach(changed, { engine, given, cwd }, verified);
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
  process.stdout.write(given.format === 'json' ? verificationJson(verified) : verificationPretty(verified, { width, paint, smoke: given.smoke, others }));
  if (verified.some(({ verification }) => verification.verdict === 'different')) return 1;
  return found.troubled || verified.some(({ verification }) => verification.verdict === 'not comparable') ? 3 : 0;
}

async function verifyEach(changed: readonly Outcome[], how: { engine: Engine; given: VerifyArguments; cwd: string }, verified: VerifiedFile[]): Promise<void> {
  const { engine, given, cwd } = how;
  for (const outcome of changed) {
    const { path, original, text, context, hasTarget } = outcome;
    const question = {
      before: original,
      after: text,
      path: resolve(cwd, path),
      context: resolve(cwd, context?.path ?? '.'),
      target: hasTarget ? given.target : undefined,
      buildArgs: given.buildArgs,
      more: given.more,
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
