import { posix } from 'node:path';
import type { ShellWord, SimpleCommand } from '../../shell/script.ts';
import type { NamedFile, Place } from '../caller.ts';
import { placeIn } from '../places.ts';

/** `docker buildx bake`, `docker compose` and its older name, with the options in front of the word that says what it does. */
const calls: readonly { readonly words: RegExp; readonly format: NamedFile['format'] }[] = [
  { words: /^(\S*\/)?docker(\.exe)? ((--\S+|-[A-Za-z]) )*buildx bake( |$)/, format: 'bake' },
  { words: /^(\S*\/)?((docker|podman|nerdctl)(\.exe)? ((--\S+|-[A-Za-z]) )*compose|docker-compose|podman-compose)( |$)/, format: 'compose' },
];

/** The files that a command reads in place of those that are found by their names; none where it is no such command. */
export function namedBy({ words }: SimpleCommand, folder: Place, expand: (word: ShellWord) => string | undefined): NamedFile[] {
  const values = words.map((word) => expand(word) ?? word.text);
  const from = values.findIndex((value) => /(^|\/)(docker|podman|nerdctl)(-compose)?(\.exe)?$/.test(value));
  const call = from < 0 ? undefined : calls.find((one) => one.words.test(values.slice(from).join(' ')));
  if (!call || !values.slice(0, from).every((value) => /^(sudo|env|time|exec|command|-\S+|\w+=\S*)$/.test(value))) return [];
  const places = optionValues(values, '-f', '--file').map((value) => placeIn(folder, value.replace(/^cwd:\/\//, '')));
  const [first] = places;
  const project = optionValues(values, '--project-directory').at(-1);
  const base = call.format === 'bake' ? folder : project === undefined ? first && folderAbove(first) : placeIn(folder, project);
  if (base?.is !== 'here') return [];
  return places.flatMap((place) => (place.is === 'here' ? [{ format: call.format, path: place.path, folder: base.path }] : []));
}

function folderAbove(place: Place): Place {
  return place.is === 'here' ? placeIn({ is: 'here', path: posix.dirname(place.path) }, '.') : place;
}

function optionValues(values: readonly string[], ...names: readonly string[]): string[] {
  return values.flatMap((value, i) => {
    const name = names.find((one) => value === one || value.startsWith(`${one}=`));
    const given = name === undefined ? undefined : value === name ? values[i + 1] : value.slice(name.length + 1);
    return given === undefined || given.includes('$') ? [] : [given];
  });
}
