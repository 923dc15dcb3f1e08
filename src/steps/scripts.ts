import { posix } from 'node:path';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { absolute } from './paths.ts';
import { scriptStep } from './script-step.ts';

/** A script that a command runs; its text where a COPY from the context brings it. */
export interface ScriptRead {
  /** As it is called. */
  readonly path: string;
  readonly text: string | undefined;
}

const shells = new Set(['sh', 'bash', 'ash', 'dash', 'zsh']);

/** The scripts that a RUN runs, by path or as the first argument of a shell, and those that they run in turn. */
export function runScript(facts: Facts, step: Step): ScriptRead[] {
  const found: ScriptRead[] = [];
  const queue = scriptsOf(step.run?.commands ?? []);
  for (let path = queue.shift(); path !== undefined && found.length < 20; path = queue.shift()) {
    if (found.some((one) => one.path === path)) continue;
    const text = textAt(facts, step, path);
    if (text === undefined && buildFiles.has(posix.basename(path))) continue;
    found.push({ path, text });
    if (text !== undefined) queue.push(...scriptsOf(scriptStep(text)?.run?.commands ?? []));
  }
  return found;
}

/** Files with recipes that a program reads by itself. */
const recipes: ReadonlyMap<string, string> = new Map([
  ['make', 'Makefile'],
  ['just', 'justfile'],
  ['task', 'Taskfile.yml'],
]);
const buildFiles = new Set(recipes.values());

function scriptsOf(commands: readonly CommandFacts[]): string[] {
  return commands.flatMap((command) => (command.kind === 'unknown' ? recipes.get(command.program ?? '') : undefined) ?? scriptOf(command) ?? []);
}

/** Scripts that build software or start services, and by what they are install no packages of the system. */
const harmless = /^(configure|Configure|config|autogen\.sh|buildconf|gradlew|mvnw|b2|waf)$/;

function scriptOf(command: CommandFacts): string | undefined {
  const { path, program, arguments: all } = command;
  if (path === undefined || program === undefined || command.kind !== 'unknown') {
    return program === '.' || program === 'source' ? all[0]?.value : undefined;
  }
  if (shells.has(program)) {
    if (all.some((argument) => /^-[a-z]*c$/.test(argument.text))) return undefined;
    return all.find((argument) => !argument.text.startsWith('-'))?.value ?? `| ${program}`;
  }
  if (harmless.test(program) || /\/s?bin\/|\/init\.d\//.test(path)) return undefined;
  return path.includes('/') || path.endsWith('.sh') ? path : undefined;
}

/** A command whose work no reading of the RUN shows: a shell with a script or code, a file of unknown content. */
export function runsUnreadCode(command: CommandFacts): boolean {
  return scriptOf(command) !== undefined || shells.has(command.program ?? '') || command.program === 'eval';
}

/** The scripts that ENTRYPOINT and CMD of the shipped stages start. */
export function startScripts(facts: Facts): ScriptRead[] {
  const found: ScriptRead[] = [];
  for (const stage of facts.stages) {
    if (!stage.shipped) continue;
    for (const step of stage.steps) {
      if (step.instruction.keyword !== 'CMD' && step.instruction.keyword !== 'ENTRYPOINT') continue;
      const words = step.instruction.json ?? step.instruction.argument.text.split(/[\s;&|]+/);
      for (const word of words) {
        const text = word === '' || word.startsWith('-') ? undefined : textAt(facts, step, word);
        if (text !== undefined) found.push({ path: word, text });
      }
      if (!step.instruction.json || words.some((word) => /\s/.test(word)))
        found.push({ path: step.instruction.keyword, text: words.join(step.instruction.json ? '\n' : ' ') });
    }
  }
  return found;
}

/** The text of a file of the image, where the last COPY that brings it takes it from the context. */
function textAt(facts: Facts, step: Step, path: string): string | undefined {
  const place = absolute(path, step.state.workdir, undefined);
  const earlier: Step[] = [];
  for (let stage: Step['stage'] | undefined = step.stage; stage; stage = stage.parent) {
    const steps = stage === step.stage ? stage.steps.slice(0, stage.steps.indexOf(step)) : stage.steps;
    earlier.push(...steps.toReversed());
  }
  for (const { copy } of earlier) {
    if (!copy || copy.from !== undefined) continue;
    for (const source of copy.sources) {
      const clean = source.replace(/^(\.?\/)+/, '').replace(/\/+$/, '');
      const name = posix.basename(path);
      for (const file of [...inside(copy.path, place, clean), clean, posix.join(clean, path.replace(/^\/+/, '')), posix.join(clean, name)]) {
        if (posix.basename(file) !== name && posix.basename(copy.path ?? '') !== name) continue;
        const text = facts.context.text(file);
        if (text !== undefined) return text;
      }
    }
  }
  return undefined;
}

/** Where below a copied folder the file lies. */
function inside(folder: string | undefined, place: string | undefined, source: string): string[] {
  if (folder === undefined || place === undefined) return [];
  const prefix = folder === '/' ? '/' : `${folder}/`;
  return place.startsWith(prefix) ? [posix.join(source === '.' ? '' : source, place.slice(prefix.length))] : [];
}
