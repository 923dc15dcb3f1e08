import transforms from '../../transforms/index.ts';

/** A line a transform: id, best level, whether it runs by itself, title. */
export function list(): string {
  const wide = Math.max(...transforms.map(({ id }) => id.length));
  return transforms.map(({ id, level, default: state = 'on', title }) => `${id.padEnd(wide)}  ${level.padEnd(6)}  ${state.padEnd(3)}  ${title}\n`).join('');
}
