const managers = new Set(['npm', 'yarn', 'pnpm', 'bun']);
const runners = new Set(['run-s', 'run-p', 'npm-run-all']);

/** Names of the scripts of package.json that a call runs, told by its words. */
export function scriptsCalled(program: string, words: readonly string[]): readonly string[] {
  const rest = words.filter((word) => !word.startsWith('-'));
  if (runners.has(program)) return rest;
  if (!managers.has(program)) return [];
  const [first, second] = rest;
  if (first === 'run' || first === 'run-script') return second === undefined ? [] : [second];
  return first !== undefined && (program !== 'npm' || /^(t|test|start)$/.test(first)) ? [first] : [];
}

const prefixes = new Set(['npx', 'pnpx', 'bunx', 'cross-env', 'env', 'exec', 'dotenv', 'yarn', 'pnpm', 'bun', 'run', '--']);

/** `npx x a`, `yarn x a`, `cross-env A=b x a`: x and a. */
export function programWithin(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => !prefixes.has(word) && !/^(-|\w+=)/.test(word));
  return at < 0 ? words : words.slice(at);
}
