import fc from 'fast-check';
import { expect, test } from 'vitest';
import { back } from '../src/pipeline/positions.ts';
import { addEdits, applyEdits, follow, Lines, shiftsOf, type Edit } from '../src/text.ts';
import { drawn } from './harness/shapes.ts';

/** A text of characters that occur once each, so that every one can be found again, and edits that bring others. */
const edited = fc.tuple(fc.nat({ max: 60 }), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 6 }), fc.nat({ max: 4 })), { maxLength: 12 })).map(([length, draws]) => {
  const text = String.fromCharCode(...Array.from({ length }, (_, i) => 0x4e00 + i));
  const drawnEdits = draws.map(([start, size, added], i): Edit => {
    const from = start % (length + 1);
    return { start: from, end: Math.min(length, from + size), text: String.fromCharCode(0x61 + i).repeat(added) };
  });
  return { text, drawnEdits };
});

function untouching(edits: readonly Edit[]): Edit[] {
  const kept: Edit[] = [];
  for (const edit of edits) addEdits(kept, [edit]);
  return kept;
}

test('edits leave the rest as it was, and every place of it is found again in both directions', () => {
  const property = fc.property(edited, ({ text, drawnEdits }) => {
    const edits = untouching(drawnEdits);
    const result = applyEdits(text, edits);
    const replaced = new Set(edits.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)));
    const rest = Array.from(text).filter((_character, i) => !replaced.has(i));
    expect(Array.from(result).filter((character) => text.includes(character))).toEqual(rest);
    const shifts = shiftsOf(edits);
    for (const [at, character] of Array.from(text).entries()) {
      const place = follow(shifts, at);
      if (replaced.has(at)) continue;
      expect(place === undefined ? undefined : result[place]).toBe(character);
      expect(back([shifts], place ?? -1)).toBe(at);
    }
    for (const [at, character] of Array.from(result).entries()) {
      const place = back([shifts], at);
      if (text.includes(character)) expect(text[place]).toBe(character);
      else expect(edits.some((edit) => edit.start === place && edit.text.includes(character))).toBe(true);
    }
  });
  fc.assert(property, drawn);
});

test('of two edits that touch one is taken, and which one is told', () => {
  const property = fc.property(edited, ({ drawnEdits }) => {
    const kept: Edit[] = [];
    for (const edit of drawnEdits) {
      const touches = kept.some((other) => other.start === edit.start || (other.start < edit.end && edit.start < other.end));
      expect(addEdits(kept, [edit])).toBe(!touches);
    }
    expect(kept).toEqual(kept.toSorted((a, b) => a.start - b.start));
  });
  fc.assert(property, drawn);
});

test('places are followed back through one set of edits after another', () => {
  const property = fc.property(edited, edited, ({ text, drawnEdits }, { drawnEdits: later }) => {
    const first = untouching(drawnEdits);
    const middle = applyEdits(text, first);
    const second = untouching(later.filter((edit) => edit.end <= middle.length));
    const result = applyEdits(middle, second);
    const trail = [shiftsOf(first), shiftsOf(second)];
    for (const [at, character] of Array.from(result).entries()) {
      const place = back(trail, at);
      expect(place).toBeGreaterThanOrEqual(0);
      expect(place).toBeLessThanOrEqual(text.length);
      if (text.includes(character)) expect(text[place]).toBe(character);
    }
  });
  fc.assert(property, drawn);
});

test('the line of an offset is one more than the line feeds before it', () => {
  const property = fc.property(fc.array(fc.constantFrom('a', '\n', '\r\n', '\u2028'), { maxLength: 20 }), fc.nat(), (parts, draw) => {
    const text = parts.join('');
    const offset = draw % (text.length + 1);
    expect(new Lines(text).lineOf(offset)).toBe(text.slice(0, offset).split('\n').length);
  });
  fc.assert(property, drawn);
});
