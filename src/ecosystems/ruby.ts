import { posix } from 'node:path';
import type { Obstacle, ProjectFiles } from './closure.ts';

/** Ruby code that an install runs, as far as it can be seen what it reads. */

/** It reads files or runs programs. */
export const readsMore =
  /\b(File|IO|Dir|Pathname|YAML|JSON|Psych|Open3|Kernel|ARGF|DATA)\b|`|%x[([{|]|__dir__|__FILE__|(?<![:\w.])(require|require_relative|load|eval|instance_eval|system|exec|spawn|open|plugin)\b(?!:)\s*[("'A-Z]/;
const quoted = `["']([^"'#]+)["']`;
/** A text that is all there, in brackets or not. */
export const literal = `\\(?\\s*${quoted}\\s*\\)?`;

/** A line of code without its comment. */
export function codeOf(line: string): string {
  return line.replace(/(^|\s)#(?!\{).*$/, '').trim();
}

const itself = '(?:__dir__|__FILE__)';
/** A path beside the file, which reads nothing. */
const expanded = new RegExp(`File\\.expand_path\\(\\s*(?:${quoted}\\s*,\\s*)?${itself}\\s*\\)`, 'g');
/** The files that a package would hold: of one in a folder nothing asks for them. */
const listed = new RegExp(
  `^\\s*\\w+\\.(?:files|test_files|extra_rdoc_files)\\s*\\+?=\\s*(?:Dir\\.chdir\\(\\s*(?:__dir__)?\\s*\\)\\s*(?:do|\\{)\\s*)?Dir(?:\\.glob\\(|\\[)(?:\\s*${quoted}\\s*,?)+\\s*[)\\]]`,
  'gm',
);
const required = new RegExp(`^(require|require_relative)\\s*${literal}$`);
const readFile = new RegExp(`\\bFile\\.read\\(\\s*${quoted}\\s*\\)`, 'g');

/** Adds a gemspec and what it loads: Bundler evaluates it in its own folder, and asks no more of a gem in a folder until that is used. */
export function readGemspec(files: ProjectFiles, path: string, found: Set<string>): Obstacle | undefined {
  // Commands are made executable where they lie, and linked where they are there.
  if (/\.executables?\b/.test(files.text(path) ?? '')) return { because: 'the install makes the commands of a gem executable', file: path };
  return readCode(files, path, posix.dirname(path), found);
}

function readCode(files: ProjectFiles, path: string, folder: string, found: Set<string>): Obstacle | undefined {
  if (found.has(path)) return undefined;
  const text = files.text(path);
  if (text === undefined) return { because: 'the install reads a file that the build context does not hold', file: path };
  found.add(path);
  const code = text.split(/\r?\n/).map(codeOf).join('\n').replaceAll(expanded, '').replaceAll(listed, '');
  for (const line of code.split('\n')) {
    const [, by, name] = required.exec(line) ?? [];
    const module = name === undefined ? undefined : modulesOf(path, folder, by, name).find((one) => files.has(one));
    const obstacle = module === undefined ? undefined : readCode(files, module, folder, found);
    if (obstacle) return obstacle;
    if (module !== undefined) continue;
    const texts = [...line.matchAll(readFile)].map(([, one = '']) => posix.join(folder, one));
    const missing = texts.find((one) => !files.has(one));
    if (missing !== undefined) return { because: 'the install reads a file that the build context does not hold', file: missing };
    for (const one of texts) found.add(one);
    if (readsMore.test(line.replaceAll(readFile, ''))) return { because: `what \`${line}\` reads is not known`, file: path };
  }
  return undefined;
}

/** What a file may load by a name: beside it, or from `lib`, where that is put among the places that are searched. */
function modulesOf(path: string, folder: string, by: string | undefined, name: string): string[] {
  const place = by === 'require_relative' ? posix.dirname(path) : posix.join(folder, 'lib');
  return [posix.join(place, name), posix.join(place, `${name}.rb`)];
}
