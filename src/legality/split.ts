import { posix } from 'node:path';
import { isObstacle } from '../ecosystems/closure.ts';
import { leavingOf, leavings } from '../ecosystems/index.ts';
import { homeOf } from '../steps/commands.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { broughtBy, filesBefore } from '../steps/image-files.ts';
import { cleanedBy, onlyCleans } from '../steps/leavings.ts';
import { isElsewhere } from '../steps/manifest-copies.ts';
import { flagsOf, isPlainList } from '../steps/neighbours.ts';
import { outputsBrought, outputsOf } from '../steps/outputs.ts';
import { absolute, isBelow, overlap } from '../steps/paths.ts';
import { closureOf, closureRead, obstacleOf, type ProjectInstall } from '../steps/project-installs.ts';
import type { Question } from './question.ts';

/** An install of the project, to run before the rest of the project is there: rules S1 to S12. */
export interface Split {
  readonly facts: Facts;
  readonly install: ProjectInstall;
}

export const maySplit: Question<Split> = {
  id: 'may-split',
  refusals: [
    {
      id: 'reads-the-project',
      because: 'the install needs more of the project than its manifests',
      applies: ({ install }) => {
        const obstacle = obstacleOf(install);
        return obstacle && `${obstacle.because}${obstacle.file === undefined ? '' : ` (${obstacle.file})`}`;
      },
    },
    {
      id: 'no-plain-list',
      because: 'only a plain list of commands joined by && can be parted',
      applies: ({ facts, install }) => {
        const { step, position, fetch } = install;
        if (!step.run) return true;
        // One command, which stays as it is.
        if (step.run.form === 'exec') return fetch !== undefined;
        if (step.run.opaque !== undefined) return step.run.opaque;
        if (fetch !== undefined) return position === undefined || !surelyRuns(install);
        if (position !== undefined && isPlainList(step.run)) return false;
        // What needs nothing of the source at all may be put together in any way.
        const compound = step.run.script?.items.some(({ pipeline }) => pipeline.length === 0);
        return compound === true || step.run.commands.map((one) => inTheWay(facts, install, one)).find((why) => why !== undefined);
      },
    },
    {
      id: 'not-alone',
      because: 'what the RUN does before the install may need the source',
      applies: ({ facts, install }) => {
        const { step, position = 0, fetch } = install;
        const before = fetch === undefined ? commandsByItem(step).slice(0, position).flat() : [];
        return before.map((command) => inTheWay(facts, install, command)).find((why) => why !== undefined);
      },
    },
    {
      id: 'prepared-by-the-run',
      because: 'in front of the RUN it would be fetched without what the RUN does before the install',
      applies: ({ install: { step, position = 0, fetch } }) => {
        const before = fetch === undefined ? [] : commandsByItem(step).slice(0, position).flat();
        return before.map(changesLater).find((why) => why !== undefined);
      },
    },
    {
      id: 'shell-state',
      because: 'the rest of the RUN lives on what the commands before it did to their shell',
      applies: ({ facts, install }) => {
        const { step } = install;
        const rest = firstOfRest(facts, install);
        if (rest === undefined) return false;
        const before = commandsByItem(step).slice(0, rest).flat();
        return step.run?.script?.state ?? before.find((command) => command.kind === 'shell' && !setsNothingForList(command))?.program;
      },
    },
    {
      id: 'cut-down-later',
      because: 'the rest of the RUN removes or changes what the install brings: in a layer of its own that would stay, or be stored twice',
      applies: ({ facts, install }) => {
        const rest = firstOfRest(facts, install);
        const commands = rest === undefined ? [] : commandsByItem(install.step).slice(rest).flat();
        return install.step.stage.shipped && commands.find((command) => changesInstalled(install, command) || cleansBehind(install, command))?.program;
      },
    },
    {
      id: 'unknown-source',
      because: 'it is not known what a COPY before the install brings',
      applies: ({ facts, install }) => {
        const unknown = install.sources.find((step) => !broughtBy(facts, step)?.size);
        return unknown && `line ${unknown.instruction.startLine}`;
      },
    },
    {
      id: 'other-workdir',
      because: 'the working directory is another one at the install, and the COPY may name a file in the one before',
      applies: ({ install }) =>
        install.moved.some((source) => isElsewhere(source, install.step) && (source.instruction.json !== undefined || source.copy?.directory !== true)),
    },
    {
      id: 'cache-mount',
      because: 'a cache mount of the RUN keeps what it fetches, whatever is edited',
      applies: ({ install: { step, fetch } }) => step.run?.mounts.find(({ type, target }) => type === 'cache' && fetch?.kept?.test(target ?? ''))?.target,
    },
    {
      id: 'step-between',
      because: 'a step between the COPY and the install may need what the COPY brings',
      applies: ({ facts, install }) => {
        for (const step of install.between) {
          const why = stepInTheWay(facts, install, step);
          if (why !== undefined) return `line ${step.instruction.startLine}: ${why}`;
        }
        return false;
      },
    },
    {
      id: 'made-before',
      because: 'an earlier step writes a file that the install reads',
      applies: ({ install }) => {
        const [first] = install.moved;
        const { steps } = install.step.stage;
        const since = steps.slice(steps.indexOf(first ?? install.step), steps.indexOf(install.step));
        return since
          .flatMap(({ run }) => run?.commands ?? [])
          .flatMap(({ writes, removes }) => [...writes, ...removes])
          .find((path) => [...install.needed.keys()].some((file) => overlap(file, path)));
      },
    },
    {
      id: 'output-tracked',
      because: 'what git tracks where the install writes would replace what it installed',
      applies: ({ facts: { context }, install }) =>
        outputsBrought({ context }, install).find((path) => context.size(path) !== undefined || context.below(path).length > 0),
    },
  ],
  answer: ({ facts, install }) => {
    const floating = floatingIn(facts, install);
    const reasons = [
      closureOf(install)?.differs,
      floating &&
        `no exact version pins ${floating.what}: a rebuild keeps the release that was found first until ${floating.until} changes, where each edit of the source looked for a newer one`,
      facts.context.decided ? undefined : 'the build context is a guess, `--context` gives it: in another one other files may be needed',
    ].filter((reason) => reason !== undefined);
    const differs = reasons.length === 0 ? undefined : reasons.join('; ');
    const names = [...install.needed.values()].map(({ source }) => source);
    const program = install.command.program ?? 'the install';
    return {
      allowed: differs === undefined ? 'safe' : 'review',
      because:
        names.length === 0
          ? `${program} reads nothing of the project here, which may change without it`
          : `${program} reads ${names.length === 1 ? (names[0] ?? '') : `${names.length} files`} here, the rest of the project may change without it`,
      differs,
    };
  },
};

/** The first thing that nothing pins, of all that no longer runs again with the source, and what makes it run again. */
function floatingIn(facts: Facts, install: ProjectInstall): { readonly what: string; readonly until: string } | undefined {
  const { step, between, fetch, command } = install;
  const until = changeOf(install);
  const own = closureOf(install)?.floating;
  if (own !== undefined) return { what: own, until };
  // What is not behind the manifests afterwards waits for no change of theirs.
  const passed = between.flatMap((one) => (one.run?.commands ?? []).map((run) => ({ what: floatingOf(facts, one, run), until: 'its own line' })));
  const beside = fetch === undefined ? commandsByItem(step).slice(0, firstOfRest(facts, install)).flat() : [];
  passed.push(...beside.filter((one) => one !== command).map((one) => ({ what: floatingOf(facts, step, one), until })));
  for (const { what, until: change } of passed) if (what !== undefined) return { what, until: change };
  return undefined;
}

/** What a command brings that may be another release the next time. */
function floatingOf(facts: Facts, step: Step, command: CommandFacts): string | undefined {
  const { kind, use, program = '' } = command;
  const read = closureRead(command, facts, step);
  if (read && !isObstacle(read) && read.floating !== undefined) return read.floating;
  return kind === 'fetch' || use?.action === 'upgrade' || (use?.action === 'install' && !read) ? `what \`${program}\` brings` : undefined;
}

/** What makes the install run again. */
export function changeOf({ needed }: ProjectInstall): string {
  return needed.size > 0 ? 'a manifest' : 'its own line';
}

/** The position of the first item behind the install that may need the source; undefined where all of them may stay with it. */
export function firstOfRest(facts: Facts, install: ProjectInstall): number | undefined {
  if (install.fetch !== undefined) return undefined;
  const items = commandsByItem(install.step);
  const rest = items.findIndex((commands, i) => i > (install.position ?? 0) && commands.some((command) => inTheWay(facts, install, command) !== undefined));
  return rest < 0 ? undefined : rest;
}

/** The commands of each item of the RUN's list, those in its substitutions among them. */
function commandsByItem({ run }: Step): CommandFacts[][] {
  const items = run?.script?.items ?? [];
  return items.map(({ start, end }) => run?.commands.filter(({ command }) => command.start >= start && command.end <= end) ?? []);
}

/** The RUN fails where the install fails, and never comes to its end without it. */
function surelyRuns({ step, position = 0 }: ProjectInstall): boolean {
  const items = step.run?.script?.items ?? [];
  const connectors = items.map(({ connector }) => connector ?? ';');
  if (items.slice(0, position + 1).some((item, i) => item.background || connectors[i] === '||')) return false;
  if (connectors.slice(position + 1).every((connector) => connector === '&&')) return true;
  // `set -e` looks over what fails in front of an `&&`.
  return isStopped(step, position) && connectors[position] === ';' && connectors[position + 1] === ';';
}

/** A command that fails ends the RUN. */
function isStopped(step: Step, position: number): boolean {
  const before = commandsByItem(step).slice(0, position).flat();
  return step.state.errexit || before.some((command) => setsOptions(command) && command.arguments.some(({ text }) => /^-\w*e|^errexit$/.test(text)));
}

/** `set -eux`: when the shell ends, and what it prints. */
function setsOptions({ program, arguments: all }: CommandFacts): boolean {
  return program === 'set' && all.length > 0 && all.every(({ text }) => /^-[euvxo]+$|^(errexit|nounset|pipefail|xtrace|verbose)$/.test(text));
}

/** The same of options with which a list of `&&` does what it does without them. */
function setsNothingForList(command: CommandFacts): boolean {
  return setsOptions(command) && command.arguments.every(({ text }) => /^-[evx]+$/.test(text));
}

/** The name of a command that may change what a later one of its RUN does; a `cd` is written in front of the fetch, too. */
function changesLater(facts: CommandFacts): string | undefined {
  const { kind, program, writes, unknownPaths, command } = facts;
  if ((kind === 'look' && writes.length === 0 && !unknownPaths) || program === 'cd' || setsOptions(facts)) return undefined;
  return `\`${program ?? command.words[0]?.text ?? ''}\``;
}

/** Why a command cannot run before the source is there: it may read it, or is not known. */
function inTheWay(facts: Facts, install: ProjectInstall, command: CommandFacts, step = install.step): string | undefined {
  const name = `\`${command.program ?? command.command.words[0]?.text ?? ''}\``;
  if (command === install.command || onlyCleans(command, leavings, step.state)) return undefined;
  if (command.kind === 'unknown' || command.unknownPaths) return name;
  if (command.kind === 'shell' && needsSource(facts, install, command, step)) return name;
  const managed = command.kind === 'package';
  if (managed && readsSource(facts, install, command, step)) return name;
  const places = managed ? command.reads : [...command.reads, ...command.writes, ...command.removes];
  return places.some((place) => install.moved.some((source) => touches(facts, source, place))) ? name : undefined;
}

/** A call of a package manager that reads what the sources bring, as far as is known. */
function readsSource(facts: Facts, install: ProjectInstall, command: CommandFacts, step: Step): boolean {
  const { use, workdir, arguments: all } = command;
  const read = closureRead(command, facts, step);
  if (read && isObstacle(read)) return true;
  if (!read && (use?.action === 'install' ? use.reads?.length !== 0 : (use?.reads?.length ?? 0) > 0)) return true;
  const files = filesBefore(step, facts);
  // `apt-key add keys/mirror.asc`
  const names = read?.files ?? all.flatMap(({ value }) => value ?? []);
  const paths = names.map((name) => posix.resolve(workdir ?? '/', name));
  return paths.some(
    (path) =>
      install.sources.some((source) => source === files.get(path)?.step) ||
      install.moved.some(({ copy }) => copy?.from !== undefined && overlap(path, copy.path ?? '/')),
  );
}

/** Commands that run what they are given, which may be anything. */
const evaluating: readonly (string | undefined)[] = ['eval', 'exec', 'trap'];

/** A `cd` into a folder that only the source makes, or commands that are read from it. */
function needsSource(facts: Facts, install: ProjectInstall, { program, arguments: all, workdir }: CommandFacts, { state }: Step): boolean {
  if (evaluating.includes(program)) return true;
  const reads = program === '.' || program === 'source';
  const enters = program === 'cd' || program === 'pushd';
  const word = all.find(({ text }) => text !== '--');
  if ((!reads && !enters) || (enters && word === undefined)) return false;
  const place = word?.value === undefined ? undefined : absolute(word.value, workdir, homeOf(state));
  if (place === undefined) return true;
  const made = enters && [state.workdir, ...install.needed.keys()].some((path) => path !== undefined && isBelow(path, place));
  return !made && install.moved.some((source) => touches(facts, source, place));
}

/** A place in the image that a COPY brings, or that lies in the folder that it brings. */
function touches(facts: Facts, step: Step, place: string): boolean {
  const path = step.copy?.path;
  if (path === undefined || step.copy?.directory === false) return path === undefined || overlap(place, path);
  if (!overlap(place, path)) return false;
  return [...(broughtBy(facts, step)?.keys() ?? [])].some((file) => overlap(file, place)) || path !== '/';
}

function stepInTheWay(facts: Facts, install: ProjectInstall, step: Step): string | undefined {
  const { run, copy, instruction } = step;
  if (run) {
    if (run.opaque !== undefined) return run.opaque;
    if (run.mounts.some(({ type }) => type === 'bind')) return 'it has a bind mount';
    return run.commands.map((command) => inTheWay(facts, install, command, step)).find((why) => why !== undefined);
  }
  if (copy) {
    const { path } = copy;
    const brought = copy.from === undefined ? broughtBy(facts, step) : undefined;
    if (brought) return install.moved.some((source) => replaces(facts, step, source)) ? 'it replaces a file of the COPY' : undefined;
    return path === undefined || install.moved.some((source) => touches(facts, source, path)) ? 'it goes into the same folder' : undefined;
  }
  // It makes the folder, which the COPY would have made with its own owner and mode.
  const owned = install.moved.some((source) => source.instruction.flags.some(({ name }) => name === 'chown' || name === 'chmod'));
  if (instruction.keyword === 'WORKDIR' && owned) return 'WORKDIR';
  return instruction.keyword === 'SHELL' || instruction.keyword === 'ONBUILD' ? instruction.keyword : undefined;
}

/** A COPY brings a file that another one brings, too, from elsewhere or in another way. */
function replaces(facts: Facts, later: Step, earlier: Step): boolean {
  const other = broughtBy(facts, earlier);
  const same = later.instruction.keyword === earlier.instruction.keyword && flagsOf(later) === flagsOf(earlier);
  return [...(broughtBy(facts, later) ?? [])].some(([path, source]) => other?.has(path) && !(same && other.get(path) === source));
}

function changesInstalled(install: ProjectInstall, command: CommandFacts): boolean {
  if (command.use?.action === 'remove') return true;
  return [...command.removes, ...command.writes].some((path) => outputsOf(install).some((output) => overlap(path, output)));
}

/** It removes downloads that the install leaves, which would stay in the layer of the install. */
function cleansBehind({ command: { use }, step }: ProjectInstall, command: CommandFacts): boolean {
  return (use?.leaves ?? []).some((id) => {
    const leaving = leavingOf(id);
    return leaving !== undefined && cleanedBy(command, leaving, step.state);
  });
}
