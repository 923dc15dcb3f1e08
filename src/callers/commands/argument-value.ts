import type { Caller, DeclaredEntry } from '../caller.ts';
import type { ArgumentValue } from '../write.ts';

/** What a `--build-arg` gets its value from, by the words as they are written. */
export function argumentIn({ text, name }: DeclaredEntry, kind: Caller['kind']): ArgumentValue {
  const written = writtenValue(kind === 'package.json' ? text.replaceAll('\\"', '"') : text, name);
  if (!written) return { unclear: text };
  const { value, isLiteral } = written;
  if (value === undefined) return { environment: name };
  if (kind === 'makefile') return inMakefile(value);
  return isLiteral || !/[$`\\]/.test(value) ? { literal: value } : inShell(value);
}

/** The value behind `NAME=`, its quotes removed; it is undefined where the name stands alone. */
export function writtenValue(text: string, name: string): { readonly value: string | undefined; readonly isLiteral: boolean } | undefined {
  const whole = unquoted(text);
  const [found, after] = new RegExp(`^${name}(?:=([^]*))?$`).exec(whole.text) ?? [];
  if (found === undefined) return undefined;
  if (after === undefined) return { value: undefined, isLiteral: false };
  const inner = whole.quote === '' ? unquoted(after) : { text: after, quote: whole.quote };
  return /["']/.test(inner.text) ? undefined : { value: inner.text, isLiteral: inner.quote === "'" };
}

function unquoted(text: string): { readonly text: string; readonly quote: string } {
  const [, quote, inner] = /^(["'])([^]*)\1$/.exec(text) ?? [];
  return quote === undefined || inner === undefined || inner.includes(quote) ? { text, quote: '' } : { text: inner, quote };
}

function inShell(value: string): ArgumentValue {
  const [, file] = /^\$\(\s*(?:cat\s+|<\s*)([\w./-]+)\s*\)$/.exec(value) ?? [];
  if (file !== undefined) return { file };
  const [, plain, braced, operator, word] = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?([-?])([^{}]*))?\})$/.exec(value) ?? [];
  const environment = plain ?? braced;
  return environment === undefined ? { unclear: value } : { environment, otherwise: operator === '-' ? word : undefined };
}

/** Make's variables come from the environment where the Makefile sets none, and `$$` is the shell's. */
function inMakefile(value: string): ArgumentValue {
  const [, round, braced] = /^\$(?:\(([A-Za-z_]\w*)\)|\{([A-Za-z_]\w*)\})$/.exec(value) ?? [];
  const environment = round ?? braced;
  if (environment !== undefined) return { environment };
  if (/^\$\$[^$]+$/.test(value)) return inShell(value.slice(1));
  return value.includes('$') || value.includes('`') ? { unclear: value } : { literal: value };
}
