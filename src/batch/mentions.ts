import type { BuildInput, GivenInput } from '../build-input.ts';
import { joined, mayHoldCallers, type CallersRead } from '../callers/callers.ts';
import { dockerfileOf } from '../callers/targets.ts';
import { optionsFor } from '../callers/write.ts';
import { once } from '../once.ts';
import { Lines } from '../text.ts';
import { pathsIn, textIn, type Repository } from '../workspace/repository.ts';
import type { CallerNote } from './caller-outcome.ts';

type Note = Omit<CallerNote, 'dockerfile'>;

const prose = /\.(md|mdx|markdown|rst|adoc|txt)$/i;
const others = /(^|\/)(node_modules|vendor)\//;

/** Lines that give a build argument in a way that no reader follows: in prose, in a variable, to `docker compose build` or `bake --set`. */
export function mentionsOf(repository: Repository, read: CallersRead, dockerfile: string, inputs: readonly BuildInput[], known: readonly Note[]): Note[] {
  const replaced = inputs.filter((input) => input.kind !== 'cache').filter(({ insteadOf }) => insteadOf !== undefined);
  if (replaced.length === 0) return [];
  const { callers } = joined(read);
  const notes: Note[] = [];
  for (const { path, original } of mentioningIn(repository)) {
    const text = read.files.text(path) ?? original;
    const elsewhere = callers.filter((caller) => caller.file === path && dockerfileOf(caller, repository) !== dockerfile);
    for (const input of replaced) {
      for (const { index } of text.matchAll(new RegExp(`--build-arg[=\\s"'\\\\]+${input.insteadOf ?? ''}\\b|\\bargs\\.${input.insteadOf ?? ''}=`, 'g'))) {
        if (elsewhere.some(({ start, end }) => start <= index && index < end)) continue;
        const line = new Lines(text).lineOf(index);
        const lineText = text.split('\n')[line - 1] ?? '';
        const own = callers.find(({ file, start, end }) => file === path && start <= index && index < end);
        const place = own?.line ?? line;
        if (known.some((note) => note.file === path && note.line === place && note.kind === 'to do')) continue;
        notes.push({
          file: path,
          line: original === text ? line : lineIn(original, lineText, line),
          kind: 'to do',
          text: told(input, lineText, prose.test(path)),
        });
      }
    }
  }
  return notes;
}

/** Files in which arguments may be given, edited or not. */
const mentioningIn = once((repository: Repository) =>
  pathsIn(repository).flatMap((path) => {
    if (others.test(path) || (!prose.test(path) && !mayHoldCallers(path))) return [];
    const original = textIn(repository, path);
    return original !== undefined && /--build-arg|\bargs\./.test(original) ? [{ path, original }] : [];
  }),
);

function lineIn(original: string, lineText: string, line: number): number {
  const lines = original.split('\n');
  const found = lines.flatMap((one, index) => (one === lineText ? [index + 1] : []));
  return found.toSorted((a, b) => Math.abs(a - line) - Math.abs(b - line))[0] ?? Math.min(line, lines.length);
}

function told(input: GivenInput, line: string, isProse: boolean): string {
  const name = input.insteadOf ?? '';
  if (isProse) return `It shows \`--build-arg ${name}\`: that is ${optionsFor(input)} now.`;
  if (/\bcompose\b/.test(line)) return `Leave out \`--build-arg ${name}\`: the compose file gives ${input.id} now.`;
  if (/\bargs\./.test(line)) return `Leave out \`args.${name}\`: the bake file gives ${input.id} now.`;
  return `Write ${optionsFor(input)} in place of \`--build-arg ${name}\`.`;
}
