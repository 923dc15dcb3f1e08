import { commandsWithin } from './package-scripts.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';

/** Which commands compile, or call what does. */

const builders =
  /^(gcc|g\+\+|cc|c\+\+|clang(\+\+)?|make|gmake|cmake|ninja|meson|scons|waf|configure|Configure|config|autogen\.sh|autoreconf|buildconf|bootstrap(\.sh)?|pecl|phpize|docker-php-ext-(install|configure)|luarocks|cpanm?|Rscript|R|install2\.r|node-gyp|easy_install|stack|cabal|ghc|rebar3?|nim|opam|raco)(-?\d+(\.\d+)*)?$/;

/** They run a program, or change the system, and compile nothing themselves. */
const compilingNothing =
  /^(python[\d.]*|node|php|java|artisan|django-admin|flask|git|service|a2enmod|a2ensite|useradd|openssl|locale-gen|setcap|nproc|exit|sleep|gunicorn|celery|hash|touch|ssh-keygen|update-ca-certificates|crontab|docker-php-ext-enable|phpenmod|playwright|nltk|spacy|supervisord)$/;

/** Words behind a language's package manager by which it only runs something. */
const runsOnly = /^(start|run|run-script|exec|serve|stop|config)$/;

/** What a compiler's package brings beside it: https://packages.debian.org/dpkg-dev */
const unpacksWith = /\b(xz|bzip2|bunzip2)\b|\.(t?xz|t?bz2?)\b|(^|\s)-?[a-zA-Z]*[Jj][a-zA-Z]*(\s|$)/;
const broughtAlong = /^(perl|patch|xz|bzip2)$/;

/** True for what is known to build: compilers, `make` and its like, and installs of a language's packages. */
export function surelyBuilds({ kind, use, ecosystem, program, path, arguments: all }: CommandFacts): boolean {
  if (kind === 'package') return ecosystem?.manifests.length !== 0 && (use?.action === 'install' || use?.action === 'upgrade');
  if (kind !== 'unknown') return false;
  if (/^python[\d.]*$/.test(program ?? '')) return all.some(({ value }) => /(^|\/)setup\.py$/.test(value ?? ''));
  if (ecosystem) return ecosystem.manifests.length > 0 && !compilingNothing.test(program ?? '') && !runsOnly.test(all[0]?.value ?? '');
  return builders.test(program ?? '') || (path?.endsWith('/configure') ?? false);
}

/** True for a program that comes with a compiler's package, or builds. */
export function usesBuildPackages(command: CommandFacts): boolean {
  return surelyBuilds(command) || broughtAlong.test(command.program ?? '');
}

/** The first command of a step that may need a compiler, a header or a tool that comes with them; undefined where none does. */
export function mayBuild(facts: Facts, step: Step): string | undefined {
  const { run, instruction } = step;
  if (!run) return undefined;
  if (run.commands.length === 0 || run.opaque !== undefined) return `line ${instruction.startLine}`;
  // What a script of a package.json calls comes from its packages, which bring no compiler.
  const found = commandsWithin(facts, step).find((command) => surelyBuilds(command) || (run.commands.includes(command) && isUnclear(command)));
  return found && `\`${found.path ?? found.command.words[0]?.text ?? '?'}\` in line ${instruction.startLine}`;
}

/** A step with a command that builds for sure. */
export function isBuild(facts: Facts, step: Step): boolean {
  return step.run !== undefined && commandsWithin(facts, step).some(surelyBuilds);
}

function isUnclear({ kind, program, command }: CommandFacts): boolean {
  const text = command.words.map((word) => word.text).join(' ');
  if (kind === 'archive') return unpacksWith.test(text);
  if (kind === 'shell') return program === 'eval' || program === '.' || program === 'source' || program === 'exec';
  return kind === 'unknown' && !compilingNothing.test(program ?? '');
}
