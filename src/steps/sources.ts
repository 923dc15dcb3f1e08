import { posix } from 'node:path';
import type { ProjectFiles } from '../ecosystems/closure.ts';
import { broughtBy } from './image-files.ts';
import type { CommandFacts, CopyFacts, Facts, StageFacts, Step } from './facts.ts';
import { absolute, isBelow, overlap } from './paths.ts';

/** Whence files of a stage come as they are at its end, through other stages, too. */

/** Where a file is in the build context, by its absolute path in the image; undefined where no COPY brings it as it is there, as far as is known. */
export function sourceOf(facts: Facts, stage: StageFacts, path: string): string | undefined {
  for (const step of stage.steps.toReversed()) {
    if (step.run ? mayChange(step, path) : step.copy && step.copy.path === undefined) return undefined;
    const { copy } = step;
    if (copy?.path === undefined || !overlap(copy.path, path)) continue;
    const brought = broughtBy(facts, step);
    const source = brought?.get(path);
    if (source !== undefined) return source;
    if (brought) continue;
    const other = stageNamed(facts, stage, copy.from);
    const place = other && placeIn(copy, path);
    return other && place !== undefined ? sourceOf(facts, other, place) : undefined;
  }
  return stage.parent && sourceOf(facts, stage.parent, path);
}

/** The same, seen from a folder. Nothing is told of what lies below one. */
export function filesAtEnd(facts: Facts, stage: StageFacts, folder: string): ProjectFiles {
  const at = (path: string): string | undefined => sourceOf(facts, stage, posix.resolve(folder, path));
  return {
    folder,
    has: (path) => at(path) !== undefined,
    text: (path) => {
      const source = at(path);
      return source === undefined ? undefined : facts.context.text(source);
    },
    below: () => [],
  };
}

/** The earlier stage that a COPY or a mount takes from, by name or number. */
export function stageNamed({ stages }: Facts, { stage: { index } }: StageFacts, from: string | undefined): StageFacts | undefined {
  if (from === undefined) return undefined;
  const earlier = stages.slice(0, index);
  return /^\d+$/.test(from) ? earlier[Number(from)] : earlier.findLast(({ stage }) => stage.name === from.toLowerCase());
}

/** Where a COPY from another stage takes a path from: the file itself, or what lies in a folder that it brings. */
export function placeIn({ sources, path: to = '/', directory }: CopyFacts, path: string): string | undefined {
  for (const written of sources) {
    if (/[$\\]/.test(written)) return undefined;
    const source = absolute(written, '/', undefined) ?? '/';
    const name = posix.basename(path);
    const target = directory || sources.length > 1 ? posix.join(to, name) : to;
    if (target === path && overlap(posix.basename(source), name)) return posix.join(posix.dirname(source), name);
    if (sources.length === 1 && isBelow(path, to)) return posix.join(source, posix.relative(to, path));
  }
  return undefined;
}

function mayChange({ run, instruction }: Step, path: string): boolean {
  const name = posix.basename(path);
  if (run?.commands.length === 0) return instruction.argument.text.includes(name);
  return run?.commands.some((command) => command.writes.some((one) => overlap(one, path)) || rewrites(command, name)) ?? false;
}

/** A command of which it is not known what it does to a file that it names, and the calls of a manager that edit a manifest. */
function rewrites({ kind, program, command, arguments: [first] }: CommandFacts, name: string): boolean {
  if (kind === 'unknown' && command.words.some(({ text }) => text.includes(name))) return true;
  return name === 'package.json' && /^(npm|yarn|pnpm|bun)$/.test(program ?? '') && /^(pkg|version|init|set|set-script)$/.test(first?.value ?? '');
}
