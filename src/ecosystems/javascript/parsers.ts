import type * as acorn from 'acorn';
import { createRequire } from 'node:module';
import type picomatch from 'picomatch';
import type * as yaml from 'yaml';

/** Parsers of whole languages, loaded when a file of one is read: most Dockerfiles need none. */

interface Parsers {
  readonly acorn: typeof acorn;
  readonly picomatch: typeof picomatch;
  readonly yaml: typeof yaml;
}

const load = createRequire(import.meta.url);

/** What a package exports is known from its types. */
export function parser<Name extends keyof Parsers>(name: Name): Parsers[Name] {
  return load(name);
}
