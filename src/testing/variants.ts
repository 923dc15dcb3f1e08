import { readDockerfile } from '../dockerfile/read.ts';
import type { Dockerfile } from '../dockerfile/model.ts';

/** The same Dockerfile as other people would have written or saved it; undefined where it cannot be. */
export const variants: Readonly<Record<string, (text: string) => string | undefined>> = {
  CRLF: (text) => (text.includes('\r') || hasHeredoc(text) ? undefined : text.replaceAll('\n', '\r\n')),
  BOM: (text) => (text.startsWith('\uFEFF') ? undefined : `\uFEFF${text}`),
  'no final newline': (text) => (text.endsWith('\n') && !text.endsWith('\n\n') && !hasHeredoc(text) ? text.slice(0, -1) : undefined),
  'lower-case keywords': (text) => {
    const dockerfile = read(text);
    if (!dockerfile) return undefined;
    let result = text;
    for (const { keywordRange, keyword, words } of dockerfile.instructions.toReversed()) {
      if (keyword === 'ONBUILD') return undefined;
      const as = keyword === 'FROM' ? words[1] : undefined;
      if (as) result = result.slice(0, as.start) + as.text.toLowerCase() + result.slice(as.end);
      result = result.slice(0, keywordRange.start) + keyword.toLowerCase() + result.slice(keywordRange.end);
    }
    return result;
  },
  'backtick escape': (text) => {
    if (text.includes('`') || /\\(?![ \t]*\r?\n)/.test(text) || /^#\s*(escape|syntax|check)\s*=/im.test(text)) return undefined;
    return `# escape=\`\n${text.replace(/\\([ \t]*\r?)$/gm, '`$1')}`;
  },
};

function read(text: string): Dockerfile | undefined {
  const reading = readDockerfile(text);
  return 'dockerfile' in reading ? reading.dockerfile : undefined;
}

function hasHeredoc(text: string): boolean {
  return read(text)?.instructions.some((instruction) => instruction.heredocs.length > 0) ?? true;
}
