import type { Call, Configured } from './ecosystem.ts';

/** `NAME config set KEY VALUE` or `NAME config set KEY=VALUE`, taken back by `NAME config <unset> KEY`. */
export function configSet({ arguments: all }: Call, file: string, unset: string): Configured | undefined {
  // `npm set` is short for `npm config set`.
  const words = all[0]?.value === 'set' ? [{ text: 'config', value: 'config' }, ...all] : all;
  const [config, set, ...rest] = words;
  if ((config?.value !== 'config' && config?.value !== 'c') || set?.value !== 'set') return undefined;
  const options = rest.filter(({ text }) => text.startsWith('--')).map(({ text }) => text);
  const key = rest.find(({ text }) => !text.startsWith('-'))?.text;
  return key === undefined ? undefined : { file, takenBack: ['config', unset, ...options, keyOf(key)] };
}

/** The part in front of the first `=` that stands in no quotes that it opened; a quote that is left open is closed. */
function keyOf(word: string): string {
  const equals = word.indexOf('=');
  if (equals < 0) return word;
  const key = word.slice(0, equals);
  return key.startsWith('"') || key.startsWith("'") ? key + key.charAt(0) : key;
}
