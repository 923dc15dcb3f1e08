import { posix } from 'node:path';
import { once } from '../once.ts';
import type { CommandFacts, Facts, RunFacts, Step } from './facts.ts';
import { descendsFrom } from './neighbours.ts';
import { installsNothing, publishedScript } from './known-scripts.ts';
import { contextPath } from '../workspace/context-path.ts';
import { absolute } from './paths.ts';
import { scriptStep } from './script-step.ts';

/** Code that a step runs beside its own commands: a file, or text handed to a shell. */
export interface ScriptRead {
  /** As it is called. */
  readonly path: string;
  /** undefined where no COPY from the context brings it. */
  readonly text: string | undefined;
  /** The step that it would be; undefined where it cannot be read as one. */
  readonly step: Step | undefined;
}

const shells = new Set(['sh', 'bash', 'ash', 'dash', 'zsh']);
/** Files with recipes that a program reads by itself. */
const recipes: ReadonlyMap<string, string> = new Map([
  ['make', 'Makefile'],
  ['just', 'justfile'],
  ['task', 'Taskfile.yml'],
  ['mage', 'magefile.go'],
]);
const mostScripts = 30;

/** All code that a RUN runs by name or hands to a shell, and what that runs in turn; none of a user who cannot install. */
export function runScript(facts: Facts, step: Step): readonly ScriptRead[] {
  return scriptsIn(facts)(step);
}

/** Another user than root, on a base without sudo, in a file that never names it nor any other way to root. */
function isPowerless({ dockerfile }: Facts, { state, stage }: Step): boolean {
  const { user } = state;
  if (user === undefined || !stage.base.official || !/^(?!root\b)[a-z_][\w-]*(:[\w-]+)?$|^[1-9]\d*(:\d+)?$/.test(user)) return false;
  return !/\b(sudo|su|doas|gosu|su-exec|setuid|chpst|sudoers)\b|[ug+]\+s\b/.test(dockerfile.text);
}

const scriptsIn = once((facts: Facts) =>
  once((step: Step): readonly ScriptRead[] => (isPowerless(facts, step) ? [] : readThrough(facts, step, codeOf(step.run)))),
);

/** The code that ENTRYPOINT and CMD of the shipped stages start, and what that runs in turn. */
export const startScripts = once((facts: Facts): readonly ScriptRead[] => {
  const found: ScriptRead[] = [];
  for (const stage of facts.stages) {
    if (!stage.shipped) continue;
    for (const step of stage.steps) {
      const { keyword, json, argument } = step.instruction;
      if (keyword !== 'CMD' && keyword !== 'ENTRYPOINT') continue;
      const code: Code[] = [
        { text: json ? json.join(' ') : argument.text },
        ...(json ?? []).flatMap((word): Code[] => [{ file: word, mayBeNone: true }, ...(shells.has(posix.basename(word)) ? [] : [{ text: word }])]),
      ];
      found.push(...readThrough(facts, step, code));
    }
  }
  return found;
});

/** A file that is run, for sure or where it is one; or text for a shell. */
type Code = { readonly file: string; readonly mayBeNone?: boolean } | { readonly text: string };

function readThrough(facts: Facts, step: Step, first: readonly Code[]): ScriptRead[] {
  const found: ScriptRead[] = [];
  const queue = [...first];
  for (let code = queue.shift(); code && found.length < mostScripts; code = queue.shift()) {
    const path = 'file' in code ? code.file : `\`${code.text.slice(0, 40)}\``;
    if (found.some((one) => one.path === path)) continue;
    const text = 'file' in code ? textAt(facts, step, code.file) : code.text;
    if (text === undefined && 'file' in code && code.mayBeNone) continue;
    const read = text === undefined ? undefined : scriptStep(text);
    found.push({ path, text, step: read });
    for (const next of codeOf(read?.run)) queue.push(next);
  }
  return found;
}

/** A RUN with a `make` or the like whose recipes no COPY from the context brings. */
export function runsUnreadRecipe(facts: Facts, step: Step): boolean {
  const run = step.run?.commands.flatMap(({ program }) => recipes.get(program ?? '') ?? []) ?? [];
  return run.some((recipe) => !runScript(facts, step).some(({ path }) => path === recipe));
}

function codeOf(run: RunFacts | undefined): Code[] {
  return run?.commands.flatMap((command) => codeOfCommand(run, command)) ?? [];
}

/** Any word may name a file that a runner (`timeout 60 ./x`, `su -c x`, `python3 x.py`) runs, or be text for a shell. */
function codeOfCommand(run: RunFacts, command: CommandFacts): Code[] {
  const { kind, program, path, arguments: all } = command;
  if ((kind !== 'unknown' && kind !== 'shell') || publishedScript(run, command)) return [];
  const code: Code[] = [];
  const recipe = recipes.get(program ?? '');
  if (recipe !== undefined) code.push({ file: recipe, mayBeNone: true });
  if (path !== undefined && isScriptPath(path, run)) code.push({ file: path });
  else if (path !== undefined && kind === 'unknown') code.push({ file: path, mayBeNone: true });
  const script = shells.has(program ?? '') || program === '.' || program === 'source' ? all.find((argument) => !argument.text.startsWith('-')) : undefined;
  const inline = all.some((argument) => /^-[a-z]*c$/.test(argument.text)) || program === 'eval';
  if (script && !inline) code.push(scriptFile(script.value ?? script.text, run));
  else if (shells.has(program ?? '') && !inline) code.push({ file: `| ${program}` });
  for (const { value } of all) {
    if (value === undefined || value === '' || value.startsWith('-')) continue;
    code.push({ file: value, mayBeNone: true });
    if (/\s/.test(value) || program === 'eval' || program === 'exec') code.push({ text: value });
  }
  if (program === 'eval' || program === 'exec') code.push({ text: all.map((argument) => argument.value ?? argument.text).join(' ') });
  return code;
}

function scriptFile(file: string, run: RunFacts): Code {
  return installsNothing(file, run) ? { file, mayBeNone: true } : { file };
}

function isScriptPath(path: string, run: RunFacts): boolean {
  if (/\/s?bin\/|\/init\.d\//.test(path) || installsNothing(path, run)) return false;
  return path.includes('/') || path.endsWith('.sh');
}

/** The last one first. */
const contextCopies = once((facts: Facts): readonly Step[] => facts.steps.filter(({ copy }) => copy?.from === undefined && copy !== undefined).toReversed());

/** The text of a file of the image, where the last COPY that brings it takes it from the context. */
function textAt(facts: Facts, step: Step, path: string): string | undefined {
  const place = absolute(path, step.state.workdir, undefined);
  const name = posix.basename(path);
  for (const { copy, instruction, stage } of contextCopies(facts)) {
    if (!copy || instruction.index >= step.instruction.index || !descendsFrom(step.stage, stage)) continue;
    for (const source of copy.sources) {
      const clean = contextPath(source);
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
