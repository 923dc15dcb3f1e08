import type { Range } from '../../text.ts';

/**
 * The part of HCL that bake files are made of: blocks, attributes, texts with `${name}`, lists, objects, heredocs, comments.
 * Functions, conditions and loops are read over and are unknown values. https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 */
export interface Body {
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly blocks: readonly Block[];
}

export interface Block extends Range {
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: Body;
}

export interface Attribute {
  readonly key: Range;
  readonly value: Expression;
}

export type Expression = Template | ListExpression | ObjectExpression | Unknown;

/** A text; a number or a truth value, too. A name alone is a template of one reference. */
export interface Template extends Range {
  readonly kind: 'template';
  readonly parts: readonly Part[];
}

/** A piece of text, a name to look up, or something that is not known. */
export type Part = string | { readonly name: string } | { readonly unknown: string };

export interface ListExpression extends Range {
  readonly kind: 'list';
  readonly items: readonly Expression[];
}

export interface ObjectExpression extends Range {
  readonly kind: 'object';
  readonly entries: ReadonlyMap<string, Attribute>;
}

export interface Unknown extends Range {
  readonly kind: 'unknown';
}

/** What is wrong, and where. */
export interface HclError {
  readonly because: string;
  readonly offset: number;
}

export function readHcl(text: string): Body | HclError {
  const parser = new Parser(text);
  const body = parser.body(false);
  return parser.error ?? body;
}

/** The pieces of a text between quotes; `escapes`: with HCL's backslashes, which JSON has read already. */
export function readTemplate(text: string, escapes: boolean): Part[] {
  const parts: Part[] = [];
  let literal = '';
  let i = 0;
  while (i < text.length) {
    const rest = text.slice(i, i + 3);
    if (rest === '$${' || rest === '%%{') {
      literal += rest.slice(1);
      i += 3;
    } else if (rest.startsWith('${') || rest.startsWith('%{')) {
      const end = closing(text, i + 1);
      const inner = text.slice(i + 2, end).trim();
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(rest.startsWith('$') && nameAlone.test(inner) ? { name: inner } : { unknown: text.slice(i, end + 1) });
      i = end + 1;
    } else if (escapes && text[i] === '\\') {
      const [all, code] = /^\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^])?/.exec(text.slice(i)) ?? ['\\'];
      literal += unescaped(code ?? '');
      i += all.length;
    } else literal += text[i++];
  }
  if (literal !== '' || parts.length === 0) parts.push(literal);
  return parts;
}

const nameAlone = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/;

function unescaped(code: string): string {
  if (code.length > 1) {
    const point = Number.parseInt(code.slice(1), 16);
    return point <= 0x10_ff_ff ? String.fromCodePoint(point) : '';
  }
  return { n: '\n', r: '\r', t: '\t' }[code] ?? code;
}

/** Offset of what closes the brace or the quote at an offset; the text's length where nothing does. */
function closing(text: string, open: number): number {
  const inside = [text[open]];
  for (let i = open + 1; i < text.length; i++) {
    const character = text[i];
    if (inside.at(-1) === '"') {
      if (character === '\\') i++;
      else if (character === '\n') return text.length;
      else if (character === '{' && /[$%]/.test(text[i - 1] ?? '') && text[i - 2] !== text[i - 1]) inside.push('{');
      else if (character === '"') inside.pop();
    } else if (character === '}') inside.pop();
    else if (character === '"' || character === '{') inside.push(character);
    if (inside.length === 0) return i;
  }
  return text.length;
}

const mostDepth = 100;

class Parser {
  error: HclError | undefined;
  #at = 0;
  #depth = 0;

  constructor(readonly text: string) {}

  body(nested: boolean): Body {
    const attributes = new Map<string, Attribute>();
    const blocks: Block[] = [];
    for (;;) {
      this.blank(true);
      if (this.#at >= this.text.length) {
        if (nested) this.fail('a block is not closed');
        break;
      }
      if (nested && this.text[this.#at] === '}') break;
      const start = this.#at;
      const name = this.take(/[A-Za-z_][\w-]*/y);
      if (name === undefined) {
        this.fail(`${JSON.stringify(this.text.slice(start, start + 10))} is neither a block nor an attribute`);
        break;
      }
      const key = { start, end: this.#at };
      this.blank(false);
      if (this.take(/=(?!=)/y) === undefined) blocks.push(this.block(name, start));
      else attributes.set(name, { key, value: this.expression() });
      if (this.error) break;
    }
    return { attributes, blocks };
  }

  private block(type: string, start: number): Block {
    const labels: string[] = [];
    const none: Body = { attributes: new Map(), blocks: [] };
    for (;;) {
      this.blank(false);
      const label = this.take(/"[^"\n]*"|[A-Za-z_][\w-]*/y);
      if (label === undefined) break;
      labels.push(label.replaceAll('"', ''));
    }
    if (this.take(/\{/y) === undefined) this.fail(`${type} is neither followed by = nor by {`);
    if (this.error || ++this.#depth > mostDepth) {
      this.fail('blocks are nested too deeply');
      return { type, labels, body: none, start, end: this.#at };
    }
    const body = this.body(true);
    this.#depth--;
    this.#at++;
    return { type, labels, body, start, end: this.#at };
  }

  private expression(): Expression {
    this.blank(false);
    const start = this.#at;
    if (++this.#depth > mostDepth) this.fail('values are nested too deeply');
    const value = this.error ? undefined : this.primary(start);
    this.#depth--;
    if (value) {
      this.blank(false);
      if (this.#at >= this.text.length || /[\n\r,\]})]/.test(this.text[this.#at] ?? '')) return value;
    }
    this.#at = start;
    const end = this.passOver();
    if (end === start) this.fail('a value is missing');
    return { kind: 'unknown', start, end };
  }

  /** undefined for what is more than a literal or a name. */
  private primary(start: number): Expression | undefined {
    const first = this.text[start];
    if (first === '"') {
      const end = closing(this.text, start);
      if (this.text[end] !== '"') {
        this.fail('a text is not closed');
        return undefined;
      }
      this.#at = end + 1;
      return { kind: 'template', parts: readTemplate(this.text.slice(start + 1, end), true), start, end: this.#at };
    }
    if (first === '<') return this.heredoc(start);
    if (first === '[') return this.list(start);
    if (first === '{') return this.object(start);
    const word = this.take(/-?\d[\d.]*(?:[eE][+-]?\d+)?|[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*/y);
    if (word === undefined) return undefined;
    const literal = /^[-\d]|^(true|false)$/.test(word);
    const part: Part = literal ? word : word === 'null' ? { unknown: word } : { name: word };
    return { kind: 'template', parts: [part], start, end: this.#at };
  }

  private list(start: number): Expression | undefined {
    this.#at = start + 1;
    const items: Expression[] = [];
    for (;;) {
      this.blank(true);
      if (this.take(/\]/y) !== undefined) return { kind: 'list', items, start, end: this.#at };
      if (this.error || this.#at >= this.text.length || this.looking(/for\b/y)) return undefined;
      items.push(this.expression());
      this.blank(true);
      if (this.take(/,/y) === undefined && !this.looking(/\]/y)) return undefined;
    }
  }

  private object(start: number): Expression | undefined {
    this.#at = start + 1;
    const entries = new Map<string, Attribute>();
    for (;;) {
      this.blank(true);
      if (this.take(/\}/y) !== undefined) return { kind: 'object', entries, start, end: this.#at };
      if (this.error || this.#at >= this.text.length || this.looking(/for\b(?!\s*[=:])/y)) return undefined;
      const from = this.#at;
      const name = this.take(/"(?:[^"\\\n]|\\.)*"|[A-Za-z_][\w-]*|\d+/y);
      if (name === undefined) return undefined;
      const key = { start: from, end: this.#at };
      this.blank(false);
      if (this.take(/[=:]/y) === undefined) return undefined;
      entries.set(name.replace(/^"(.*)"$/, '$1'), { key, value: this.expression() });
      this.blank(false);
      this.take(/,/y);
    }
  }

  private heredoc(start: number): Expression | undefined {
    const opened = this.take(/<<-?([A-Za-z_][\w-]*)[ \t]*\r?\n/y);
    const delimiter = /<<-?([A-Za-z_][\w-]*)/.exec(opened ?? '')?.[1];
    if (delimiter === undefined) return undefined;
    const from = this.#at;
    const end = new RegExp(`^[ \\t]*${delimiter}[ \\t]*$`, 'm').exec(this.text.slice(from).replaceAll('\r', ' '));
    if (!end) {
      this.fail(`the heredoc ${delimiter} is not closed`);
      return undefined;
    }
    const content = this.text.slice(from, from + end.index);
    this.#at = from + end.index + end[0].trimEnd().length;
    return { kind: 'template', parts: readTemplate(content, false), start, end: this.#at };
  }

  /** Over a value of any kind, to the end of its line, or to the comma or bracket behind it; where it ends. */
  private passOver(): number {
    const start = this.#at;
    let depth = 0;
    let end = start;
    for (;;) {
      this.blank(depth > 0);
      const character = this.text[this.#at];
      if (character === undefined || (depth === 0 && /[\r\n,\]})]/.test(character))) break;
      if (character === '"') this.#at = Math.min(closing(this.text, this.#at), this.text.length - 1);
      if (/[([{]/.test(character)) depth++;
      if (/[)\]}]/.test(character)) depth--;
      end = ++this.#at;
    }
    if (depth > 0) this.fail('a bracket is not closed', start);
    return end;
  }

  private blank(lines: boolean): void {
    this.take(lines ? /(?:\s|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)+/y : /(?:[ \t]|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)+/y);
  }

  private looking(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.text);
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  private fail(because: string, offset = this.#at): void {
    this.error ??= { because, offset: Math.min(offset, this.text.length) };
  }
}
