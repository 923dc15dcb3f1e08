import { posix } from 'node:path';
import { bringsNoClient, clientsOf, installedPython, type Client, type Clients } from '../bases/clients.ts';
import { sliceSource } from '../dockerfile/source.ts';
import { once } from '../once.ts';
import { readScript } from '../shell/read.ts';
import type { ListItem, Script, ShellWord, SimpleCommand } from '../shell/script.ts';
import { sourceText, type SourceText } from '../text.ts';
import { namesInstalled } from './build-packages.ts';
import { readCommand } from './commands.ts';
import type { CommandFacts, Facts, StageFacts, Step } from './facts.ts';
import { broughtBy } from './image-files.ts';
import { descendsFrom, isFollowedByItsLike, lineOf } from './neighbours.ts';
import { isBelow } from './paths.ts';
import { requestOf, type Request } from './requests.ts';
import { runScript } from './scripts.ts';
import { stageNamed } from './sources.ts';

/** A request that a check makes, with its place in the text of the check: the program, its options and the address. */
export interface PlacedRequest extends Request {
  readonly program: string;
  readonly start: number;
  readonly end: number;
}

/** The command of a HEALTHCHECK. */
export interface CheckText {
  /** What a shell gets, with its place in the file; for the JSON form without a shell its words, joined. */
  readonly source: SourceText;
  /** `words`: in JSON, without a shell; `handed`: in JSON, handed to one. */
  readonly form: 'shell' | 'words' | 'handed';
  /** In JSON, what stands in front of the text. */
  readonly before: readonly string[];
  readonly requests: readonly PlacedRequest[];
  /** Nothing but one request decides, `|| exit 1` at most behind it. */
  readonly single: boolean;
  /** All of the commands that fetch something fail, and nothing takes their place, where curl and wget fail. */
  readonly fails: (lacking: readonly string[]) => boolean;
}

/** Reads the command of a HEALTHCHECK; undefined where it is none that can be read. */
export const checkText = once((step: Step): CheckText | undefined => {
  const { argument, json, keyword } = step.instruction;
  const start = /^CMD\s+/i.exec(argument.text)?.[0].length;
  if (keyword !== 'HEALTHCHECK' || start === undefined || step.state.dialect === undefined) return undefined;
  if (!json) return textOf(step, sliceSource(argument, start, argument.text.length), 'shell', []);
  const [shell = '', option, text] = json;
  if (/^(?:\/bin\/)?(?:ba|a)?sh$/.test(shell))
    return option === '-c' && text !== undefined ? textOf(step, sourceText(text), 'handed', ['sh', '-c']) : undefined;
  return wordsOf(step, json);
});

function wordsOf(step: Step, json: readonly string[]): CheckText {
  const words = json.map((value): ShellWord => ({ start: 0, end: 0, text: value, value, pattern: value }));
  const command = readCommand({ start: 0, end: 0, words, assignments: [], redirections: [], nested: false }, step.state, step.state.workdir);
  const text = json.join(' ');
  const request = command.prefix === '' ? requestOf(command, { piped: false, shell: false }) : undefined;
  const requests = request ? [{ ...request, program: command.program ?? '', start: 0, end: text.length }] : [];
  return {
    source: sourceText(text),
    form: 'words',
    before: [],
    requests,
    single: true,
    fails: (lacking) => requests.some(({ program }) => lacking.includes(program)),
  };
}

function textOf(step: Step, source: SourceText, form: CheckText['form'], before: readonly string[]): CheckText | undefined {
  const script = readScript(source);
  if (!script || script.tail !== '' || script.bashism !== undefined || script.items.length === 0) return undefined;
  const requests: PlacedRequest[] = [];
  for (const item of script.items) {
    for (const command of commandsIn(script, item)) {
      const facts = readCommand(command, step.state, step.state.workdir);
      const piped = command.nested || item.pipeline.indexOf(command) < item.pipeline.length - 1 || command.redirections.some(writesFile);
      const request = requestOf(facts, { piped, shell: true });
      if (request)
        requests.push({ ...request, program: facts.program ?? '', ...placeOf(facts), unread: request.unread ?? redirectedWithin(source.text, facts) });
    }
  }
  const [first, second, ...more] = script.items;
  const single = first?.pipeline.length === 1 && !first.negated && more.length === 0 && (second === undefined || (second.connector === '||' && isExit(second)));
  return { source, form, before, requests, single, fails: (lacking) => surelyFails(step, script, lacking) };
}

function commandsIn(script: Script, { start, end }: ListItem): SimpleCommand[] {
  return script.commands.filter((command) => command.start >= start && command.end <= end);
}

function writesFile({ operator, target }: SimpleCommand['redirections'][number]): boolean {
  return operator.startsWith('>') && operator !== '>&' && target?.value !== '/dev/null';
}

function placeOf({ command: { words }, arguments: given }: CommandFacts): { readonly start: number; readonly end: number } {
  return { start: words[words.length - given.length - 1]?.start ?? 0, end: words.at(-1)?.end ?? 0 };
}

/** Between the words stands something else: a redirection. */
function redirectedWithin(text: string, facts: CommandFacts): string | undefined {
  const { start, end } = placeOf(facts);
  const { words } = facts.command;
  return words.some((word, i) => word.start > start && /\S/.test(text.slice(words[i - 1]?.end ?? 0, word.start).replaceAll(/\\\r?\n/g, '')))
    ? text.slice(start, end)
    : undefined;
}

function isExit({ pipeline }: ListItem): boolean {
  return pipeline.length === 1 && pipeline[0]?.words[0]?.value === 'exit';
}

/** An item that needs what is not there fails, and what stands behind an `||` is an exit or fails as well. */
function surelyFails(step: Step, { items, commands }: Script, lacking: readonly string[]): boolean {
  const lacks = (command: SimpleCommand): boolean => {
    const { program, path } = readCommand(command, step.state, step.state.workdir);
    return program !== undefined && lacking.includes(program) && (path === program || path === `/usr/bin/${program}`);
  };
  const fails = items.map((item) => {
    if (item.negated || item.background) return false;
    const [first] = item.pipeline;
    if (first && lacks(first)) return item.pipeline.slice(1).every(({ words }) => /^(?:e|f)?grep$/.test(words[0]?.value ?? ''));
    const inside = commands.filter((command) => command.nested && command.start >= item.start && command.end <= item.end);
    return item.pipeline.length === 1 && /^(?:\[|test)$/.test(first?.words[0]?.value ?? '') && inside.some(lacks);
  });
  return fails[0] === true && items.every((item, i) => item.connector !== ';' && (item.connector !== '||' || fails[i] === true || isExit(item)));
}

/** A health check that fails each time, as the image has not the program that it runs. */
export interface BrokenCheck {
  readonly facts: Facts;
  readonly step: Step;
  readonly check: CheckText;
  /** The program: curl or wget. */
  readonly lacking: string;
  readonly clients: Clients;
  /** What it may run instead; undefined where nothing is known, or no shell is there for it. */
  readonly client: Client | undefined;
}

/** All of the shipped stages. What installs the program by its name is known to bring it: such checks are not among them. */
export const brokenChecks = once((facts: Facts): readonly BrokenCheck[] =>
  facts.steps.flatMap((step): BrokenCheck[] => {
    const { stage } = step;
    const check = stage.shipped && !isFollowedByItsLike(step) ? checkText(step) : undefined;
    const clients = check && clientsOf(stage.base);
    const lacking = clients && check.requests.map(({ program }) => program).find((program) => isLacking(clients, program));
    if (!check || !clients || lacking === undefined || !check.fails(clients.lacks)) return [];
    const installed = new Set(namesInstalled(stepsAround(facts, stage)));
    if (check.requests.some(({ program }) => installed.has(program))) return [];
    const client = clients.has ?? (installed.has('python3') ? installedPython : undefined);
    const needsShell = !clients.shell && (check.form === 'handed' || !check.single);
    return [{ facts, step, check, lacking, clients, client: needsShell ? undefined : client }];
  }),
);

function isLacking({ lacks }: Clients, program: string): boolean {
  return lacks.some((one) => one === program);
}

/** Steps of a stage, of those that it is built FROM and of those that are built FROM it. */
function stepsAround(facts: Facts, stage: StageFacts): Step[] {
  const above = lineOf(stage);
  return facts.steps.filter((step) => above.includes(step.stage) || descendsFrom(step.stage, stage));
}

/** A step that brings the program in another way than by the name of its package, or may. */
export function stepBringing({ facts, step, lacking }: BrokenCheck): Step | undefined {
  return stepsAround(facts, step.stage).find((one) => {
    if (one.run) return runMayBring(facts, one, lacking);
    if (one.copy) return copyMayBring(facts, one, lacking);
    return false;
  });
}

function runMayBring(facts: Facts, step: Step, program: string): boolean {
  const { run, instruction } = step;
  const named = new RegExp(`(?<![\\w.-])${program}(?![\\w.-])`);
  if (!run || run.opaque !== undefined || named.test(instruction.joined.text) || instruction.heredocs.some(({ content }) => named.test(content))) return true;
  if (runScript(facts, step).some(({ text }) => text === undefined || named.test(text))) return true;
  return run.commands.some(({ ecosystem, use, program: run_, arguments: given }) => {
    if (/^(?:dpkg|rpm|gdebi|snap|brew|nix-env|conda|mamba|micromamba)$/.test(run_ ?? '')) return true;
    if (!ecosystem || ecosystem.manifests.length > 0 || use?.action !== 'install') return false;
    return !use.packages?.every((position) => bringsNoClient.test((given[position]?.value ?? '?').replace(/[=<>~@:].*$/, '')));
  });
}

const folders = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];

function copyMayBring(facts: Facts, step: Step, program: string): boolean {
  const { from, sources, destination, path, directory } = step.copy ?? { from: undefined, sources: [], destination: '', path: undefined, directory: false };
  const into = path === undefined || folders.some((folder) => isBelow(folder, path) || (directory && isBelow(path, folder)));
  if ([...sources, destination].some((one) => posix.basename(one) === program)) return true;
  const brought = from === undefined ? broughtBy(facts, step) : undefined;
  if (brought) return [...brought.keys()].some((file) => posix.basename(file) === program);
  if (from === undefined) return into;
  const own = stageNamed(facts, step.stage, from);
  return sources.some((source) => {
    const whole = posix.resolve('/', source.replace(/\/[^/]*[*?[][^/]*$/, ''));
    if (source.includes('$')) return true;
    if (!folders.some((folder) => isBelow(folder, whole))) return false;
    // Distributions put programs below /usr/bin.
    return (
      !own ||
      !whole.startsWith('/usr/local') ||
      own.steps.some(({ run, instruction }) => run && /local\/\S*\b(?:curl|wget)\b|make install/.test(instruction.joined.text))
    );
  });
}
