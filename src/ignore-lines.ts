import type { IgnoreLine } from './transform.ts';

/** A sentence is at most this long, so that it stands beside an id and a level on a line of 100 characters. */
const longest = 66;

/** What an ignore file with these lines means for the build context: "the context loses .git, node_modules and 3 more that no step needs". */
export function lossOf(lines: readonly IgnoreLine[]): string {
  const names = lines.filter(({ pattern }) => !pattern.startsWith('!')).map(({ pattern }) => pattern.replace(/^(\*\*\/)+/, ''));
  const sentence = (shown: number): string => {
    const rest = names.length - shown;
    const listed = rest > 0 ? [...names.slice(0, shown), `${rest} more`] : names;
    const [last = '', ...before] = listed.toReversed();
    const all = before.length > 0 ? `${before.toReversed().join(', ')} and ${last}` : last;
    return `the context loses ${all}${rest > 0 ? ' that' : ', which'} no step needs`;
  };
  for (let shown = names.length; shown > 1; shown--) if (sentence(shown).length <= longest) return sentence(shown);
  return sentence(1);
}
