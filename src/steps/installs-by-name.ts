import { once } from '../once.ts';
import { broughtBy } from './image-files.ts';
import { overlap } from './paths.ts';
import { meets } from './late-deletions.ts';
import type { CommandFacts, Facts, StageFacts, Step } from './facts.ts';

/** COPYs of what a project changes, to come below RUNs that install by name alone. */
export interface SourceAbove {
  /** The COPYs, in order. */
  readonly moved: readonly Step[];
  /** The RUNs, in order. */
  readonly passed: readonly Step[];
  /** The last of them. */
  readonly behind: Step;
}

/** Scripts of official images that build what is named, in folders of their own: https://github.com/docker-library/php */
const building = /^(docker-php-ext-install|pecl)$/;
/** They prepare that, or switch it on; Debian's apache2 and php-common have some. */
const switching = /^(docker-php-ext-(configure|enable)|docker-php-source|a2(en|dis)(mod|site|conf)|phpenmod)$/;

/** Every COPY of a stage that stands above such RUNs with nothing else between that either lives on. */
export function sourcesAbove(facts: Facts): SourceAbove[] {
  return facts.stages.flatMap((stage) => (stage.base.family === 'windows' ? [] : sourcesIn(facts, stage)));
}

/** COPYs that are moved together. */
const most = 20;

function sourcesIn(facts: Facts, stage: StageFacts): SourceAbove[] {
  const found: SourceAbove[] = [];
  let pending: Step[] = [];
  let passed: Step[] = [];
  const flush = (): void => {
    const behind = passed.findLast(installsByName);
    if (behind) {
      const above = ({ instruction }: Step): boolean => instruction.index <= behind.instruction.index;
      found.push({ moved: pending.filter(above), passed: passed.filter(above), behind });
    }
    [pending, passed] = [[], []];
  };
  for (const step of stage.steps) {
    if (isSource(facts, step)) pending.push(step);
    // So many are no row that anybody would move.
    if (pending.length > most) [pending, passed] = [[], []];
    if (pending.at(-1) === step) continue;
    if (!pending.every((copy) => goesPast(copy, step))) {
      if (passed.some(installsByName)) flush();
      pending = thoseThatGoPast(pending, step);
      if (pending.length === 0) passed = [];
    }
    if (step.run && pending.length > 0) passed.push(step);
  }
  flush();
  return found;
}

/** A COPY that the step hangs on stays above it, and those in front of it go past that one, too. */
function thoseThatGoPast(pending: readonly Step[], step: Step): Step[] {
  let kept: readonly Step[] = [];
  const barring = [step];
  for (const copy of pending.toReversed()) {
    if (barring.every((one) => goesPast(copy, one))) kept = [copy, ...kept];
    else barring.push(copy);
  }
  return [...kept];
}

/** It brings what the project itself holds or builds, to a place of its own. */
export function isSource({ stages }: Facts, { copy, instruction }: Step): boolean {
  if (!copy || copy.path === undefined || instruction.heredocs.length > 0 || instruction.joined.text.includes('$')) return false;
  if (copy.from !== undefined && !stages.some(({ stage }) => stage.name?.toLowerCase() === copy.from?.toLowerCase() || String(stage.index) === copy.from))
    return false;
  return !copy.sources.some((source) => /^\w+:\/\/|^git@/.test(source)) && !isOfSystem(copy.path, copy.directory ? copy.sources : []);
}

/** Where distributions put files of packages, or look for their settings. https://refspecs.linuxfoundation.org/FHS_3.0/fhs-3.0.html */
function isOfSystem(path: string, sources: readonly string[]): boolean {
  if (/^\/(usr(\/local)?\/(src|app)|var\/(www|task|app))(\/|$)/.test(path)) return false;
  // A script to be called by its path.
  const names = sources.length > 0 ? sources : [path];
  if (/^\/usr\/local\/s?bin(\/|$)/.test(path) && names.every((name) => /[\w-]\.\w+$|entrypoint/.test(name))) return false;
  return /^\/($|root($|\/\.)|(bin|boot|dev|etc|lib\w*|proc|run|sbin|sys|usr|var)(\/|$))/.test(path);
}

/** A RUN that installs packages by their names. */
export function installsByName({ run }: Step): boolean {
  return run?.commands.some(isInstallByName) === true;
}

function isInstallByName(command: CommandFacts): boolean {
  const { kind, use, program } = command;
  return kind === 'unknown' ? building.test(program ?? '') : kind === 'package' && use?.action === 'install' && isOfNames(command);
}

/** It hangs on names alone, and on the files that it names. */
function isOfNames(facts: CommandFacts): boolean {
  const { kind, use, program, ecosystem, unknownPaths, command, arguments: all } = facts;
  if (command.redirections.some(({ target }) => target !== undefined && !/^\/|^\d*-?$/.test(target.value ?? ''))) return false;
  if (kind === 'package') {
    if (!use || (use.action === 'install' && (use.packages ?? []).length === 0 && !namesReleases(facts))) return false;
    // One that knows no files of a project reads none.
    return use.action === 'clean' || (ecosystem?.manifests.length === 0 ? (use.reads ?? []).length === 0 : use.reads?.length === 0);
  }
  if (program === 'dpkg') return all.every(({ value }) => /^[-/]/.test(value ?? ''));
  if (kind === 'unknown') return (building.test(program ?? '') || switching.test(program ?? '')) && command.words.every(({ value }) => value !== undefined);
  return kind === 'shell' ? ['cd', 'set', 'export', 'true', ':'].includes(program ?? '') : !unknownPaths;
}

/** `curl=7.*`: the manager, and no file, says what the pattern means. */
function namesReleases({ use, command, arguments: all }: CommandFacts): boolean {
  const words = command.words.slice(command.words.length - all.length).slice((use?.actionAt ?? all.length) + 1);
  const named = words.filter(({ text }) => !text.startsWith('-'));
  return named.length > 0 && named.every(({ text, value }) => /^[\w.+-]+(=[\w.+:~*-]+)?$/.test(text) && (value !== undefined || text.includes('=')));
}

/** Nothing that the step does or is hangs on whether the COPY came before it. */
export function goesPast(copy: Step, step: Step): boolean {
  const { keyword } = step.instruction;
  const path = copy.copy?.path ?? '/';
  if (step.run) return !mayReach(step, copy, path);
  if (step.copy) return step.copy.path !== undefined && !overlap(step.copy.path, path);
  if (keyword === 'WORKDIR') return isAbsolute(copy) && !copy.instruction.flags.some(({ name }) => name === 'chown' || name === 'chmod');
  return ['ENV', 'ARG', 'LABEL', 'EXPOSE', 'CMD', 'ENTRYPOINT', 'STOPSIGNAL', 'HEALTHCHECK', 'USER'].includes(keyword);
}

function mayReach(step: Step, copy: Step, path: string): boolean {
  const { commands = [] } = step.run ?? {};
  if (!hangsOnNames(step)) return true;
  if (path.length > 1 && step.instruction.joined.text.includes(path)) return true;
  if (servesFiles(step, path) || isHomeMade(step, path) || isOfPackage(step, path)) return true;
  return commands.some((command) => command.kind !== 'package' && command.kind !== 'unknown' && meets(copy, command));
}

/** Of every command is known that it hangs on names alone. */
const hangsOnNames = once(
  ({ run }: Step): boolean => run !== undefined && run.opaque === undefined && run.commands.length > 0 && run.commands.every(isOfNames),
);

function isAbsolute({ copy }: Step): boolean {
  return copy?.destination.startsWith('/') ?? false;
}

/** A web server's package puts its first page where there is none. */
function servesFiles({ run }: Step, path: string): boolean {
  return (
    /^\/var\/www(\/|$)/.test(path) &&
    run?.commands.some(({ arguments: all }) => all.some(({ text }) => /apache|nginx|httpd|lighttpd|caddy/.test(text))) === true
  );
}

/** A new user gets what is at the home already as it is, and else a folder of its own. */
function isHomeMade({ run }: Step, path: string): boolean {
  return overlap(path, '/home') && run?.commands.some(({ kind }) => kind === 'user') === true;
}

/** Some distributions' packages lie in a folder of their name there. */
function isOfPackage({ instruction }: Step, path: string): boolean {
  const folder = /^\/(?:opt|srv)\/([^/]+)/.exec(path)?.[1];
  return folder !== undefined && instruction.joined.text.split(/[^\w.]+/).includes(folder);
}

/** Fewer commits than this say little. */
const fewest = 10;

export interface ChangeCounts {
  readonly commits: number;
  /** Commits that touched a file which the COPYs bring. */
  readonly copied: number;
  /** Commits that wrote a line of this Dockerfile with the name of a package which the RUNs install. */
  readonly installed: number;
}

/** How often commits changed what is copied and what is installed; undefined where that is not known, or too little to go by. */
export const changeCounts = once(({ moved, passed }: SourceAbove, facts: Facts): ChangeCounts | undefined => {
  const brought = moved.map((step) => broughtBy(facts, step));
  const [commits, history] = [facts.context.commits(), facts.context.history()];
  if (!commits || commits.length < fewest || brought.includes(undefined)) return undefined;
  const files = new Set(brought.flatMap((one) => [...(one ?? [])].map(([, source]) => source)));
  const names = new Set(
    passed.flatMap(({ run }) =>
      (run?.commands ?? []).flatMap(({ use, arguments: all }) => (use?.packages ?? []).flatMap((position) => all[position]?.value ?? [])),
    ),
  );
  return {
    commits: commits.length,
    copied: commits.filter((paths) => paths.some((path) => files.has(path))).length,
    installed: (history?.written ?? []).filter((lines) => lines.some((line) => line.split(/[\s\\;&|]+/).some((word) => names.has(word)))).length,
  };
});
