import type * as acorn from 'acorn';
import { createRequire } from 'node:module';
import type json5 from 'json5';
import type picomatch from 'picomatch';
import type * as yaml from 'yaml';

/** Parsers of whole languages, loaded when a file of one is read: most Dockerfiles need none. */

interface Parsers {
  readonly acorn: typeof acorn;
  readonly json5: typeof json5;
  readonly picomatch: typeof picomatch;
  readonly yaml: typeof yaml;
}

const load = createRequire(import.meta.url);

/** What a package exports is known from its types. */
export function parser<Name extends keyof Parsers>(name: Name): Parsers[Name] {
  return load(name);
}
