#!/usr/bin/env node
import yargs, { type Argv } from 'yargs';
import metadata from '../../package.json' with { type: 'json' };
import { UsageError } from '../usage-error.ts';

// A reader that has seen enough (`dockopt | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const formats = ['pretty', 'patch', 'json'] as const;
const levels = ['safe', 'review'] as const;
const typed = process.argv.slice(2);

try {
  await commandLine().parseAsync();
} catch (error) {
  const usage = error instanceof UsageError || (error instanceof Error && error.name === 'YError');
  process.stderr.write(
    `dockopt: ${usage && error instanceof Error ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = usage ? 2 : 3;
}

function commandLine(): Argv {
  return yargs(typed)
    .scriptName('dockopt')
    .usage('dockopt rewrites Dockerfiles: small patches that never break a build, each with its reason.')
    .command('$0 [paths..]', false, rewriteOptions, async (given) => {
      const { paths = [], only = [], skip = [], transform = [], opt = [] } = given;
      const stdinFilename = once('stdin-filename', given['stdin-filename']);
      if (given.write && given.check) throw new UsageError('--write and --check exclude each other');
      if (stdinFilename !== undefined && (given.write || paths.length > 0)) throw new UsageError('--stdin-filename goes with neither --write nor paths');
      if (!given.code && transform.length > 0) throw new UsageError('--transform is code, which --no-code keeps from being loaded');
      const wanted = {
        ...given,
        paths: paths.map(String),
        level: once('level', given.level),
        format: once('format', given.format),
        context: once('context', given.context),
        target: once('target', given.target),
        config: once('config', given.config),
        only: only.flatMap(parts),
        skip: skip.flatMap(parts),
        transform,
        opt,
        typed,
      };
      if (stdinFilename === undefined) {
        const { rewrite } = await import('./rewrite.ts');
        process.exitCode = await rewrite(wanted, process.cwd());
      } else {
        const { rewriteStdin } = await import('./stdin.ts');
        process.exitCode = await rewriteStdin(stdinFilename, wanted, process.cwd());
      }
    })
    .command('list', 'name the transforms: id, level, on or off, title', {}, async () => {
      const { list } = await import('./list.ts');
      process.stdout.write(list());
    })
    .command(
      'explain <id>',
      'tell what a transform does, what it keeps, and where it holds back',
      (command) => command.positional('id', { type: 'string', demandOption: true, describe: 'the id of a transform or of a finding' }),
      async ({ id }) => {
        const { explain } = await import('./explain.ts');
        process.stdout.write(explain(id));
      },
    )
    .command(
      'init',
      'write a configuration to start from, and name the Dockerfiles that it holds for',
      (command) => command.option('json', { type: 'boolean', default: false, describe: 'dockopt.config.json, even where there is a package.json' }),
      async ({ json }) => {
        const { init } = await import('./init.ts');
        process.stdout.write(init(json, process.cwd()));
      },
    )
    .example([
      ['dockopt', 'on a terminal: what would change in this folder, and why; in a pipe: the patch'],
      ['dockopt | git apply', 'the same as dockopt --write'],
      ['dockopt --write services/api', 'rewrite the Dockerfiles of one folder'],
      ['dockopt --check', 'for CI: exit code 1 where a change is pending'],
      ['dockopt --level review --why', 'with the changes that need your judgement, all reasons told'],
      ['dockopt --skip chain-runs@Dockerfile:3', 'without one finding'],
      ['dockopt -t ./mine.ts', 'a transform of your own'],
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
  const several = { type: 'string', array: true, nargs: 1 } as const;
  return command
    .positional('paths', { type: 'string', array: true, describe: 'Dockerfiles, or folders in which they are found (default: this folder)' })
    .option('write', { type: 'boolean', default: false, describe: 'apply the changes to the files' })
    .option('check', {
      type: 'boolean',
      default: false,
      describe: 'only name the files that would change; exit code 1 where there are any',
    })
    .option('level', { choices: levels, nargs: 1, describe: 'what is applied: what is proven (safe, the default), or also what needs your judgement' })
    .option('only', { ...several, describe: 'ids of transforms, or of findings (id@file:line); commas part several' })
    .option('skip', { ...several, describe: 'the same, left out' })
    .option('context', { type: 'string', nargs: 1, describe: 'the build context (default: inferred for each file)' })
    .option('target', { type: 'string', nargs: 1, describe: 'a stage that is built and shipped, beside the last one' })
    .option('transform', { ...several, alias: 't', describe: 'a file with a transform of your own; built-in ones then run only where --only names them' })
    .option('opt', { ...several, describe: 'an option of your own transform: name=value, or id.name=value where several have it' })
    .option('config', { type: 'string', nargs: 1, describe: 'a configuration (default: the nearest dockopt.config.{ts,js,mjs,json} or package.json upwards)' })
    .option('code', { type: 'boolean', default: true, hidden: true })
    .option('no-code', {
      type: 'boolean',
      describe: 'load no code of the repository, neither configuration nor transforms: for CI on the pull requests of others',
    })
    .option('stdin-filename', {
      type: 'string',
      nargs: 1,
      describe: 'a Dockerfile is read from stdin, the new one goes to stdout; this is its path, and need not be there',
    })
    .option('format', { choices: formats, nargs: 1, describe: 'of the result (default: pretty on a terminal, patch in a pipe)' })
    .option('why', { type: 'boolean', default: false, describe: 'every change and every refusal, with reasons' });
}

/** yargs makes a list of an option that is given twice. */
function once<Value>(name: string, value: Value): Value {
  if (Array.isArray(value)) throw new UsageError(`--${name} may be given once only`);
  return value;
}

function parts(list: string): string[] {
  return list
    .split(',')
    .map((id) => id.trim().replace('@./', '@'))
    .filter(Boolean);
}
