import transforms from '../../transforms/index.ts';
import { refusalsOf } from '../legality/question.ts';
import { wrap } from '../report/layout.ts';
import type { Transform } from '../transform.ts';
import { assertKnown } from './ids.ts';

const width = 100;

/** What there is to know of a transform, from its own definition. Throws a UsageError for an unknown id. */
export function explain(given: string): string {
  const id = given.replace(/@.*$/, '');
  assertKnown(
    [id],
    transforms.map((transform) => transform.id),
    'explain',
  );
  const transform = transforms.find((one) => one.id === id);
  return transform ? `${lines(transform).join('\n')}\n` : '';
}

function lines({ id, title, level, default: state = 'on', benefit, keeps, does = [], asks = [], caveats = [], references = [] }: Transform): string[] {
  return [
    `${id}: ${title}`,
    '',
    ...(benefit ? [...wrap(benefit, width), ''] : []),
    `Level    ${level}${level === 'safe' ? ', and `review` where something may differ' : ''}`,
    `Runs     ${state === 'on' ? 'by itself' : `only with --only ${id}`}`,
    `Keeps    ${keeps.join(', ')}`,
    ...(does.length > 0 ? [`Does     ${does.join(', ')}`] : []),
    ...part(
      'It holds back where',
      refusalsOf(asks).map(({ id: name, because }) => ({ name, text: because })),
    ),
    ...part(
      'Mind',
      caveats.map((text) => ({ text })),
    ),
    ...part(
      'See',
      references.map((text) => ({ text })),
    ),
    '',
    `Silence it at one place with a comment above the instruction: # dockopt-ignore ${id} -- reason`,
  ];
}

function part(title: string, entries: readonly { readonly name?: string; readonly text: string }[]): string[] {
  if (entries.length === 0) return [];
  const wide = Math.max(...entries.map(({ name = '' }) => name.length));
  const indent = wide > 0 ? wide + 4 : 2;
  return [
    '',
    title,
    ...entries.flatMap(({ name = '', text }) =>
      wrap(text, width - indent).map((line, index) => (wide > 0 && index === 0 ? `  ${name.padEnd(wide)}  ${line}` : ' '.repeat(indent) + line)),
    ),
  ];
}
