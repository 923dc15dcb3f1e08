// A Dockerfile by lines, after BuildKit's documentation: instructions with their continuations, comments and heredocs.

const heredocWord = /(?<![<\w])(?:\d*)<<(-?)(["']?)([A-Za-z_][\w.-]*)\2/g;

/**
 * @returns `{ directives, comments, instructions }`; the first two as `{ line, text }`, an instruction as
 * `{ keyword, line, raw, flags, body, heredocs, blanks, later, open }`: its first line (from 1), its lines, its flags, the text behind them with
 * continuations joined, the bodies of its heredocs, the numbers of its empty continuation lines, its other continuation lines, and whether the file
 * ends in a continuation.
 */
export function readLines(text) {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const directives = [];
  while (/^\s*#\s*[A-Za-z]+\s*=/.test(lines[directives.length] ?? '')) directives.push({ line: directives.length + 1, text: lines[directives.length] });
  const escape = directives.some(({ text: line }) => /^\s*#\s*escape\s*=\s*`/i.test(line)) ? '`' : '\\';
  const comments = [];
  const instructions = [];
  for (let at = directives.length; at < lines.length; at++) {
    if (isComment(lines[at])) comments.push({ line: at + 1, text: lines[at].trim() });
    else if (lines[at].trim() !== '') {
      const instruction = readInstruction(lines, at, escape, comments);
      instructions.push(instruction);
      at += instruction.raw.length - 1;
    }
  }
  return { directives, comments, instructions };
}

function readInstruction(lines, start, escape, comments) {
  let joined = '';
  let at = start;
  let goesOn = true;
  const blanks = [];
  const later = [];
  for (; goesOn && at < lines.length; at++) {
    const line = lines[at];
    if (at > start && isComment(line)) comments.push({ line: at + 1, text: line.trim() });
    else if (at > start && line.trim() === '') blanks.push(at + 1);
    else {
      const part = withoutEscape(line, escape);
      if (at > start) later.push({ line: at + 1, text: line.trim() });
      joined += part ?? line;
      goesOn = part !== undefined;
    }
  }
  // Empty lines behind an escape at the end of the file continue nothing.
  const open = goesOn;
  const keyword = (/^\s*(\S+)/.exec(joined)?.[1] ?? '').toUpperCase();
  const heredocs = [];
  if (['RUN', 'COPY', 'ADD'].includes(keyword) && !open) {
    for (const [, chomp, , name] of unquoted(joined).matchAll(heredocWord)) {
      const from = at;
      const isEnd = (line) => (chomp ? line.replace(/^\t+/, '') : line) === name;
      while (at < lines.length && !isEnd(lines[at])) at++;
      heredocs.push(lines.slice(from, at).join('\n'));
      at++;
    }
  }
  const { flags, body } = partFlags(joined.trimStart().slice(keyword.length).trim());
  return { keyword, line: start + 1, raw: lines.slice(start, at), flags, body, heredocs, blanks, later, open };
}

function isComment(line) {
  return /^\s*#/.test(line);
}

/** The line without an escape character at its end; undefined where it has none that continues it. */
function withoutEscape(line, escape) {
  const trimmed = line.trimEnd();
  return trimmed.endsWith(escape) && trimmed.at(-2) !== escape ? trimmed.slice(0, -1) : undefined;
}

function partFlags(text) {
  const flags = [];
  let rest = text;
  for (let flag; (flag = /^(--[A-Za-z][\w-]*(?:=(?:"[^"]*"|\S)*)?)(?:\s+|$)/.exec(rest)); rest = rest.slice(flag[0].length)) flags.push(flag[1]);
  return { flags, body: rest };
}

/** Quoted parts of a shell text without what would look like a heredoc. */
function unquoted(text) {
  return text.replace(/\\.|(?<!<<-?)"(?:\\.|[^"\\])*"|(?<!<<-?)'[^']*'|<<<|\$\(\([^)]*\)\)/g, (part) => ' '.repeat(part.length));
}
