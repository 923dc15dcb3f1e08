import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

/** The suite draws the same shapes each time; PROPERTY_RUNS=20000 PROPERTY_SEED=$RANDOM looks further. */
export const drawn = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300), seed: Number(process.env['PROPERTY_SEED'] ?? 20261124) };

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures');

/** The Dockerfiles of all fixtures, and the sources that BuildKit's own parser was asked about. */
function realTexts(): string[] {
  const texts = readdirSync(fixtures, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === 'Dockerfile' && /before/.test(entry.parentPath))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  for (const line of readFileSync(join(fixtures, 'buildkit', 'parser-cases.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')) {
    const { source } = JSON.parse(line) as { source: string };
    texts.push(source);
  }
  return texts;
}

const texts = realTexts();
const lines = [...new Set(texts.flatMap((text) => text.split('\n')))];

// prettier-ignore
const bits = fc.constantFrom(
  '', '\\', '\n', '"', "'", '#', ' ', '&', ';', '<<E', '<<-"E"\n\ta\n\tE', '`', '\t', '$(', '{', '\r', '\r\n', '\f', '\u00a0', '\u2028', '\ud800', '\uFEFF',
  '\ud83d\ude00', '\\\n', '\\ \n  # why\n', '\\\n\n', '`\n', '\n# a comment\n', ' && ', ' || ', ' | ', ' &', '\nONBUILD ', '\nRUN ', '\nUSER a\n', '\nFROM b\n',
  '\nE\n', '\nEOF\n', '[', ']', '*', '$A', '${A:-b}',
);

/** What happens to a text at a place: something comes, goes, is doubled, moves, or changes its case or its line end. */
const mutation = fc
  .tuple(fc.nat(), fc.nat({ max: 40 }), fc.nat({ max: 9 }), bits, fc.constantFrom(...lines))
  .map(([at, length, kind, bit, line]) => (text: string): string => {
    const place = at % (text.length + 1);
    const start = text.lastIndexOf('\n', place - 1) + 1;
    const feed = text.indexOf('\n', place);
    const end = feed < 0 ? text.length : feed + 1;
    const own = text.slice(start, end);
    switch (kind) {
      case 0:
        return text.slice(0, place) + text.slice(place + length);
      case 1:
        return text.slice(0, start) + line + '\n' + text.slice(start);
      case 2:
        return text.slice(0, start) + text.slice(end);
      case 3:
        return text.slice(0, start) + own + text.slice(start);
      case 4:
        return text.slice(0, start) + own.toLowerCase() + text.slice(end);
      case 5:
        return text.slice(0, start) + own.replace(/\n$/, '\r\n') + text.slice(end);
      case 6:
        return text.slice(0, place);
      default:
        return text.slice(0, place) + bit + text.slice(place + (length % 2));
    }
  });

const heads = fc.constantFrom('', '', '', '# escape=`\n', '# syntax=docker/dockerfile:1\n', '\uFEFF', 'FROM debian:bookworm-slim\n');
const wholes = fc.constantFrom(
  (text: string) => text,
  (text: string) => text,
  (text: string) => text.replaceAll('\n', '\r\n'),
  (text: string) => text.replaceAll('\\', '`'),
);

/** A text with a few things done to it. */
export function mutated(text: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> {
  return fc.tuple(text, fc.array(mutation, { maxLength })).map(([whole, mutations]) => mutations.reduce((changed, mutate) => mutate(changed), whole));
}

/** Lines of real files in any order, and real files, with a few things done to them. */
export const realShapes: fc.Arbitrary<string> = mutated(
  fc
    .tuple(
      heads,
      wholes,
      fc.oneof(
        fc.constantFrom(...texts),
        fc.array(fc.constantFrom(...lines), { maxLength: 12 }).map((some) => `FROM debian:bookworm-slim\n${some.join('\n')}\n`),
        fc.tuple(fc.constantFrom(...texts), fc.constantFrom(...texts)).map((two) => two.join('\n')),
      ),
    )
    .map(([head, whole, text]) => head + whole(text)),
  4,
);
