const managers = new Set(['npm', 'yarn', 'pnpm', 'bun']);
const runners = new Set(['run-s', 'run-p', 'npm-run-all']);

/** Scripts of package.json that a call runs. */
export interface ScriptsCalled {
  readonly names: readonly string[];
  /** The folder of the project, from the one that it is called in. */
  readonly folder: string;
  /** Members of the workspace whose scripts run, as the call names them; undefined where that project's own do. */
  readonly members: readonly string[] | 'all' | undefined;
  /** What the call adds to the last command of a script. */
  readonly added: readonly string[];
}

/** https://pnpm.io/filtering, https://docs.npmjs.com/cli/using-npm/workspaces, https://classic.yarnpkg.com/en/docs/cli/workspace */
const selecting: Readonly<Record<string, { readonly some: readonly string[]; readonly all: readonly string[]; readonly folder: readonly string[] }>> = {
  npm: { some: ['-w', '--workspace'], all: ['-ws', '--workspaces'], folder: ['--prefix', '-C'] },
  yarn: { some: [], all: [], folder: ['--cwd'] },
  pnpm: { some: ['-F', '--filter'], all: ['-r', '--recursive'], folder: ['-C', '--dir'] },
  bun: { some: [], all: [], folder: ['--cwd'] },
};

/** The scripts of package.json that a call runs, told by its words. */
export function scriptsCalled(program: string, words: readonly string[]): ScriptsCalled {
  const plain = words.filter((word) => !word.startsWith('-'));
  if (runners.has(program)) return { names: plain, folder: '.', members: undefined, added: [] };
  const options = managers.has(program) ? selecting[program] : undefined;
  if (!options) return { names: [], folder: '.', members: undefined, added: [] };
  const rest: string[] = [];
  const some: string[] = [];
  let folder = '.';
  let isAll = false;
  let i = 0;
  for (; i < words.length; i++) {
    const [option = '', attached] = (words[i] ?? '').split(/=(.*)/s);
    // What stands behind the script is its own.
    if (option === '--' || (program !== 'npm' && rest.length > 0 && !/^(run|run-script)$/.test(rest.at(-1) ?? ''))) break;
    if (options.some.includes(option)) some.push(attached ?? words[++i] ?? '');
    else if (options.folder.includes(option)) folder = attached ?? words[++i] ?? '';
    else if (options.all.includes(option) || (program === 'pnpm' && /^(recursive|multi|m)$/.test(option))) isAll = true;
    else if (program === 'yarn' && option === 'workspace' && rest.length === 0) some.push(words[++i] ?? '');
    else if (!option.startsWith('-')) rest.push(option);
  }
  const [first, second] = rest;
  const named =
    first === 'run' || first === 'run-script' ? second : first !== undefined && (program !== 'npm' || /^(t|test|start)$/.test(first)) ? first : undefined;
  const added = [...rest.slice(named === undefined ? rest.length : rest.indexOf(named) + 1), ...words.slice(i).filter((word, at) => at > 0 || word !== '--')];
  return { names: named === undefined ? [] : [named], folder, members: some.length > 0 ? some : isAll ? 'all' : undefined, added };
}

/** The tasks that a call of Turborepo runs, as scripts of members: https://turborepo.com/docs/reference/run. undefined where it runs none, or in a way that is not read. */
export function tasksCalled(program: string, words: readonly string[]): ScriptsCalled | undefined {
  const [runner, ...behind] = programWithin([program, ...words]);
  if (runner !== 'turbo') return undefined;
  const names: string[] = [];
  const members: string[] = [];
  for (let i = 0; i < behind.length; i++) {
    const [option = '', attached] = (behind[i] ?? '').split(/=(.*)/s);
    if (option === '--filter' || option === '-F') members.push(attached ?? behind[++i] ?? '');
    else if (/^(--only|--cwd|--affected|--scope|--since|--include-dependencies|--dry(-run)?|--root-turbo-json|--)$/.test(option)) return undefined;
    else if (!option.startsWith('-')) names.push(option);
  }
  const tasks = names[0] === 'run' ? names.slice(1) : names;
  return tasks.length === 0 ? undefined : { names: tasks, folder: '.', members: members.length > 0 ? members : 'all', added: [] };
}

const prefixes = new Set(['npx', 'pnpx', 'bunx', 'cross-env', 'env', 'exec', 'dotenv', 'yarn', 'pnpm', 'bun', 'run', '--']);

/** `npx x a`, `yarn x a`, `cross-env A=b x a`: x and a. */
export function programWithin(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => !prefixes.has(word) && !/^(-|\w+=)/.test(word));
  return at < 0 ? words : words.slice(at);
}
