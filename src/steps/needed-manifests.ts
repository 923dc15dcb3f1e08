import { posix } from 'node:path';
import { isObstacle, type ProjectFiles } from '../ecosystems/closure.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { plainFlags } from './image-files.ts';
import { earlierSteps } from './neighbours.ts';
import { isBelow, overlap } from './paths.ts';
import { expand, unquoted } from './read.ts';

/** Manifests without which the installs fail, where only a COPY from the build context can have brought them: for each the paths of the context of which one has to be there. */
export function neededManifests(facts: Facts): string[][] {
  const found = new Map<string, string[]>();
  for (const step of facts.steps) {
    for (const command of step.run?.commands ?? []) {
      const manifest = missedFirst(command);
      const sources = manifest === undefined ? [] : sourcesOf(manifest, step, command);
      if (sources.length > 0) found.set(sources.join('\n'), sources);
    }
  }
  return [...found.values()];
}

/** What an install asks for in a project that holds nothing. */
function missedFirst({ use, fetch, workdir }: CommandFacts): string | undefined {
  const closure = use?.closure ?? fetch?.closure;
  if (workdir === undefined || !closure) return undefined;
  const empty: ProjectFiles = { folder: workdir, has: () => false, text: () => undefined, below: () => [] };
  const read = closure(empty);
  return isObstacle(read) && read.file !== undefined ? posix.resolve(workdir, read.file) : undefined;
}

/** The paths of the context from which a file may have come; none where something else may have made it. */
function sourcesOf(path: string, step: Step, command: CommandFacts): string[] {
  const sources: string[] = [];
  for (const earlier of [...earlierSteps(step), step]) {
    for (const one of earlier.run?.commands ?? []) {
      if (one === command) break;
      if (mayMake(one, path)) return [];
    }
    if ((earlier.run?.mounts ?? []).some(({ target }) => target !== undefined && isBelow(path, posix.resolve(earlier.state.workdir ?? '/', target)))) return [];
    const copied = earlier.copy && copiedFrom(earlier, path);
    if (copied === undefined && earlier.copy) return [];
    sources.push(...(copied ?? []));
  }
  return [...new Set(sources)];
}

/** A command that may write a file in the folder of the manifest: one that says so, or does unknown things there. */
function mayMake(command: CommandFacts, path: string): boolean {
  if (command.unknownPaths || command.writes.some((one) => overlap(one, path))) return true;
  if (command.kind !== 'unknown') return false;
  const folder = posix.dirname(path);
  return (
    command.workdir === undefined || command.workdir === folder || command.arguments.some(({ text }) => text.includes(folder)) || command.program === 'git'
  );
}

/** The paths of the context that a COPY or ADD would bring to a path; undefined where that cannot be told. */
function copiedFrom({ copy, instruction, state }: Step, path: string): string[] | undefined {
  if (!copy) return [];
  if (copy.path === undefined) return undefined;
  if (!isBelow(path, copy.path)) return [];
  if (copy.from !== undefined || instruction.heredocs.length > 0 || instruction.flags.some(({ name }) => name === 'parents' || !plainFlags.has(name)))
    return undefined;
  const rest = posix.relative(copy.path, path);
  const found: string[] = [];
  for (const written of copy.sources) {
    const source = expand(unquoted(written), state.environment);
    if (source === undefined || /^\w+:\/\/|^git@/.test(source)) return undefined;
    const from = contextPath(source);
    if (/[*?[]/.test(from)) found.push(...(overlap(posix.basename(from), rest) ? [posix.join(posix.dirname(from), rest)] : []));
    else if (rest === '' || rest === posix.basename(from)) found.push(from);
    else found.push(posix.join(from, rest));
  }
  return found;
}
