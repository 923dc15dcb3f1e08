import highlighter from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import json from 'highlight.js/lib/languages/json';
import makefile from 'highlight.js/lib/languages/makefile';
import yaml from 'highlight.js/lib/languages/yaml';

for (const [name, language] of Object.entries({ bash, dockerfile, json, makefile, yaml })) highlighter.registerLanguage(name, language);

const languages: readonly (readonly [RegExp, string])[] = [
  [/\.ya?ml$/i, 'yaml'],
  [/\.json$/i, 'json'],
  [/\.sh$/i, 'bash'],
  [/(^|\/)(GNU)?makefile$|\.mk$/i, 'makefile'],
  [/dockerfile(\.[^/]*)?$|containerfile(\.[^/]*)?$|\.(dockerfile|containerfile)$/i, 'dockerfile'],
];

/** The lines of a text as markup, with syntax colours where its language is known; nothing stays open at the end of one. */
export function highlightedLines(path: string, text: string): string[] {
  const language = path.endsWith('.dockerignore') ? undefined : languages.find(([pattern]) => pattern.test(path))?.[1];
  const markup = language === undefined ? escaped(text) : highlighter.highlight(text, { language, ignoreIllegals: true }).value;
  const open: string[] = [];
  return markup.split('\n').map((line) => {
    const start = open.join('');
    for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g))
      if (tag === '</span>') open.pop();
      else open.push(tag);
    return `${start}${line.replace(/\r$/, '')}${'</span>'.repeat(open.length)}`;
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
