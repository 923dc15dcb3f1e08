import { posix } from 'node:path';
import { use } from '../ecosystems/ecosystem.ts';
import { readBase } from '../bases/base.ts';
import type { DigestOf } from '../bases/digests.ts';
import { likened, type Images } from '../bases/likened.ts';
import type { Preference } from '../bases/preferred-rows.ts';
import type { ColdBuilds } from '../build-input.ts';
import type { Dockerfile, Instruction, Stage } from '../dockerfile/model.ts';
import { once } from '../once.ts';
import { readScript } from '../shell/read.ts';
import { publishedScript } from './known-scripts.ts';
import type { Script, SimpleCommand } from '../shell/script.ts';
import type { SourceText } from '../text.ts';
import type { ContextFiles } from '../workspace/workspace.ts';
import { homeOf, readCommand } from './commands.ts';
import { emptyEnvironment, type Environment } from './environment.ts';
import type { CommandFacts, CopyFacts, Facts, Given, Mount, RunFacts, StageFacts, State, Step } from './facts.ts';
import { absolute, overlap } from './paths.ts';

export interface FactsOptions {
  readonly path?: string | undefined;
  readonly context: ContextFiles;
  /** The stages that `--target` or a caller names. */
  readonly targets?: readonly string[] | undefined;
  readonly images?: Images | undefined;
  readonly prefers?: Preference | undefined;
  /** What callers build for. */
  readonly platforms?: readonly string[] | undefined;
  readonly given?: Given | undefined;
  readonly digestOf?: DigestOf | undefined;
  readonly cold?: ColdBuilds | undefined;
  /** As `2027-01-01`. */
  readonly today?: string | undefined;
  readonly without?: ReadonlySet<string> | undefined;
}

/** Reads everything that is known of a Dockerfile. */
export function readFacts(dockerfile: Dockerfile, options: FactsOptions): Facts {
  const stages: StageFacts[] = [];
  const globals = globalArguments(dockerfile);
  for (const stage of dockerfile.stages) stages.push(readStage(stage, stages, globals, options));
  const named = new Set(options.targets?.map((target) => target.toLowerCase()));
  for (const stage of stages) {
    if (stage === stages.at(-1) || (stage.stage.name !== undefined && named.has(stage.stage.name)))
      for (let one: StageFacts | undefined = stage; one; one = one.parent) one.shipped = true;
  }
  return {
    path: options.path ?? 'Dockerfile',
    dockerfile,
    stages,
    steps: stages.flatMap((stage) => stage.steps),
    context: options.context,
    platforms: options.platforms ?? [],
    given: options.given ?? { args: new Map(), secrets: new Set(), contexts: new Map() },
    digestOf: options.digestOf ?? (() => undefined),
    cold: options.cold ?? { builds: [], amongOthers: false },
    today: options.today,
    without: options.without ?? new Set(),
  };
}

function globalArguments(dockerfile: Dockerfile): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const instruction of dockerfile.instructions) {
    if (instruction.keyword === 'FROM') break;
    if (instruction.keyword === 'ARG') for (const [name, value] of assignments(instruction, found)) found.set(name, value);
  }
  return found;
}

function readStage(
  stage: Stage,
  earlier: readonly StageFacts[],
  globals: ReadonlyMap<string, string | undefined>,
  { images = {}, prefers }: FactsOptions,
): StageFacts {
  const from = expand(stage.base, globals) ?? stage.base;
  const parent = earlier.findLast((one) => one.stage.name !== undefined && one.stage.name === from);
  const base = parent?.base ?? readBase(likened(from, images));
  const opaque = base.family === 'windows';
  let state: State = (parent && stateAfter.get(parent)) ?? {
    dialect: opaque ? undefined : base.shell,
    errexit: false,
    user: base.user,
    workdir: base.workdir,
    environment: emptyEnvironment(),
  };
  const facts: StageFacts = { stage, base, parent, steps: [], shipped: false, prefers };
  for (const instruction of stage.instructions) {
    const step: Step = {
      instruction,
      stage: facts,
      state,
      run: instruction.keyword === 'RUN' ? lazyRun(instruction, state) : undefined,
      copy: instruction.keyword === 'COPY' || instruction.keyword === 'ADD' ? readCopy(instruction, state, facts) : undefined,
    };
    facts.steps.push(step);
    noteFolder(facts, step);
    state = changed(state, instruction, globals);
  }
  stateAfter.set(facts, state);
  return facts;
}

const stateAfter = new WeakMap<StageFacts, State>();

/** What holds behind the last step of a stage: for the program that the image starts. */
export function stateAtEnd(stage: StageFacts): State {
  const state = stateAfter.get(stage);
  if (!state) throw new Error('the stage was not read here');
  return state;
}

function changed(state: State, instruction: Instruction, globals: ReadonlyMap<string, string | undefined>): State {
  switch (instruction.keyword) {
    case 'USER':
      return { ...state, user: instruction.argument.text };
    case 'WORKDIR': {
      const path = expand(unquoted(instruction.argument.text), state.environment);
      return { ...state, workdir: path === undefined ? undefined : absolute(path, state.workdir, undefined) };
    }
    case 'SHELL':
      return { ...state, ...shellOf(instruction.json) };
    case 'ENV':
    case 'ARG': {
      const set = assignments(instruction, state.environment);
      // An ARG may be given another value at each build.
      const settings =
        instruction.keyword === 'ENV'
          ? set
          : set.filter(([name, value]) => value !== undefined || globals.has(name)).map(([name]) => [name, undefined] as const);
      return { ...state, environment: state.environment.with(settings) };
    }
    default:
      return state;
  }
}

function shellOf(json: readonly string[] | undefined): Pick<State, 'dialect' | 'errexit'> {
  const program = posix.basename(json?.[0] ?? '');
  const options = json?.slice(1) ?? [];
  const understood =
    options.every((option) => /^-[ceuxo]+$/.test(option) || option === 'pipefail' || option === 'errexit' || option === 'nounset') &&
    options.at(-1)?.endsWith('c');
  const dialect = !understood ? undefined : program === 'bash' ? 'bash' : program === 'sh' || program === 'ash' || program === 'dash' ? 'posix' : undefined;
  return { dialect, errexit: options.some((option) => /^-[a-z]*e/.test(option) || option === 'errexit') };
}

/** A word without the quotes around it. */
export function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}

/** Names and values of an ENV or ARG; a value with an unknown variable is undefined, and so is an ARG's without default. */
function assignments(instruction: Instruction, known: Pick<Environment, 'get'>): [string, string | undefined][] {
  const text = instruction.argument.text;
  const legacy = /^([^\s=]+)[ \t]+(.*)$/s.exec(text);
  if (instruction.keyword === 'ENV' && legacy?.[1] !== undefined) return [[legacy[1], expand(unquoted(legacy[2] ?? ''), known)]];
  const found: [string, string | undefined][] = [];
  for (const match of text.matchAll(/([A-Za-z_][\w.-]*)(?:=((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'])*))?/gs)) {
    const value = match[2];
    found.push([match[1] ?? '', value === undefined ? undefined : expand(unquoted(value), known)]);
  }
  return found;
}

/** Values that double each other are cut off here. */
const longest = 32_768;

/** Expands `$name` and `${name}`; undefined where one is not known or the form is another. */
export function expand(text: string, known: Pick<Environment, 'get'>): string | undefined {
  let unknown = false;
  const result = text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_whole, braced: string | undefined, bare: string | undefined) => {
    const value = known.get(braced ?? bare ?? '');
    if (value === undefined) unknown = true;
    return value ?? '';
  });
  return unknown || result.includes('$') || result.length > longest ? undefined : result;
}

/** Facts of a RUN, read when they are first asked for. */
function lazyRun(instruction: Instruction, state: State): RunFacts {
  let facts: RunFacts | undefined;
  const read = (): RunFacts => (facts ??= readRun(instruction, state));
  return {
    get form() {
      return read().form;
    },
    get script() {
      return read().script;
    },
    get opaque() {
      return read().opaque;
    },
    get commands() {
      return read().commands;
    },
    get mounts() {
      return read().mounts;
    },
  };
}

function readRun(instruction: Instruction, state: State): RunFacts {
  const mounts = instruction.flags.filter((flag) => flag.name === 'mount').map((flag) => readMount(flag.value ?? ''));
  if (instruction.json) {
    const words = instruction.json.map((value) => ({ start: 0, end: 0, text: value, value, pattern: value }));
    const command: SimpleCommand = { start: 0, end: 0, words, assignments: [], redirections: [], nested: true };
    return { form: 'exec', script: undefined, opaque: 'it is in exec form', commands: [readCommand(command, state, state.workdir)], mounts };
  }
  const heredoc = instruction.heredocs.length > 0;
  const script = readScript(heredoc ? heredocText(instruction) : instruction.argument);
  const form = heredoc ? 'heredoc' : 'shell';
  if (!script) return { form, script: undefined, opaque: 'its text does not parse as shell', commands: [], mounts };
  const commands = withPublished(script, readCommands(script, state));
  // `a &&<<E` opens one for the shell alone: where an edit set it off from `&&`, BuildKit would take the next lines for it.
  if (script.opensHeredoc && !heredoc) return { form, script: undefined, opaque: 'it opens a heredoc that BuildKit gives no lines', commands, mounts };
  if (state.dialect === undefined) return { form, script: undefined, opaque: 'its shell is none that dockopt reads', commands, mounts };
  if (script.bashism !== undefined && state.dialect !== 'bash') {
    return {
      form,
      script: undefined,
      opaque: `shells read \`${script.bashism}\` differently, and which one runs it is not known to be bash`,
      commands,
      mounts,
    };
  }
  return { form, script, opaque: undefined, commands, mounts };
}

/** What scripts that are known by their address leave behind, as package managers do. */
function withPublished(script: Script, commands: readonly CommandFacts[]): CommandFacts[] {
  return commands.map((command) => {
    const leaves = publishedScript({ script, commands }, command)?.leaves ?? [];
    return leaves.length > 0 ? { ...command, use: use('other', -1, { leaves }) } : command;
  });
}

/** The body of `RUN <<EOF`, or the command line with its bodies as the shell gets them. */
function heredocText({ argument, heredocs }: Instruction): SourceText {
  const alone = /^<<-?\s*(["']?)[\w.]+\1$/.test(argument.text);
  let text = alone ? '' : `${argument.text}\n`;
  const at = alone ? [] : Array.from(argument.at);
  for (const { content, name, body } of alone ? heredocs.slice(0, 1) : heredocs) {
    const lines = alone ? content : `${content}${name}\n`;
    for (let i = 0; i < lines.length; i++) at.push(body.start + i);
    text += lines;
  }
  return { text, at: [...at, (at.at(-1) ?? 0) + 1] };
}

/** The commands of a script, each with the folder that the `cd`s before it led to. */
export function readCommands(script: Script, state: State): CommandFacts[] {
  const facts: CommandFacts[] = [];
  let workdir = state.workdir;
  for (const command of script.commands) {
    const read = readCommand(command, state, workdir);
    facts.push(read);
    if (read.program === 'cd' || read.program === 'pushd') {
      const to = read.arguments[0]?.value;
      workdir = to === undefined ? undefined : absolute(to, workdir, homeOf(state));
    }
  }
  return facts;
}

function readMount(value: string): Mount {
  const fields = new Map(value.split(',').map((field) => [field.split('=')[0] ?? '', field.slice(field.indexOf('=') + 1)]));
  const type = fields.get('type') ?? 'bind';
  const id = fields.get('id');
  const target = fields.get('target') ?? fields.get('dst') ?? fields.get('destination');
  return {
    type,
    id,
    target: target ?? usualTarget(type, id),
    source: fields.get('source') ?? fields.get('src') ?? '.',
    from: fields.get('from'),
  };
}

/** https://docs.docker.com/reference/dockerfile/#run---mounttypesecret, https://docs.docker.com/reference/dockerfile/#run---mounttypessh */
function usualTarget(type: string, id = ''): string | undefined {
  if (type === 'secret') return `/run/secrets/${id}`;
  return type === 'ssh' ? '/run/buildkit/ssh_agent.0' : undefined;
}

function readCopy(instruction: Instruction, state: State, stage: StageFacts): CopyFacts {
  const words = instruction.json ?? instruction.words.map((word) => word.text);
  const destination = words.at(-1) ?? '';
  const sources = words.slice(0, -1).filter((word) => !word.startsWith('<<'));
  const expanded = expand(unquoted(destination), state.environment);
  const path = expanded === undefined ? undefined : absolute(expanded, state.workdir, undefined);
  const written = /(^|\/)\.{0,2}$/.test(unquoted(destination)) && destination !== '';
  const known = path !== undefined && (path === '/' || isFolder(stage, path));
  return { from: instruction.flags.find((flag) => flag.name === 'from')?.value, sources, destination, path, directory: written || known };
}

/** An earlier WORKDIR or COPY of the stage made this folder, and no RUN behind it may have removed it. */
function isFolder(stage: StageFacts, path: string): boolean {
  const made = foldersOf(stage).get(path);
  if (made === undefined) return false;
  for (let i = stage.steps.length - 1; i > made; i--) if (mayRemove(stage.steps[i]?.run, path)) return false;
  return true;
}

function mayRemove(run: RunFacts | undefined, path: string): boolean {
  return (
    run?.commands.some(
      (command) => command.kind === 'unknown' || command.removes.some((one) => overlap(one, path)) || (command.kind === 'file' && command.unknownPaths),
    ) ?? false
  );
}

/** The folders that WORKDIR and COPY made, with the position of the last step that made each. */
const foldersOf = once((_stage: StageFacts) => new Map<string, number>());

function noteFolder(stage: StageFacts, { instruction, state, copy }: Step): void {
  const made = instruction.keyword === 'WORKDIR' ? absolute(unquoted(instruction.argument.text), state.workdir, undefined) : copy?.directory && copy.path;
  if (typeof made === 'string') foldersOf(stage).set(made, stage.steps.length - 1);
}
