import { isManifest } from '../ecosystems/index.ts';
import { once } from '../once.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { Facts, Step } from './facts.ts';
import { absolute, overlap } from './paths.ts';
import { expand } from './read.ts';

/** Something of the build context that a step asks for. */
export interface ContextSource {
  readonly step: Step;
  /** `.` for the whole, `*` allowed. */
  readonly path: string;
  /** As written. */
  readonly written: string;
  /** A variable says what it is, below `path`. */
  readonly variable: boolean;
  /** Absolute, where in the image it arrives; undefined where that is not known. */
  readonly to: string | undefined;
}

/** Every source of COPY, ADD and bind mounts that is one of the build context. */
export const contextSources = once((facts: Facts): readonly ContextSource[] => {
  const found: ContextSource[] = [];
  for (const step of facts.steps) {
    const { copy, run, state } = step;
    if (copy && copy.from === undefined)
      for (const written of copy.sources) if (!/^\w+:\/\/|^git@/.test(written)) found.push(sourceOf(step, written, copy.path));
    for (const { type, from, source = '.', target } of run?.mounts ?? [])
      if (type === 'bind' && from === undefined)
        found.push(sourceOf(step, source, target === undefined ? undefined : absolute(target, state.workdir, undefined)));
  }
  return found;
});

function sourceOf(step: Step, written: string, to: string | undefined): ContextSource {
  const plain = written.replace(/^(["'])(.*)\1$/, '$2');
  const path = plain.includes('$') ? expand(plain, step.state.environment) : plain;
  if (path !== undefined) return { step, path: contextPath(path), written, variable: false, to };
  return { step, path: contextPath(plain.slice(0, plain.indexOf('$')).replace(/[^/]*$/, '')), written, variable: true, to };
}

/** It brings whatever a folder of the context holds. */
export function isWholesale({ context }: Facts, { path, variable }: ContextSource): boolean {
  return !variable && (path === '.' || /(^|\/)\*$/.test(path) || (!/[*?[]/.test(path) && context.size(path) === undefined && context.below(path).length > 0));
}

/** A project of some language lies in what the source brings: elsewhere nothing is installed or built. */
export function holdsProject({ context }: Facts, { path }: ContextSource): boolean {
  return path === '.' || context.below(path.replace(/\/?\*$/, '')).some(isManifest);
}

/** A pattern of an ignore file names something that the source may bring, there or not. */
export function mayBring({ path }: ContextSource, pattern: string): boolean {
  return path === '.' || pattern.startsWith('**') || overlap(path, pattern.replace(/\/?\*\*.*$/, '') || '*');
}
