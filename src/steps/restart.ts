import { posix } from 'node:path';
import type { RunTimeTwin } from '../bases/run-time.ts';
import { keywordLike } from '../dockerfile/edit.ts';
import { pairsOf } from '../dockerfile/pairs.ts';
import { isObstacle, type Obstacle } from '../ecosystems/closure.ts';
import type { Instruction } from '../dockerfile/model.ts';
import type { Facts, Step } from './facts.ts';
import type { Start } from './start.ts';

/** What is written in place of instructions, by each of them: its lines. */
export type Restart = ReadonlyMap<Instruction, readonly string[]>;

/** Variables that people put options of Java into, for a shell to expand. Java itself reads one: https://docs.oracle.com/en/java/javase/21/troubleshoot/environment-variables-and-system-properties.html */
const ofJava = /^\$\{?(JAVA_OPTS|JAVA_OPTIONS|JVM_OPTS|JVM_OPTIONS|JAVA_ARGS|JAVA_TOOL_OPTIONS)\}?$/;
const readByJava = 'JAVA_TOOL_OPTIONS';
const shells = new Set(['sh', 'bash', 'ash', 'dash']);

/** How an image starts the same on one that has few programs and no shell, as ENTRYPOINT and CMD of a stage say; empty where they stay as they are. */
export function restartOf(facts: Facts, { steps }: Start, { holds, entry }: RunTimeTwin, all: readonly Step[], made: readonly string[]): Restart | Obstacle {
  const found = new Map<Instruction, readonly string[]>();
  if (!holds) return found;
  const variables = new Set<string>();
  const first = steps[0];
  if (first?.instruction.keyword === 'ENTRYPOINT' && !first.instruction.json && steps.length > 1)
    return { because: 'its ENTRYPOINT is a text for a shell, which CMD does not reach', file: undefined };
  for (const step of steps) {
    const { instruction } = step;
    const like = (keyword: string): string => keywordLike(facts.dockerfile, instruction, keyword);
    // They are handed on as they are.
    if (step !== first && instruction.json) continue;
    const plain = plainWords(step);
    if (isObstacle(plain)) return plain;
    const [program = ''] = plain.words;
    const name = posix.basename(program);
    if (step !== first) return { because: `line ${instruction.startLine} hands a shell to what it starts`, file: undefined };
    if (!Object.hasOwn(holds, name) && !made.some((path) => posix.basename(path) === name)) return { because: `\`${program}\` is not on it`, file: undefined };
    for (const one of plain.variables) variables.add(one);
    const called = [Object.hasOwn(holds, name) ? (holds[name] ?? '') : program, ...plain.words.slice(1)];
    const isSame = instruction.json !== undefined && called.join('\n') === instruction.json.join('\n');
    if (instruction.keyword === 'CMD' && entry) {
      const isEntry = entry.every((word, i) => word === (i === 0 ? name : plain.words[i])) && plain.words.length > entry.length;
      found.set(instruction, isEntry ? [written(like('CMD'), plain.words.slice(entry.length))] : [`${like('ENTRYPOINT')} []`, written(like('CMD'), called)]);
    } else if (!isSame) found.set(instruction, [written(like(instruction.keyword), called)]);
  }
  variables.delete(readByJava);
  for (const name of variables) {
    const elsewhere = namedElsewhere(facts, name);
    if (elsewhere !== undefined) return { because: `\`${name}\` is set or read elsewhere, and Java does not read it`, file: elsewhere };
    for (const { instruction } of all) {
      if (!instruction.joined.text.includes(name) || found.has(instruction)) continue;
      if (instruction.keyword !== 'ENV' || pairsOf(instruction).filter((pair) => pair.name === name).length !== 1 || instruction.innerComments.length > 0)
        return { because: `line ${instruction.startLine} names \`${name}\`, which Java does not read`, file: undefined };
      if (variables.size > 1) return { because: 'several variables hold options of Java', file: undefined };
      const text = facts.dockerfile.text.slice(instruction.range.start, instruction.range.end);
      found.set(instruction, [text.replace(new RegExp(`\\b${name}\\b`), readByJava)]);
    }
  }
  return found;
}

function written(keyword: string, words: readonly string[]): string {
  return `${keyword} [${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}

/** The words of one command that needs a shell for no more than to expand options of Java. */
function plainWords({
  instruction: { json, argument, startLine },
}: Step): { readonly words: readonly string[]; readonly variables: readonly string[] } | Obstacle {
  const [shell = '', option, script, ...more] = json ?? [];
  const isScript = shells.has(posix.basename(shell)) && /^-\w*c$/.test(option ?? '') && more.length === 0;
  const text = json ? (isScript ? script : undefined) : argument.text;
  if (text === undefined) return { words: json ?? [], variables: [] };
  const words = text
    .trim()
    .replace(/^exec\s+/, '')
    .split(/\s+/);
  const at = words.findIndex((word) => word === '-jar' || /^[\w.]+\.[A-Z]\w*$/.test(word));
  const variables = words.flatMap((word, i) => (posix.basename(words[0] ?? '') === 'java' && i < at ? (ofJava.exec(word)?.[1] ?? []) : []));
  const rest = words.filter((word, i) => !(i < at && ofJava.test(word)));
  const strange = rest.find((word) => !/^[\w./:=@%+,-]+$/.test(word));
  return strange === undefined ? { words: rest, variables } : { because: `line ${startLine} needs a shell for \`${strange}\``, file: undefined };
}

/** A file of the context by which the image is started, or that the program reads, which names a variable. */
function namedElsewhere({ context }: Facts, name: string): string | undefined {
  return context.below('').find((path) => !/(^|\/)(Dockerfile[\w.-]*|README[\w.-]*)$|\.(md|lock)$/.test(path) && (context.text(path) ?? '').includes(name));
}
