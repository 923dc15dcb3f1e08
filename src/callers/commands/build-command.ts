import type { Range } from '../../text.ts';
import type { Script, ShellWord, SimpleCommand } from '../../shell/script.ts';

/** A word of a build command: what it comes to is undefined where a variable that is not known decides. */
export interface BuildWord extends Range {
  readonly text: string;
  readonly value: string | undefined;
  /** Where the option begins whose value it is. */
  readonly from?: number | undefined;
}

/** `docker build` and its relatives, taken apart. Ranges are in the script's text. */
export interface BuildCommand {
  readonly command: SimpleCommand;
  readonly context: BuildWord | undefined;
  /** Behind the word `build`. */
  readonly optionsAt: number;
  readonly options: ReadonlyMap<string, readonly BuildWord[]>;
}

const programs = new Set(['docker', 'podman', 'nerdctl', 'buildah', 'docker.exe']);
const subcommands = ['buildx build', 'buildx b', 'image build', 'builder build', 'build', 'bud'];
const prefixes = new Set(['sudo', 'time', 'exec', 'eval', 'env', 'nice', 'command']);

const longNames: Readonly<Record<string, string>> = {
  '-f': '--file',
  '-t': '--tag',
  '-o': '--output',
  '-m': '--memory',
  '-c': '--cpu-shares',
  '-v': '--volume',
};

/** Options that take a value: docker build, docker buildx build, podman build. All others stand alone. */
const valued = new Set(
  `add-host allow annotation annotations attest authfile build-arg build-context builder cache-from cache-to call cap-add cap-drop cgroup-parent cgroupns cpu-period
  cpu-quota cpu-shares cpuset-cpus cpuset-mems creds device dns driver-opt env file format from iidfile ignorefile isolation jobs label logfile manifest memory memory-swap
  metadata-file network no-cache-filter os output platform policy print progress provenance retry runtime sbom secret security-opt shm-size ssh tag target timestamp
  ulimit userns variant volume arch`
    .split(/\s+/)
    .map((name) => `--${name}`),
);

/** What a command builds; undefined where it builds no image. `expand` tells what a word comes to. */
export function readBuildCommand(script: Script, command: SimpleCommand, expand: (word: ShellWord) => string | undefined): BuildCommand | undefined {
  const words = command.words.flatMap((word) => wordsOf(word, expand(word)));
  const from = argumentsOf(words.map(({ text, value }) => value ?? text));
  if (from === undefined) return undefined;
  const options = new Map<string, BuildWord[]>();
  const others: BuildWord[] = [];
  let literal = false;
  for (let i = from; i < words.length; i++) {
    const word = words[i];
    if (!word) break;
    const text = word.value ?? word.text;
    if (text === '--' && !literal) {
      literal = true;
      continue;
    }
    if (literal || !text.startsWith('-') || text === '-') {
      others.push(word);
      continue;
    }
    const [name, inline] = optionOf(text);
    const value = inline === undefined ? (valued.has(name) ? words[++i] : undefined) : inlineValue(word, inline);
    if (value) options.set(name, [...(options.get(name) ?? []), { ...value, from: word.start }]);
  }
  return { command, context: contextOf(others, options.has('--file')), optionsAt: words[from - 1]?.end ?? command.end, options };
}

/** A variable without quotes that is known comes to as many words as its value has. */
function wordsOf({ start, end, text }: ShellWord, value: string | undefined): BuildWord[] {
  const values = value !== undefined && /^\$(\w+|\{\w+\})$/.test(text) ? value.split(/\s+/).filter((one) => one !== '') : [value];
  return values.map((one) => ({ start, end, text, value: one }));
}

/** A variable without quotes, or all of an array, may be more options, or nothing: with a context and a Dockerfile that are written out it decides neither. */
function contextOf(words: readonly BuildWord[], namesDockerfile: boolean): BuildWord | undefined {
  const certain = words.filter(({ text, value }) => value !== undefined || !/^\$|^"\$(@|\{\w+\[@\]\})"$/.test(text));
  return namesDockerfile && certain.length === 1 ? certain[0] : words[0];
}

/** Where the arguments of `docker build` begin. */
function argumentsOf(words: readonly string[]): number | undefined {
  let i = 0;
  while (prefixes.has(words[i] ?? '') || /^-|^\w+=/.test(words[i] ?? '')) i++;
  if (!programs.has((words[i] ?? '').replace(/^.*\//, ''))) return undefined;
  i++;
  // `docker --context remote build`
  while ((words[i] ?? '').startsWith('-')) i += /=|^-[a-zA-Z]{2}|^--?(debug|D|tls|tlsverify)$/.test(words[i] ?? '') ? 1 : 2;
  const found = subcommands.find((name) => words.slice(i, i + name.split(' ').length).join(' ') === name);
  return found === undefined ? undefined : i + found.split(' ').length;
}

/** `-ffile`, `-f=file`, `--file=file`, `--file`. */
function optionOf(text: string): readonly [string, string | undefined] {
  const [, long, value] = /^(--[^=]+)(?:=([^]*))?$/.exec(text) ?? [];
  if (long !== undefined) return [long, value];
  const own = text.replace(/^-[qD]+(?=.)/, '-');
  const name = longNames[own.slice(0, 2)];
  if (name === undefined) return [text, undefined];
  return [name, own.length > 2 ? own.slice(2).replace(/^=/, '') : undefined];
}

function inlineValue(word: BuildWord, value: string): BuildWord {
  const start = word.start + Math.max(word.text.indexOf(value), 0);
  return { start, end: word.end, text: value, value: word.value === undefined ? undefined : value };
}
