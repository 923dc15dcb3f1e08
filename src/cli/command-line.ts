import yargs, { type Argv } from 'yargs';
import metadata from '../../package.json' with { type: 'json' };
import type { Preference } from '../bases/preferred-rows.ts';
import { UsageError } from '../usage-error.ts';
import { list } from './list.ts';
import { explain } from './explain.ts';
import { init } from './init.ts';
import type { Course } from './course.ts';
import { rewriteStdin } from './stdin.ts';
import { say, type Selection } from './outcomes.ts';
import { formats } from './report.ts';
import type { PortionArguments } from './portions.ts';
import { rewrite } from './rewrite.ts';

const targetsFormats = ['pretty', 'json'] as const;
const levels = ['safe', 'review'] as const;
const preferences = ['alpine', 'distroless'] as const;
const several = { type: 'string', array: true, nargs: 1 } as const;

/** Does what the arguments say; sets the exit code. */
export async function run(typed: readonly string[]): Promise<void> {
  try {
    await commandLine(typed).parseAsync();
  } catch (error) {
    const usage = error instanceof UsageError || (error instanceof Error && error.name === 'YError');
    process.stderr.write(
      `dockopt: ${usage && error instanceof Error ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = usage ? 2 : 3;
  }
}

function commandLine(typed: readonly string[]): Argv {
  // What stands behind `--` is Docker's; elsewhere a path may stand there.
  const end = typed[0] === 'verify' && typed.includes('--') ? typed.indexOf('--') : typed.length;
  return yargs(typed.slice(0, end))
    .scriptName('dockopt')
    .usage('dockopt rewrites Dockerfiles: small patches that never break a build, each with its reason.')
    .command('$0 [paths..]', false, rewriteOptions, async (given) => {
      const stdinFilename = once('stdin-filename', given.stdinFilename);
      const excluded = ['write', 'check', 'stdinFilename', 'format', 'groupBy', 'patchDir', 'commit'].some((name) => given[name]);
      if (given.writeBaseline && excluded)
        throw new UsageError('--write-baseline goes with none of --write, --check, --stdin-filename, --format, --group-by, --patch-dir and --commit');
      const wanted = { ...given, ...selection(given), ...portions(given), ...(await courseOf(given)), format: once('format', given.format), typed };
      if (given.writeBaseline) {
        const { writeBaseline } = await import('./baseline.ts');
        process.exitCode = await writeBaseline(wanted, process.cwd());
        return;
      }
      if (stdinFilename === undefined) {
        process.exitCode = await rewrite(wanted, process.cwd());
        return;
      }
      if (given.write || wanted.paths.length > 0) throw new UsageError('--stdin-filename goes with neither --write nor paths');
      if (wanted.onlyNew !== undefined) throw new UsageError('--stdin-filename names the one Dockerfile; leave out --only-new');
      if (isParted(wanted)) throw new UsageError('--stdin-filename is of one Dockerfile, which has no groups');
      process.exitCode = await rewriteStdin(stdinFilename, wanted, process.cwd());
    })
    .command(
      'verify [paths..]',
      'build each Dockerfile that would change as it is and as it would be, and compare the images',
      verifyOptions,
      async (given) => {
        const { verifyAll } = await import('./verify.ts');
        const { buildArg: buildArgs = [], smoke, format } = given;
        process.exitCode = await verifyAll(
          { ...selection(given), format: once('format', format), smoke: once('smoke', smoke), buildArgs, more: typed.slice(end + 1) },
          process.cwd(),
        );
      },
    )
    .command(
      'merge <journals..>',
      'join the journals of all shards of a run (--shard, --journal), and print or write what the one run would have; or their JSON reports into one',
      mergeOptions,
      async (given) => {
        const parted = portions(given);
        const { merge } = await import('./merge.ts');
        const course = { journal: once('journal', given.journal), resume: false, shard: undefined, progress: given.progress };
        const wanted = { ...given, ...course, ...parted, format: once('format', given.format), typed };
        process.exitCode = await merge(given.journals.map(String), wanted, process.cwd());
      },
    )
    .command('list', 'name the transforms: id, level, on or off, title', {}, async () => {
      process.stdout.write(list());
    })
    .command(
      'explain <id>',
      'tell what a transform does, what it keeps, and where it holds back',
      (command) => command.positional('id', { type: 'string', demandOption: true, describe: 'the id of a transform or of a finding' }),
      async ({ id }) => {
        process.stdout.write(explain(id));
      },
    )
    .command(
      'targets [paths..]',
      'tell how each Dockerfile is built: context, stage, and who says so',
      (command) =>
        command
          .positional('paths', { type: 'string', array: true, describe: 'Dockerfiles, or folders in which they are found (default: this folder)' })
          .option('format', { choices: targetsFormats, nargs: 1, default: 'pretty' as const, describe: 'of the table' })
          .epilogue(
            'Read are compose and bake files, GitHub workflows and actions, and docker build in Makefiles, shell scripts and package.json. Where no file builds a Dockerfile, its context is inferred from what it copies; --context of dockopt gives it. What is built from elsewhere, or cannot be told, is named on stderr.',
          ),
      async ({ paths = [], format }) => {
        const { targets } = await import('./targets.ts');
        const { out, notes } = await targets({ paths: paths.map(String), format: once('format', format) }, process.cwd());
        notes.forEach(say);
        process.stdout.write(out);
      },
    )
    .command(
      'init',
      'write a configuration to start from, and name the Dockerfiles that it holds for',
      (command) => command.option('json', { type: 'boolean', default: false, describe: 'dockopt.config.json, even where there is a package.json' }),
      async ({ json }) => {
        process.stdout.write(init(json, process.cwd()));
      },
    )
    .example([
      ['dockopt', 'on a terminal: what would change in this folder, and why; in a pipe: the patch'],
      ['dockopt | git apply', 'the same as dockopt --write'],
      ['dockopt --write services/api', 'rewrite the Dockerfiles of one folder'],
      ['dockopt --check', 'for CI: exit code 1 where a change is pending'],
      ['dockopt --level review --why', 'with the changes that need your judgement, all reasons told'],
      ['dockopt --level review --prefer distroless', 'what runs is shipped without a shell, where it needs none'],
      ['dockopt --skip chain-runs@Dockerfile:3', 'without one finding'],
      ['dockopt --check --only-new origin/main', 'for pull requests: what they touch'],
      ['dockopt --group-by owner --patch-dir patches', 'a patch for each owner of CODEOWNERS, with a body for its pull request'],
      ['dockopt -t ./mine.ts', 'a transform of your own'],
      ['dockopt targets', 'how each Dockerfile is built, and which file says so'],
      ['dockopt verify', 'with Docker: really build before and after, and compare the images'],
    ])
    .epilogue(
      'Exit codes: 0 done, also when a patch was printed; 1 --check found changes pending; 2 usage, configuration, an unknown id, no Dockerfile found; 3 a file could not be read, written or understood (the last only where you named it).',
    )
    .version(metadata.version)
    .help()
    .alias('help', 'h')
    .locale('en')
    .strict()
    .showHelpOnFail(false)
    .exitProcess(false)
    .wrap(Math.min(process.stdout.columns || 100, 110))
    .fail((message: string | undefined, error: Error | undefined) => {
      throw error ?? new UsageError(`${message ?? ''} (\`dockopt --help\` shows what there is)`);
    });
}

function rewriteOptions(command: Argv) {
  return resultOptions(selectionOptions(command))
    .option('stdin-filename', {
      type: 'string',
      nargs: 1,
      describe: 'a Dockerfile is read from stdin, the new one goes to stdout; this is its path, and need not be there',
    })
    .option('write-baseline', {
      type: 'boolean',
      default: false,
      describe: 'accept what is found now: written to the file of --baseline or the configuration, else dockopt-baseline.json',
    })
    .option('shard', { type: 'string', nargs: 1, describe: 'only a part of the Dockerfiles, as 2/4: whole packages, the same ones each time' })
    .option('journal', {
      type: 'string',
      nargs: 1,
      describe:
        'a file to note each Dockerfile in as it ends, for --resume and dockopt merge (default: with --write and many of them one in .git, until all is written)',
    })
    .option('resume', { type: 'boolean', default: false, describe: 'go on where a run with the same options was stopped or killed' });
}

function mergeOptions(command: Argv) {
  return resultOptions(command)
    .positional('journals', { type: 'string', array: true, demandOption: true, describe: 'a journal of each shard, or a JSON report of each' })
    .option('journal', { type: 'string', nargs: 1, describe: 'a file for the joined journal' })
    .option('code', { type: 'boolean', default: true, hidden: true })
    .option('no-code', { type: 'boolean', describe: 'load no code of the repository, as the shards did not' })
    .example([
      ['dockopt --shard 2/4 --journal 2.jsonl', 'one of four jobs'],
      ['dockopt merge 1.jsonl 2.jsonl 3.jsonl 4.jsonl --check', 'the job after them, in a checkout of the same commit'],
    ]);
}

/** What becomes of what was found. */
function resultOptions<Options>(command: Argv<Options>) {
  return command
    .option('write', { type: 'boolean', default: false, describe: 'apply the changes to the files' })
    .option('check', {
      type: 'boolean',
      default: false,
      describe: 'only name the files that would change; exit code 1 where there are any',
    })
    .option('progress', { type: 'boolean', default: true, hidden: true })
    .option('no-progress', { type: 'boolean', describe: 'say nothing of how far a long run is' })
    .option('format', { choices: formats, nargs: 1, describe: 'of the result (default: pretty on a terminal, patch in a pipe)' })
    .option('why', { type: 'boolean', default: false, describe: 'every change and every refusal, with reasons' })
    .option('group-by', {
      type: 'string',
      nargs: 1,
      describe:
        'part the result for review: package, owner (of CODEOWNERS), transform, directory (directory:2 for two folders down), similarity (those that change alike)',
    })
    .option('patch-dir', {
      type: 'string',
      nargs: 1,
      describe: 'write a patch and a body for its pull request into this folder for each group (default: by package)',
    })
    .option('commit', { type: 'boolean', default: false, describe: 'make a commit on a branch of its own for each group, and touch neither files nor HEAD' })
    .option('branch', { type: 'string', nargs: 1, describe: 'what --commit calls the branches (default: dockopt/{group})' })
    .option('message', { type: 'string', nargs: 1, describe: 'what the commits say, with {title}, {changes}, {group}, {files}, {transforms}' });
}

interface PortionsGiven {
  readonly write: boolean;
  readonly check: boolean;
  readonly format?: unknown;
  readonly shard?: unknown;
  readonly groupBy?: string | undefined;
  readonly patchDir?: string | undefined;
  readonly commit: boolean;
  readonly branch?: string | undefined;
  readonly message?: string | undefined;
}

const groupedFormats = ['pretty', 'markdown'] as const;

function isParted({ groupBy, patchDir, commit }: Pick<PortionArguments, 'groupBy' | 'patchDir' | 'commit'>): boolean {
  return groupBy !== undefined || patchDir !== undefined || commit;
}

/** What the options say of how the result is parted. Throws a UsageError. */
function portions({ write, check, format, shard, groupBy, patchDir, commit, branch, message }: PortionsGiven): PortionArguments {
  const ways = Object.entries({ '--write': write, '--check': check, '--patch-dir': patchDir !== undefined, '--commit': commit }).filter(([, given]) => given);
  const [[first] = [''], [second] = ['']] = ways;
  if (second !== '') throw new UsageError(`${first} and ${second} exclude each other`);
  if (!commit && (branch !== undefined || message !== undefined)) throw new UsageError('--branch and --message go with --commit');
  const parted = {
    groupBy: once('group-by', groupBy),
    patchDir: once('patch-dir', patchDir),
    commit,
    branch: once('branch', branch),
    message: once('message', message),
  };
  if (!isParted(parted)) return parted;
  // Two shards may change one ignore file.
  if (shard !== undefined) throw new UsageError('groups are of a whole run: give --group-by, --patch-dir or --commit to `dockopt merge`, not to a --shard');
  const isShown = format === undefined ? !check : groupedFormats.some((one) => one === format);
  if (patchDir === undefined && !commit && !isShown)
    throw new UsageError('--group-by parts the forms pretty and markdown; --patch-dir writes a patch for each group, --commit a branch');
  return parted;
}

function verifyOptions(command: Argv) {
  return selectionOptions(command)
    .option('smoke', { type: 'string', nargs: 1, describe: 'a shell command to run in both images, without network: same exit code and same output' })
    .option('build-arg', { ...several, describe: 'NAME=value for both builds' })
    .option('format', { choices: ['pretty', 'json'] as const, nargs: 1, default: 'pretty' as const, describe: 'of the result' })
    .usage(
      'dockopt verify [paths..] [options] [-- options of docker build]\n\nBuilds each Dockerfile that dockopt would change twice, as it is and as it would be, in the same context, and compares the images: configuration, files (content, owner, mode, link), and what --smoke prints. Your folder is not written to, and the images are removed again. Where they differ, the original is built anew to tell what differs by chance.',
    )
    .example([
      ['dockopt verify', 'all Dockerfiles of this folder'],
      ['dockopt verify api --smoke "node -v"', 'one, with a command to run in both images'],
      ['dockopt verify --build-arg VERSION=1.2', 'with an argument of the build'],
      ['dockopt verify -- --network=host', 'with an option of docker build'],
    ])
    .epilogue(
      'Exit codes: 0 all images are equal, but for caches, package lists and the like, which are named; 1 some are different; 2 usage; 3 something could not be compared: no engine, an original that does not build, a smoke command that cannot run.',
    );
}

function selectionOptions(command: Argv) {
  return command
    .positional('paths', { type: 'string', array: true, describe: 'Dockerfiles, or folders in which they are found (default: this folder)' })
    .option('level', { choices: levels, nargs: 1, describe: 'what is applied: what is proven (safe, the default), or also what needs your judgement' })
    .option('only', { ...several, describe: 'ids of transforms, or of findings (id@file:line); commas part several' })
    .option('skip', { ...several, describe: 'the same, left out' })
    .option('context', { type: 'string', nargs: 1, describe: 'the build context (default: as compose files and other callers say, else inferred)' })
    .option('target', { type: 'string', nargs: 1, describe: 'a stage that is built and shipped, beside the last one and those that callers name' })
    .option('prefer', {
      choices: preferences,
      nargs: 1,
      describe: 'what a shipped image may be built FROM at review: Alpine, or distroless, which has no shell (default: the same distribution)',
    })
    .option('transform', { ...several, alias: 't', describe: 'a file with a transform of your own; built-in ones then run only where --only names them' })
    .option('opt', { ...several, describe: 'an option of your own transform: name=value, or id.name=value where several have it' })
    .option('config', { type: 'string', nargs: 1, describe: 'a configuration (default: the nearest dockopt.config.{ts,js,mjs,json} or package.json upwards)' })
    .option('code', { type: 'boolean', default: true, hidden: true })
    .option('only-new', {
      type: 'string',
      nargs: 1,
      describe: 'a revision: only Dockerfiles that changed since HEAD parted from it, or whose inputs did, uncommitted changes included',
    })
    .option('baseline', { type: 'string', nargs: 1, describe: 'a file with findings that are accepted as they are; --no-baseline: all are told' })
    .option('no-code', {
      type: 'boolean',
      describe: 'load no code of the repository, neither configuration nor transforms: for CI on the pull requests of others',
    });
}

/** How a run is parted and kept. Throws a UsageError. */
async function courseOf({ shard, journal, resume, stdinFilename }: Kept): Promise<Pick<Course, 'shard' | 'journal' | 'resume'>> {
  const part = once('shard', shard);
  if (stdinFilename !== undefined && (part !== undefined || journal !== undefined || resume))
    throw new UsageError('--stdin-filename goes with none of --shard, --journal and --resume');
  const read = part === undefined ? undefined : await import('../batch/shard.ts').then(({ readShard }) => readShard(part));
  return { shard: read, journal: once('journal', journal), resume };
}

interface Kept {
  readonly shard?: string | undefined;
  readonly journal?: string | undefined;
  readonly resume: boolean;
  readonly stdinFilename?: string | undefined;
}

interface Selected {
  readonly paths?: readonly unknown[] | undefined;
  readonly level?: 'safe' | 'review' | undefined;
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
  readonly context?: string | undefined;
  readonly target?: string | undefined;
  readonly prefer?: Preference | undefined;
  readonly transform?: readonly string[] | undefined;
  readonly opt?: readonly string[] | undefined;
  readonly config?: string | undefined;
  readonly code: boolean;
  readonly onlyNew?: string | undefined;
  readonly baseline?: string | false | undefined;
}

/** What the options say of which Dockerfiles and transforms. Throws a UsageError. */
function selection({
  paths = [],
  level,
  only = [],
  skip = [],
  context,
  target,
  prefer,
  transform = [],
  opt = [],
  config,
  code,
  onlyNew,
  baseline,
}: Selected): Selection {
  if (!code && transform.length > 0) throw new UsageError('--transform is code, which --no-code keeps from being loaded');
  return {
    paths: paths.map(String),
    level: once('level', level),
    only: only.flatMap(parts),
    skip: skip.flatMap(parts),
    context: once('context', context),
    target: once('target', target),
    prefer: once('prefer', prefer),
    transform,
    opt,
    config: once('config', config),
    code,
    onlyNew: once('only-new', onlyNew),
    baseline: once('baseline', baseline),
  };
}

/** yargs makes a list of an option that is given twice. */
function once<Value>(name: string, value: Value): Value {
  if (Array.isArray(value)) throw new UsageError(`--${name} may be given once only`);
  return value;
}

function parts(commaSeparated: string): string[] {
  return commaSeparated
    .split(',')
    .map((id) => id.trim().replace('@./', '@'))
    .filter(Boolean);
}
