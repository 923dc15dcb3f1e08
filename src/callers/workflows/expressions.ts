import type { SourceText } from '../../text.ts';
import { replaceIn } from '../replace-in.ts';

/** What a context value (`matrix.image`, `env.TAG`) comes to; undefined where it is not known. */
export type Values = (name: string) => string | undefined;

const expression = /\$\{\{([^]*?)\}\}/g;

/** A text with its expressions replaced; undefined where one of them is not known. */
export function fill(text: string, values: Values): string | undefined {
  let known = true;
  const result = text.replace(expression, (_all, inner: string) => {
    const value = evaluate(inner, values);
    if (value === undefined) known = false;
    return value ?? '';
  });
  return known ? result : undefined;
}

/** The same for the text of a script: what is not known becomes a variable that no one sets. */
export function fillScript(source: SourceText, values: Values): SourceText {
  return replaceIn(source, expression, ([, inner = '']) => evaluate(inner, values) ?? '${unknown_expression}');
}

const token = /\s*('(?:[^']|'')*'|\|\||&&|[=!]=|[!()]|[\w-]+(?:\.[\w-]+|\[\s*'[^']*'\s*\])*)/y;

/** Names, texts, `||`, `&&`, `==`, `!=`, `!` and parentheses; all else is not known. */
function evaluate(text: string, values: Values): string | undefined {
  const tokens: string[] = [];
  let end = 0;
  token.lastIndex = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    tokens.push(match[1] ?? '');
    end = token.lastIndex;
  }
  if (text.slice(end).trim() !== '') return undefined;
  const value = either(tokens, values);
  return tokens.length === 0 ? value : undefined;
}

function either(tokens: string[], values: Values): string | undefined {
  let value = both(tokens, values);
  while (tokens[0] === '||') {
    tokens.shift();
    const other = both(tokens, values);
    if (value !== undefined && !isTrue(value)) value = other;
  }
  return value;
}

function both(tokens: string[], values: Values): string | undefined {
  let value = compared(tokens, values);
  while (tokens[0] === '&&') {
    tokens.shift();
    const other = compared(tokens, values);
    if (value !== undefined && isTrue(value)) value = other;
  }
  return value;
}

function compared(tokens: string[], values: Values): string | undefined {
  const value = operand(tokens, values);
  if (tokens[0] !== '==' && tokens[0] !== '!=') return value;
  const wanted = tokens.shift() === '==';
  const other = operand(tokens, values);
  return value === undefined || other === undefined ? undefined : String((value.toLowerCase() === other.toLowerCase()) === wanted);
}

function operand(tokens: string[], values: Values): string | undefined {
  const first = tokens.shift() ?? '';
  if (first === '!') {
    const value = operand(tokens, values);
    return value === undefined ? undefined : String(!isTrue(value));
  }
  if (first === '(') {
    const value = either(tokens, values);
    return tokens.shift() === ')' ? value : undefined;
  }
  if (first.startsWith("'")) return first.slice(1, -1).replaceAll("''", "'");
  if (/^(true|false|\d+)$/.test(first)) return first;
  return values(first.replace(/\[\s*'([^']*)'\s*\]/g, '.$1'));
}

function isTrue(value: string): boolean {
  return value !== '' && value !== 'false' && value !== '0';
}
