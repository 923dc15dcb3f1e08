/** As much of Go's regular expressions as the patterns of an ignore file come to, matched in time linear in the text. */

type CharacterSet = (character: number) => boolean;
type Place = (text: string, at: number) => boolean;

/** A state of the automaton; the next one follows it. */
type Unit =
  | { readonly kind: 'one' | 'optional' | 'many'; readonly set: CharacterSet }
  | { readonly kind: 'place'; readonly holds: Place }
  /** `(.*` `/)?`: what stands before the next unit, `through slash`, may be passed over. */
  | { readonly kind: 'maybe' }
  | { readonly kind: 'through slash' };

/** A test whether a text holds what the expression describes; undefined where Go refuses the expression. */
export function compileGoExpression(expression: string): ((text: string) => boolean) | undefined {
  const reader: Reader = { text: expression, at: 0 };
  const alternatives: Unit[][] = [[]];
  while (reader.at < reader.text.length) {
    if (take(reader, /\|/y)) {
      alternatives.push([]);
      continue;
    }
    const units = readRepeated(reader);
    if (!units) return undefined;
    alternatives.at(-1)?.push(...units);
  }
  return (text) => alternatives.some((units) => matches(units, text));
}

function matches(units: readonly Unit[], text: string): boolean {
  const first = units[0];
  const anchored = first?.kind === 'place' && first.holds === startOfText;
  let here = new Uint8Array(units.length + 1);
  let next = new Uint8Array(units.length + 1);
  let highest = 0;
  for (let at = 0; ;) {
    if (at === 0 || !anchored) here[0] = 1;
    const character = text.codePointAt(at);
    let highestNext = -1;
    for (let i = 0; i <= highest && i < units.length; i++) {
      const unit = units[i];
      if (!here[i] || !unit) continue;
      const reaches = i + reach(unit, text, at);
      for (let j = i + 1; j <= reaches; j++) here[j] = 1;
      highest = Math.max(highest, reaches);
      if (character === undefined || !accepts(unit, character)) continue;
      const stays = unit.kind === 'many' || unit.kind === 'through slash';
      const goesOn = unit.kind === 'through slash' ? character === slash : !stays;
      if (stays) next[i] = 1;
      if (goesOn) next[i + 1] = 1;
      highestNext = goesOn ? i + 1 : i;
    }
    if (here[units.length]) return true;
    if (character === undefined || (anchored && highestNext < 0)) return false;
    [here, next] = [next, here];
    next.fill(0);
    highest = Math.max(highestNext, 0);
    at += character > 0xffff ? 2 : 1;
  }
}

/** How many units may be passed over here. */
function reach(unit: Unit, text: string, at: number): number {
  if (unit.kind === 'maybe') return 2;
  if (unit.kind === 'optional' || unit.kind === 'many') return 1;
  return unit.kind === 'place' && unit.holds(text, at) ? 1 : 0;
}

function accepts(unit: Unit, character: number): boolean {
  if (unit.kind === 'through slash') return character !== lineFeed;
  return unit.kind !== 'place' && unit.kind !== 'maybe' && unit.set(character);
}

interface Reader {
  readonly text: string;
  at: number;
}

/** What a sticky expression finds here, read. */
function take(reader: Reader, expression: RegExp): RegExpExecArray | undefined {
  expression.lastIndex = reader.at;
  const found = expression.exec(reader.text) ?? undefined;
  if (found) reader.at = expression.lastIndex;
  return found;
}

const slash = 0x2f;
const lineFeed = 0x0a;
const mostRepeats = 1000;

const startOfText: Place = (_, at) => at === 0;
const endOfText: Place = (text, at) => at === text.length;
const places: ReadonlyMap<string, Place> = new Map([
  ['^', startOfText],
  ['$', endOfText],
  [String.raw`\A`, startOfText],
  [String.raw`\z`, endOfText],
  [String.raw`\b`, (text, at) => wordAt(text, at - 1) !== wordAt(text, at)],
  [String.raw`\B`, (text, at) => wordAt(text, at - 1) === wordAt(text, at)],
]);

function wordAt(text: string, at: number): boolean {
  return /^\w$/.test(text[at] ?? '');
}

/** One thing and how often; undefined where Go refuses it, as it does what repeats nothing or what is repeated already. */
function readRepeated(reader: Reader): Unit[] | undefined {
  if (readCount(reader)) return undefined;
  if (take(reader, /\(\.\*\/\)\?/y)) return readCount(reader) ? undefined : [{ kind: 'maybe' }, { kind: 'through slash' }];
  // `\Q…\E`, or to the end: as it stands.
  const quoted = Array.from(take(reader, /\\Q(.*?)(?:\\E|$)/sy)?.[1] ?? '', (one): Unit => ({ kind: 'one', set: only(codeOf(one)) }));
  const unit = quoted.pop() ?? readUnit(reader);
  if (!unit) return undefined;
  if (unit.kind === 'one' && take(reader, /\*/y)) return readCount(reader) ? undefined : [...quoted, { kind: 'many', set: unit.set }];
  const count = readCount(reader);
  if (!count) return [...quoted, unit];
  if (count.least > mostRepeats || (count.most > mostRepeats && count.most !== Infinity) || count.least > count.most || readCount(reader)) return undefined;
  return [...quoted, ...repeated(unit, count)];
}

interface Count {
  readonly least: number;
  readonly most: number;
}

/** `{2}`, `{2,}`, `{2,3}`; all else is text. */
function readCount(reader: Reader): Count | undefined {
  const found = take(reader, /\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/y);
  if (!found) return undefined;
  const least = Number(found[1]);
  if (found[3] !== undefined) return { least, most: Number(found[3]) };
  return { least, most: found[2] === undefined ? least : Infinity };
}

function repeated(unit: Unit, { least, most }: Count): Unit[] {
  if (unit.kind !== 'one') return least > 0 ? [unit] : [];
  const required = Array.from({ length: least }, () => unit);
  if (most === Infinity) return [...required, { kind: 'many', set: unit.set }];
  return [...required, ...Array.from({ length: most - least }, (): Unit => ({ kind: 'optional', set: unit.set }))];
}

function readUnit(reader: Reader): Unit | undefined {
  const holds = places.get(take(reader, /[$^]|\\[AzbB]/y)?.[0] ?? '');
  if (holds) return { kind: 'place', holds };
  const set = readSet(reader);
  return set && { kind: 'one', set };
}

function readSet(reader: Reader): CharacterSet | undefined {
  if (take(reader, /\./y)) return (one) => one !== lineFeed;
  const opening = take(reader, /\[\^?/y)?.[0];
  if (opening !== undefined) return readClass(reader, opening === '[^');
  const set = readNamedSet(reader);
  if (set) return set;
  const code = readCharacter(reader);
  return code === undefined ? undefined : only(code);
}

/** `\d`, `\pL`, `\p{Greek}`, `\P{^Lu}`. */
function readNamedSet(reader: Reader): CharacterSet | undefined {
  const name = take(reader, /\\([dDwWsS])/y)?.[1];
  if (name !== undefined) return sets.get(name);
  const property = take(reader, /\\([pP])(?:\{(\^?)(\w+)\}|([A-Z]))/y);
  if (!property) return undefined;
  const [all, letter, negation, category = property[4] ?? ''] = property;
  const set = properties(category);
  // Not read: `\p` is nothing else that Go knows.
  if (!set) reader.at -= all.length;
  return set && (letter === 'P') !== (negation === '^') ? not(set) : set;
}

function properties(name: string): CharacterSet | undefined {
  for (const property of [`General_Category=${name}`, `Script=${name}`]) {
    try {
      const within = new RegExp(`^\\p{${property}}$`, 'u');
      return (one) => within.test(String.fromCodePoint(one));
    } catch {
      // No such category or script.
    }
  }
  return undefined;
}

/** A character, as it is or behind `\`; undefined for what Go does not know. */
function readCharacter(reader: Reader): number | undefined {
  const plain = take(reader, /[^\\]/suy) ?? take(reader, /\\([\0-/:-@[-`{-\x7f])/y);
  if (plain) return codeOf(plain[1] ?? plain[0]);
  const control = take(reader, /\\([afnrtv])/y);
  if (control) return controls.get(control[1] ?? '');
  const octal = take(reader, /\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/y);
  if (octal) return Number.parseInt(octal[1] ?? '', 8);
  const hexadecimal = take(reader, /\\x(?:([\dA-Fa-f]{2})|\{([\dA-Fa-f]+)\})/y);
  const code = hexadecimal && Number.parseInt(hexadecimal[1] ?? hexadecimal[2] ?? '', 16);
  return code === undefined || code > 0x10ffff ? undefined : code;
}

/** The rest of `[…]` or `[^…]`; undefined where it does not end, or a range goes backwards. */
function readClass(reader: Reader, negated: boolean): CharacterSet | undefined {
  const members: CharacterSet[] = [];
  while (members.length === 0 || !take(reader, /\]/y)) {
    const member = readMember(reader);
    if (!member) return undefined;
    members.push(member);
  }
  return (one) => members.some((member) => member(one)) !== negated;
}

function readMember(reader: Reader): CharacterSet | undefined {
  const named = take(reader, /\[:(\^?)(\w+):\]/y);
  if (named) {
    const set = namedClasses.get(named[2] ?? '');
    return set && named[1] === '^' ? not(set) : set;
  }
  // Go takes `[:` up to the next `:]` for a name.
  if (reader.text.startsWith('[:', reader.at) && reader.text.includes(':]', reader.at + 2)) return undefined;
  const set = readNamedSet(reader);
  if (set) return set;
  const low = readCharacter(reader);
  if (low === undefined || !take(reader, /-(?!\]|$)/y)) return low === undefined ? undefined : only(low);
  const high = readCharacter(reader);
  return high === undefined || high < low ? undefined : between(low, high);
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function isControl(code: number): boolean {
  return code < 0x20 || code === 0x7f;
}

function only(code: number): CharacterSet {
  return (one) => one === code;
}

function between(low: number, high: number): CharacterSet {
  return (one) => one >= low && one <= high;
}

function ascii(expression: RegExp): CharacterSet {
  return (one) => one < 0x80 && expression.test(String.fromCodePoint(one));
}

function not(set: CharacterSet): CharacterSet {
  return (one) => !set(one);
}

const controls: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);
const [digit, word, space] = [ascii(/\d/), ascii(/\w/), ascii(/[\t\n\f\r ]/)];
const sets: ReadonlyMap<string, CharacterSet> = new Map([
  ['d', digit],
  ['D', not(digit)],
  ['w', word],
  ['W', not(word)],
  ['s', space],
  ['S', not(space)],
]);
const namedClasses: ReadonlyMap<string, CharacterSet> = new Map([
  ['alnum', ascii(/[\dA-Za-z]/)],
  ['alpha', ascii(/[A-Za-z]/)],
  ['ascii', between(0, 0x7f)],
  ['blank', ascii(/[\t ]/)],
  ['cntrl', isControl],
  ['digit', digit],
  ['graph', between(0x21, 0x7e)],
  ['lower', ascii(/[a-z]/)],
  ['print', between(0x20, 0x7e)],
  ['punct', ascii(/[!-/:-@[-`{-~]/)],
  ['space', ascii(/[\t\n\v\f\r ]/)],
  ['upper', ascii(/[A-Z]/)],
  ['word', word],
  ['xdigit', ascii(/[\dA-Fa-f]/)],
]);
