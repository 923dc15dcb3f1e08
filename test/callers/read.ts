import type { Caller, CallerFile, CallerFiles, Place, Reading } from '../../src/callers/caller.ts';

/** Files of a repository in memory. */
export function filesOf(files: Readonly<Record<string, string>>): CallerFiles {
  return { text: (path) => files[path] };
}

/** Reads the first of some files. */
export function read(reader: (file: CallerFile, files: CallerFiles) => Reading, files: Readonly<Record<string, string>>): Reading {
  const [path = ''] = Object.keys(files);
  return reader({ path, text: files[path] ?? '' }, filesOf(files));
}

/** `name line: context dockerfile stage`, with `?` before what is not known and `@` before what lies elsewhere. */
export function shown({ name, line, context, dockerfile, declared }: Caller): string {
  return [`${name} ${line}:`, place(context), place(dockerfile), declared.target?.value ?? '-'].join(' ');
}

function place(of: Place): string {
  return of.is === 'here' ? of.path || '.' : `${of.is === 'elsewhere' ? '@' : '?'}${of.what}`;
}
