import { readScript } from '../../shell/read.ts';
import type { Script, ShellWord, SimpleCommand } from '../../shell/script.ts';
import { Lines, type SourceText } from '../../text.ts';
import { idIn, nothingDeclared, type Caller, type Declared, type NamedFile, type Place } from '../caller.ts';
import { atRoot, placeIn } from '../places.ts';
import { namedBy } from './named-files.ts';
import { readBuildCommand, type BuildCommand, type BuildWord } from './build-command.ts';

export interface ScriptOfCaller {
  readonly kind: Caller['kind'];
  readonly name: string;
  readonly file: string;
  readonly fileText: string;
  /** What the shell gets, mapped to the file. */
  readonly source: SourceText;
  /** The folder in which it starts. */
  readonly folder: Place;
  /** Variables that are known. */
  readonly variables: ReadonlyMap<string, string>;
}

/** What a text holds that may build an image. */
export const namesBuilder = /\b(docker|podman|nerdctl|buildah)\b/;

export interface CommandsRead {
  readonly callers: readonly Caller[];
  readonly named: readonly NamedFile[];
}

/** The images that a shell script builds and the files by which it has others build, in the order of its text; none where it does not parse. */
export function readBuildCommands(given: ScriptOfCaller): CommandsRead {
  const script = namesBuilder.test(given.source.text) ? readScript(given.source) : undefined;
  if (!script) return { callers: [], named: [] };
  const variables = new Map(given.variables);
  const expand = (word: ShellWord): string | undefined => expanded(word, variables);
  const lines = new Lines(given.fileText);
  const callers: Caller[] = [];
  const named: NamedFile[] = [];
  let folder = given.folder;
  for (const item of script.items) {
    let inside = folder;
    const commands = script.commands.filter(({ start, end }) => start >= item.start && end <= item.end);
    for (const command of commands) {
      for (const { name, value } of command.words.length === 0 ? command.assignments : []) {
        const known = value ?? assignedValue(script, command, name, variables);
        if (known === undefined || command.nested) variables.delete(name);
        else variables.set(name, known);
      }
      inside = folderAfter(command, inside, given.folder, expand);
      const build = readBuildCommand(script, command, expand);
      if (build) callers.push(callerOf(build, given, inside, lines));
      named.push(...namedBy(command, inside, expand));
    }
    // A subshell keeps its folder to itself; in a branch or a loop it may or may not be changed.
    if (item.pipeline.length > 0) folder = inside;
    else if (inside !== folder && script.source.text[item.start] !== '(') folder = { is: 'unknown', what: 'the folder that the script is in' };
  }
  return { callers, named };
}

function callerOf(build: BuildCommand, { kind, name, file, fileText, source }: ScriptOfCaller, folder: Place, lines: Lines): Caller {
  const offset = (at: number): number => source.at[at] ?? 0;
  // What was put in the place of an expression lies where that begins, so the end is told by what follows.
  const end = (at: number): number => {
    const before = at === 0 ? offset(0) : offset(at - 1) + 1;
    let last = offset(at);
    while (last > before && /[\s\\]/.test(fileText.charAt(last - 1))) last--;
    return Math.max(before, last);
  };
  const declare = (word: BuildWord): Declared => {
    const range = { start: offset(word.start), end: end(word.end) };
    return { file, ...range, text: fileText.slice(range.start, range.end), value: word.value?.replaceAll(atRoot, '') };
  };
  const option = (long: string): readonly Declared[] => (build.options.get(long) ?? []).map(declare);
  const entries = (long: string) =>
    (build.options.get(long) ?? []).map((word) => {
      const one = declare(word);
      const [, key = '', value] = /^["']?([^=]*?)["']?(?:=([^]*))?$/.exec(one.value ?? one.text) ?? [];
      return { ...one, name: key, value: one.value === undefined ? undefined : value, option: { start: offset(word.from ?? word.start), end: one.end } };
    });
  const secrets = (long: string) => option(long).map((one) => ({ ...one, id: idIn(one.value ?? one.text.replace(/^["']/, '')) }));
  const declared = {
    ...nothingDeclared,
    context: build.context && declare(build.context),
    dockerfile: option('--file').at(-1),
    target: option('--target').at(-1),
    args: entries('--build-arg'),
    contexts: entries('--build-context'),
    secrets: secrets('--secret'),
    ssh: secrets('--ssh'),
    platforms: option('--platform'),
    cacheFrom: option('--cache-from'),
    cacheTo: option('--cache-to'),
  };
  const named = build.options.get('--file')?.at(-1);
  const placeOf = (word: BuildWord): Place => (word.value === undefined ? { is: 'unknown', what: declare(word).text } : placeIn(folder, word.value));
  const context = build.context ? placeOf(build.context) : placeIn(folder, '.');
  const dockerfile = named ? placeOf(named) : placeIn(context, 'Dockerfile');
  const start = offset(build.command.start);
  const at = { start, end: end(build.command.end), line: lines.lineOf(start), optionsAt: end(build.optionsAt) };
  const keepsCache = build.command.words.some(({ value }) => value === '--no-cache' || value === '--no-cache=true');
  return { kind, name, file, ...at, declared, context, dockerfile, folder, keepsCache };
}

function folderAfter(command: SimpleCommand, folder: Place, first: Place, expand: (word: ShellWord) => string | undefined): Place {
  const [program, to] = command.words;
  if (program?.value !== 'cd' && program?.value !== 'pushd' && program?.value !== 'popd') return folder;
  if (program.value === 'popd') return first;
  const value = to && expand(to);
  return value === undefined || value === '-' ? { is: 'unknown', what: to?.text ?? 'cd' } : placeIn(folder, value);
}

/** What a word comes to with the variables that are known; command substitutions are not. */
function expanded(word: ShellWord, variables: ReadonlyMap<string, string>): string | undefined {
  if (word.value !== undefined) return word.value;
  const text = word.text.replaceAll(/\$\(pwd\)|`pwd`|\$PWD\b|\$\{PWD\}/g, '.').replaceAll('"', '');
  return /^'|[`*?[]|\$\(/.test(text) ? undefined : withVariables(text, variables);
}

function withVariables(text: string, variables: ReadonlyMap<string, string>): string | undefined {
  let known = true;
  const result = text.replace(/\$(?:\{(\w+)(?::?-([^${}]*))?\}|(\w+))/g, (_all, braced?: string, otherwise?: string, plain?: string) => {
    const value = variables.get(braced ?? plain ?? '') ?? otherwise;
    if (value === undefined) known = false;
    return value ?? '';
  });
  return known && !result.includes('$') ? result : undefined;
}

function assignedValue(script: Script, command: SimpleCommand, name: string, variables: ReadonlyMap<string, string>): string | undefined {
  const written = script.source.text.slice(command.start, command.end);
  if (!written.startsWith(`${name}=`) || /['`\s]|\$\(/.test(written)) return undefined;
  return withVariables(written.slice(name.length + 1).replaceAll('"', ''), variables);
}
