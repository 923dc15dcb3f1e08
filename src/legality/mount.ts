import { posix } from 'node:path';
import { hasCacheMounts } from '../dockerfile/frontend.ts';
import type { Ecosystem } from '../ecosystems/ecosystem.ts';
import { leavingOf } from '../ecosystems/index.ts';
import { once } from '../once.ts';
import { forgetfulBuilder, otherBuilder } from '../steps/builder.ts';
import { cacheUsesOf, isMountedInParts, unmounted, usesTogether, type CacheUse } from '../steps/cache-uses.ts';
import type { CommandFacts, Facts, StageFacts, Step } from '../steps/facts.ts';
import { mountPlan, type PlanProblem } from '../steps/mount-plan.ts';
import { filesBefore } from '../steps/image-files.ts';
import { commandNames, textNames } from '../steps/named-folders.ts';
import { earlierSteps, laterSteps } from '../steps/neighbours.ts';
import { commandsWithin } from '../steps/package-scripts.ts';
import { absolute, isBelow, overlap } from '../steps/paths.ts';
import { runScript, runsUnreadRecipe, startScripts } from '../steps/scripts.ts';
import { stepsOnItsLeavings } from './lived-on.ts';
import { ask, isRefused, type Question, type Refusal } from './question.ts';

/** A cache of one RUN, to be kept on a mount: rules C1 to C15. */
export interface MountedCache {
  readonly facts: Facts;
  readonly use: CacheUse;
}

/** What holds for each RUN alone. */
const alone: readonly Refusal<MountedCache>[] = [
  {
    id: 'other-builder',
    because: 'a file of the repository builds with something else than BuildKit, which may know no cache mounts',
    applies: ({ facts }) => otherBuilder(facts),
  },
  {
    id: 'old-frontend',
    because: 'the frontend that the file asks for knows no cache mounts',
    applies: ({ facts }) => !hasCacheMounts(facts.dockerfile),
  },
  {
    id: 'unknown-base',
    because:
      'what the base sets is not known, the home of its user and the place of its caches (if you know one that it is like, `images` in dockopt.config says so)',
    applies: ({ use }) => !use.step.stage.base.known,
  },
  {
    id: 'unknown-user',
    because: 'the id and the home of the user who runs it are not known',
    applies: ({ use }) => use.identity === undefined,
  },
  {
    id: 'nothing-to-install',
    because: 'it installs what a manifest asks for, and no step brings one',
    applies: ({ use }) => use.calls.length > 0 && use.calls.every(({ command }) => installsFromNoManifest(use.step, command)),
  },
  {
    id: 'cannot-write-beside',
    because: 'on the way to the cache the mount would make folders that belong to root, and the user could write nothing else there',
    applies: ({ use }) => foreignParent(use),
  },
  {
    id: 'moved-by-a-step',
    because: 'an earlier step sets where the cache lies',
    applies: ({ use }) => movedBy(use),
  },
  {
    id: 'holds-something',
    because: 'an earlier step brings files there, and the mount would hide them',
    applies: ({ facts, use }) => broughtThere(facts, use),
  },
  {
    id: 'busy',
    because: 'the RUN removes the folder of the cache, which fails while a mount is there, or what is in it, which later builds would miss',
    applies: (subject) => problemOf(subject, 'busy') ?? clearingScript(subject),
  },
  {
    id: 'inside-what-is-installed',
    because: 'another call of the RUN installs the folder that the cache lies in, and cannot make it anew while a mount is there',
    applies: ({ facts, use }) => installedAround(facts, use),
  },
  {
    id: 'covers-more',
    because: 'the RUN removes more than the cache together with it, which fails while a mount is there',
    applies: (subject) => problemOf(subject, 'covers-more'),
  },
  {
    id: 'out-of-reach',
    because: 'what would keep the mount empty cannot be taken out',
    applies: (subject) => problemOf(subject, 'out-of-reach'),
  },
  {
    id: 'copied-along',
    because: 'a command of the RUN copies what lies around the cache, and with the mount it would copy what other builds left there',
    applies: ({ use }) => copiedAlong(use),
  },
  {
    id: 'hook-changed',
    because: 'another step changes what the image does with the cache',
    applies: ({ facts, use }) => hookNamed(facts, use),
  },
  {
    id: 'earlier-index',
    because: 'it lives on what an earlier RUN left there',
    applies: ({ use }) => livesOnEarlier(use),
  },
  {
    id: 'later-index',
    because: 'a later step installs from what this one leaves there',
    applies: ({ facts, use }) => laterIndex(facts, use),
  },
  {
    id: 'named-later',
    because: 'a later step, or the command of the image, names the folder, and would find nothing there',
    applies: ({ facts, use }) => namedLater(facts, use),
  },
  {
    id: 'several-managers',
    because: 'which of several managers runs is decided in the RUN',
    applies: ({ facts, use }) => alternatives(facts, use),
  },
];

/** What later steps say of each RUN that shares the cache. */
const behind: Question<MountedCache>['refusals'] = [
  {
    id: 'offline-later',
    because: 'a later call fetches nothing and lives on what this one leaves in the image',
    applies: ({ facts, use }) => offlineCall(facts, use),
  },
  {
    id: 'made-for-later',
    because: 'a RUN puts there what no build can fetch again, and a later one may need it: a mount may be emptied while the layers stay',
    applies: ({ facts, use }) => madeForLater(facts, use),
  },
  {
    id: 'used-at-start',
    because: "the image's own command lives on what is kept there",
    applies: ({ facts, use }) => startCall(facts, use),
  },
  {
    id: 'layer-lived-on',
    because: 'a later RUN lives on this layer, and builds are started where no mount is kept: an empty one would hide what the layer holds',
    applies: ({ facts, use }) => (livesOnLayers(facts, use) ? forgetfulBuilder(facts) : undefined),
  },
  {
    id: 'unread-call',
    because: 'a later step runs what cannot be read, and may need the same content',
    applies: ({ facts, use }) => unreadCall(facts, use),
  },
];

const mayMountAlone: Question<MountedCache> = {
  id: 'may-mount',
  refusals: [...alone, ...behind],
  answer: () => ({ allowed: 'safe', because: 'nothing of this RUN is in the way' }),
};

/** What holds for all RUNs that share the cache. */
export const mayMount: Question<MountedCache> = {
  id: 'may-mount',
  refusals: [
    ...alone,
    ...behind,
    {
      id: 'not-all',
      because: 'another RUN needs the same content, and cannot get the mount',
      applies: ({ facts, use }) => unmountable(facts, use),
    },
  ],
  answer: ({ facts, use }) => {
    const because = 'what is kept there is fetched again where it is missing, and no layer needs it';
    // RUNs that live on each other's content get the mount together, or none does.
    const others = use.calls.some(({ caching }) => caching.livedOn) ? usesTogether(facts, use).filter((other) => unmounted(other).length > 0) : [];
    const differs = [use, ...others]
      .flatMap(({ calls }) => calls)
      .map(({ caching }) => caching.differs)
      .find((one) => one !== undefined);
    return differs === undefined ? { allowed: 'safe', because } : { allowed: 'review', because, differs };
  },
};

function problemOf({ facts, use }: MountedCache, problem: PlanProblem['problem']): string | undefined {
  return problemsOf(use, facts).find((one) => one.problem === problem)?.what;
}

const problemsOf = once(({ step, ...use }: CacheUse, { dockerfile }: Facts) =>
  step.run ? mountPlan(dockerfile.text, step.run, [{ step, ...use }]).problems : [],
);

/** The first folder above a cache that is none of the user's own. */
function foreignParent({ step, identity, directories, calls }: CacheUse): string | undefined {
  if (!identity || identity.uid === 0 || calls.every(({ caching }) => caching.inWritable)) return undefined;
  return directories.find((directory) => {
    const parent = posix.dirname(directory);
    return !(identity.owns && parent === identity.home) && !makesFolder(step, parent);
  });
}

/** An earlier RUN made a folder for the user of a step: as that user, or with a chown of it, or of one above it, behind. */
function makesFolder(step: Step, folder: string): boolean {
  const { user = 'root' } = step.state;
  const name = user.split(':')[0] ?? '';
  const commands = earlierSteps(step).flatMap(({ run, state }) => (run?.commands ?? []).map((command) => ({ command, by: state.user?.split(':')[0] })));
  const made = commands.findIndex(
    ({ command: { program, writes, command } }) => program === 'mkdir' && !command.nested && writes.some((path) => isBelow(path, folder)),
  );
  if (made < 0) return false;
  if (commands[made]?.by === name) return true;
  return commands
    .slice(made + 1)
    .some(
      ({ command: { program, arguments: all, writes, command } }) =>
        program === 'chown' &&
        !command.nested &&
        all.some(({ value }) => value === name || value?.startsWith(`${name}:`)) &&
        writes.some((path) => path === folder || (isBelow(folder, path) && all.some(({ text }) => /^-\w*R|^--recursive$/.test(text)))),
    );
}

/** A call by which the manager is told where its caches lie: the first of a stage, or of those it is built FROM, before one that has a cache. */
function movedBy({ step, calls }: CacheUse): string | undefined {
  const [first] = calls;
  const ecosystem = first?.command.ecosystem;
  if (!first || !ecosystem) return undefined;
  const inRun = step.run?.commands.find((one) => one.command.start <= first.command.command.start && movesInRun(one, one === first.command));
  if (inRun) return `\`${inRun.command.words.map(({ text }) => text).join(' ')}\``;
  if (!ecosystem.movesCaches) return undefined;
  const moving = movingCalls(step.stage)(ecosystem)[0];
  if (!moving) return undefined;
  const before = moving.step === step ? moving.command.command.start < first.command.command.start : moving.step.instruction.index < step.instruction.index;
  return before ? `\`${moving.command.command.words.map((word) => word.text).join(' ')}\`` : undefined;
}

/** Variables that say where a home or a cache is, set for the rest of the RUN, or for the call itself. */
function movesInRun({ program, arguments: all, command, call }: CommandFacts, isCall: boolean): boolean {
  if (isCall && command.words.some(({ text }) => /^(HOME|XDG_CACHE_HOME)=/.test(text))) return true;
  const names = [...command.assignments.map(({ name }) => name), ...(isCall ? (call?.assignments.map(({ name }) => name) ?? []) : [])];
  const exported = program === 'export' || program === 'declare' ? all.map(({ text }) => /^(\w+)=/.exec(text)?.[1] ?? '') : [];
  const own = isCall || program === undefined ? names : [];
  return (
    own.some((name) => name === 'HOME' || name === 'XDG_CACHE_HOME') || exported.some((name) => name === 'HOME' || /CACHE|STORE|GOPATH|_HOME$/i.test(name))
  );
}

const movingCalls = once((stage: StageFacts) =>
  once((ecosystem: Ecosystem): { readonly step: Step; readonly command: CommandFacts }[] => [
    ...(stage.parent ? movingCalls(stage.parent)(ecosystem) : []),
    ...stage.steps.flatMap((step) =>
      (step.run?.commands ?? [])
        .filter((command) => command.ecosystem === ecosystem && ecosystem.movesCaches?.test(command.arguments.map(({ text }) => text).join(' ')))
        .map((command) => ({ step, command })),
    ),
  ]),
);

/** A step that brings files, with COPY, ADD of an archive, or a command that is no manager's. */
function broughtThere(facts: Facts, { step, directories, identity }: CacheUse): string | undefined {
  const brought = [...filesBefore(step, facts)].find(([path]) => directories.some((directory) => isBelow(path, directory)));
  const earlier = brought?.[1].step ?? earlierSteps(step).find((one) => directories.some((directory) => bringsInto(one, directory, identity?.home)));
  return earlier && `line ${earlier.instruction.startLine}`;
}

function bringsInto(step: Step, directory: string, home: string | undefined): boolean {
  const { copy, run, instruction } = step;
  if (copy) {
    const { path = '', from, sources, destination } = copy;
    if (isBelow(path, directory) || (from !== undefined && path === directory)) return true;
    if (destination.includes('$') && textNames(step, destination, directory)) return true;
    return instruction.keyword === 'ADD' && path !== '/' && isBelow(directory, path) && sources.some((source) => archive.test(source));
  }
  return run?.commands.some((command) => bringsByCommand(step, command, directory, home)) ?? false;
}

const archive = /\.(tar|tgz|tbz2?|txz|tar\.\w+)$/;

/** They make no files, or look. */
const bringsNothing = new Set('mkdir rm rmdir chown chmod chgrp touch cd export echo printf test [ find du'.split(' '));

function bringsByCommand(step: Step, command: CommandFacts, directory: string, home: string | undefined): boolean {
  const { program = '', kind, ecosystem, writes, command: one } = command;
  const written = one.redirections.filter(({ operator }) => operator.includes('>')).flatMap(({ target }) => target?.text ?? []);
  if (written.some((text) => textNames(step, text, directory))) return true;
  if (ecosystem !== undefined || kind === 'look' || bringsNothing.has(program)) return false;
  if (writes.some((path) => isBelow(path, directory)) || commandNames(step, command, directory)) return true;
  // What is unpacked or copied into the folder that it lies in may bring it along.
  const around = posix.dirname(directory);
  return around !== home && !sharedFolders.has(around) && ['archive', 'file'].includes(kind) && writes.includes(around);
}

const sharedFolders = new Set([
  '/',
  '/tmp',
  '/var/cache',
  '/var/lib',
  '/usr/local',
  '/usr/local/share',
  '/usr/local/bundle',
  '/opt',
  '/etc',
  '/etc/apk',
  '/go',
]);

/** An install, or a removal, that may replace a folder around a cache as a whole: a command of the RUN, or of a script that it runs. */
function installedAround(facts: Facts, { step, directories, calls }: CacheUse): string | undefined {
  const isAround = ({ ecosystem }: CommandFacts): boolean =>
    ecosystem?.artefacts?.some(({ name, by }) => by === 'install' && directories.some((directory) => directory.includes(`/${name}/`))) === true;
  if (!calls.some(({ command }) => isAround(command))) return undefined;
  const scripts = runScript(facts, step);
  const unread = scripts.find(({ text }) => text === undefined);
  if (unread) return unread.path;
  const commands = [...commandsWithin(facts, step), ...scripts.flatMap((script) => script.step?.run?.commands ?? [])];
  const found = commands.find((command) => ['install', 'upgrade', 'remove'].includes(command.use?.action ?? '') && isAround(command));
  return found && `\`${found.command.words.map(({ text }) => text).join(' ')}\``;
}

/** A copy or an archive of a folder that holds the cache, or lies in it. */
function copiedAlong({ step, directories }: CacheUse): string | undefined {
  const copying = step.run?.commands.find((command) =>
    sourcesOf(command).some((path) => directories.some((directory) => isBelow(directory, path.replace(/\/\*$/, '')) || isBelow(path, directory))),
  );
  return copying && `\`${copying.command.words.map(({ text }) => text).join(' ')}\``;
}

/** Folders that a command copies or packs with all that is in them, as far as they are known. */
function sourcesOf({ program = '', arguments: all, workdir }: CommandFacts): string[] {
  const words = all.map(({ value, text }) => value ?? text);
  const has = (option: RegExp): boolean => words.some((word) => option.test(word));
  const wholly =
    program === 'cp'
      ? has(/^-\w*[rRa]|^--(recursive|archive)$/)
      : program === 'tar'
        ? /^-?\w*c/.test(words[0] ?? '') || has(/^--create$/)
        : program === 'rsync' || (program === 'zip' && has(/^-\w*r/));
  if (!wholly) return [];
  const plain = words.filter((word) => !word.startsWith('-') && !word.includes('$'));
  return (program === 'tar' ? plain : program === 'zip' ? plain.slice(1) : plain.slice(0, -1)).flatMap((word) => absolute(word, workdir, undefined) ?? []);
}

/** A script of the RUN that removes the folder. */
function clearingScript({ facts, use }: MountedCache): string | undefined {
  const script = runScript(facts, use.step).find(({ text, path }) =>
    text === undefined ? /clean/i.test(path) : use.directories.some((one) => clears(text, one)),
  );
  return script?.path;
}

function clears(text: string, directory: string): boolean {
  return text
    .split('\n')
    .some(
      (line) =>
        /\bclean\b.*-(mod)?cache\b|\bcache\s+(clean|clear|purge|rm)\b/.test(line) ||
        (/\b(rm|find)\b/.test(line) && (line.includes(directory) || line.includes(directory.split('/').slice(-2).join('/')) || /\/\.cache\b/.test(line))),
    );
}

function hookNamed(facts: Facts, { calls, step }: CacheUse): string | undefined {
  const hook = calls.map(({ caching }) => caching.around?.names).find((one) => one !== undefined);
  if (hook === undefined) return undefined;
  const other = facts.steps.find((one) => one.instruction.joined.text.includes(hook));
  if (other) return `line ${other.instruction.startLine}`;
  const script = [...earlierSteps(step), step].flatMap((one) => runScript(facts, one)).find(({ text }) => text?.includes(hook));
  return script?.path;
}

/** An index that no earlier command of the RUN fetched. */
function livesOnEarlier({ step, calls }: CacheUse): string | undefined {
  const renewed = new Set<string>();
  const own = new Set(calls.map(({ command }) => command));
  for (const command of step.run?.commands ?? []) {
    const needed = own.has(command) ? command.use?.needs.find((id) => leavingOf(id)?.livedOn && !renewed.has(id)) : undefined;
    if (needed !== undefined) return `\`${command.program ?? ''} ${command.arguments[0]?.text ?? ''}\``;
    for (const id of command.use?.renews ?? []) renewed.add(id);
  }
  return undefined;
}

function laterIndex(facts: Facts, { step, calls }: CacheUse): string | undefined {
  for (const { command } of calls)
    for (const id of command.use?.renews ?? []) {
      const leaving = leavingOf(id);
      const [later] = leaving?.livedOn ? stepsOnItsLeavings(facts, step, leaving) : [];
      if (later) return `line ${later.instruction.startLine}`;
    }
  return undefined;
}

/** A strict `mv`, `cp`, `chown` of it, COPY --from, CMD … */
function namedLater(facts: Facts, { step, directories, calls, identity }: CacheUse): string | undefined {
  const livedOn = calls.some(({ caching }) => caching.livedOn === true);
  const inOutput = calls.every(({ caching }) => caching.inOutput === true);
  const key = JSON.stringify([directories, identity?.home, livedOn, inOutput]);
  const known = namingSteps(facts);
  const naming = known.get(key) ?? facts.steps.flatMap((one) => namingOf(one, directories, identity?.home, { livedOn, inOutput }) ?? []);
  known.set(key, naming);
  return naming.find(({ index }) => index > step.instruction.index)?.what;
}

interface Naming {
  readonly index: number;
  readonly what: string;
}

const namingSteps = once((_facts: Facts) => new Map<string, readonly Naming[]>());

function namingOf(step: Step, directories: readonly string[], home: string | undefined, of: CopiedCache): Naming | undefined {
  const { copy, run, instruction } = step;
  const { index, startLine, keyword, argument } = instruction;
  const line = `line ${startLine}`;
  const names = (text: string): boolean => directories.some((directory) => textNames(step, text, directory));
  if (copy?.from !== undefined && copy.sources.some((source) => takes(source, directories, home, of) || (source.includes('$') && names(source))))
    return { index, what: line };
  if (run?.mounts.some(({ from, source }) => from !== undefined && takes(source, directories, home, of))) return { index, what: line };
  const command = run?.commands.find((one) => !isLenient(one) && directories.some((directory) => commandNames(step, one, directory)));
  if (command) return { index, what: `${line}, \`${command.program ?? '?'}\`` };
  return ['CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'WORKDIR'].includes(keyword) && names(argument.text) ? { index, what: line } : undefined;
}

/** It does without what is not there. */
function isLenient({ program, command: { words } }: CommandFacts): boolean {
  return program === 'mkdir' || program === 'echo' || program === 'printf' || (program === 'rm' && words.some(({ text }) => /^-\w*f|^--force$/.test(text)));
}

interface CopiedCache {
  readonly livedOn: boolean;
  readonly inOutput: boolean;
}

function takes(source: string, directories: readonly string[], home: string | undefined, { livedOn, inOutput }: CopiedCache): boolean {
  const path = source.replace(/(?<=.)\/+$/, '');
  if ((path === '/' || path === home) && !livedOn) return false;
  if (inOutput && !directories.some((directory) => isBelow(path, directory))) return false;
  return directories.some((directory) => overlap(path.startsWith('/') ? path : `/${path}`, directory));
}

/** Calls in an `if` or behind `||`, of one manager among several: the lockfile that is there decides. */
function alternatives(facts: Facts, { step, calls }: CacheUse): string | undefined {
  const nested = calls.find(({ command }) => command.command.nested);
  if (!nested) return undefined;
  const others = cacheUsesOf(step, facts)
    .uses.flatMap((use) => use.calls)
    .filter(({ command }) => command.command.nested && command.ecosystem !== nested.command.ecosystem);
  return others[0] && `\`${nested.command.program ?? ''}\` or \`${others[0].command.program ?? ''}\``;
}

/** A call that lives on what an earlier RUN, or nothing of this one, left there. */
function offlineCall(facts: Facts, use: CacheUse): string | undefined {
  for (const { step, calls } of usesTogether(facts, use)) {
    const [first] = calls;
    const isCutOff = step.instruction.flags.some(({ name, value }) => name === 'network' && value === 'none');
    if (first && (isCutOff || first.caching.offline)) return `line ${step.instruction.startLine}, \`${first.command.program ?? ''}\``;
  }
  return undefined;
}

/** A RUN that fills the cache from the project itself, with another one behind it. */
function madeForLater(facts: Facts, use: CacheUse): string | undefined {
  if (!use.calls.some(({ caching }) => caching.livedOn)) return undefined;
  const together = usesTogether(facts, use);
  const making = together.find(({ calls }) => calls.some(({ caching }) => caching.ofProject));
  return making && making !== together.at(-1) ? `line ${making.step.instruction.startLine}` : undefined;
}

function programsOf({ ecosystem }: CommandFacts): string[] {
  return [...(ecosystem?.programs ?? []), ...(ecosystem?.wrappers ?? []), ...(ecosystem?.usedBy ?? [])];
}

function startCall(facts: Facts, { calls, step }: CacheUse): string | undefined {
  const fetching = calls.flatMap(({ command }) => command.ecosystem?.runsFetched ?? []);
  const fetched = fetching.filter((name) => step.run?.commands.some(({ program }) => program === name));
  if (fetched.length > 0)
    for (const { instruction, stage } of laterSteps(facts, step))
      if (stage.shipped && ['CMD', 'ENTRYPOINT'].includes(instruction.keyword) && namesProgram(instruction.argument.text, new Set(fetched)))
        return `line ${instruction.startLine}`;
  if (!calls.some(({ caching }) => caching.livedOn)) return undefined;
  if (step.stage.shipped && calls.some(({ caching }) => caching.readAtStart)) return 'the stage is shipped';
  const programs = new Set(calls.flatMap(({ command }) => programsOf(command)));
  for (const later of laterSteps(facts, step)) {
    const { keyword, argument, json, startLine } = later.instruction;
    if (!later.stage.shipped || !['CMD', 'ENTRYPOINT'].includes(keyword)) continue;
    if (namesProgram((json ?? [argument.text]).join(' '), programs)) return `line ${startLine}`;
    const script = startScripts(facts).find(({ text }) => text !== undefined && namesProgram(text, programs));
    if (script) return script.path;
  }
  const caller = step.stage.shipped ? facts.context.buildFiles().find(({ path, text }) => isCompose.test(path) && startsProgram(text, programs)) : undefined;
  return caller?.path;
}

const isCompose = /compose[^/]*\.ya?ml$/;

/** A word of a command line, its folder left out, is one of the programs. */
function namesProgram(text: string, programs: ReadonlySet<string>): boolean {
  return text.split(/[\s"'`;&|(),[\]]+/).some((word) => programs.has(word.split('/').at(-1) ?? ''));
}

/** A service starts one of the programs in place of the image's own command. */
function startsProgram(text: string, programs: ReadonlySet<string>): boolean {
  return [...text.matchAll(/^\s*(?:command|entrypoint):((?:.*\n)(?:\s*-.*\n?)*)/gm)].some(([, value = '']) => namesProgram(value, programs));
}

function livesOnLayers(facts: Facts, use: CacheUse): boolean {
  return use.calls.some(({ caching }) => caching.livedOn) && usesTogether(facts, use).length > 1;
}

/** Another RUN of those that have to share a mount, that has a reason against it. */
function unmountable(facts: Facts, use: CacheUse): string | undefined {
  if (!use.calls.some(({ caching }) => caching.livedOn)) return undefined;
  for (const other of usesTogether(facts, use)) {
    if (other.step === use.step) continue;
    if (isMountedInParts(other)) return `line ${other.step.instruction.startLine}`;
    if (unmounted(other).length === 0) continue;
    const verdict = ask(mayMountAlone, { facts, use: other }, facts.without);
    if (isRefused(verdict)) return `line ${other.step.instruction.startLine}: ${verdict.because}`;
    if (other.directories.join() !== use.directories.join()) return `line ${other.step.instruction.startLine}`;
  }
  return undefined;
}

/** A later step of the same files that may call the manager where it cannot be seen. */
function unreadCall(facts: Facts, use: CacheUse): string | undefined {
  const { step, calls } = use;
  if (!calls.some(({ caching }) => caching.livedOn)) return undefined;
  const known = new Set(usesTogether(facts, use).map((one) => one.step));
  const programs = calls.flatMap(({ command }) => programsOf(command));
  const word = new RegExp(`(^|[\\s;&|("'\`])(${programs.join('|')})(\\s|$)`, 'm');
  for (const later of laterSteps(facts, step)) {
    if (!later.run || known.has(later)) continue;
    if (mayCall(facts, later, word)) return `line ${later.instruction.startLine}`;
  }
  return undefined;
}

function mayCall(facts: Facts, later: Step, word: RegExp): boolean {
  if (word.test(later.instruction.argument.text) || runsUnreadRecipe(facts, later)) return true;
  return runScript(facts, later).some(({ text }) => text === undefined || word.test(text));
}

/** On an image of the distribution's or language's own, with nothing but packages of the distribution above it. */
function installsFromNoManifest(step: Step, command: CommandFacts): boolean {
  const { base } = step.stage;
  const { use, ecosystem: manager } = command;
  const asked = use?.reads?.some((path) => manager?.manifests.includes(posix.basename(path)));
  if (use?.action !== 'install' || !use.closure || use.packages || !asked || !base.official || base.image.includes('onbuild')) return false;
  const own = step.run?.commands ?? [];
  const before = [...earlierSteps(step).flatMap(({ run }) => run?.commands ?? []), ...own.slice(0, own.indexOf(command))];
  return (
    own.includes(command) &&
    [...earlierSteps(step), step].every(
      ({ instruction, run }) => instruction.flags.length === 0 && (run ? run.script !== undefined : setsOnly.has(instruction.keyword)),
    ) &&
    before.every(({ kind, ecosystem, command: { redirections } }) => kind === 'package' && ecosystem?.manifests.length === 0 && redirections.length === 0)
  );
}

const setsOnly: ReadonlySet<string> = new Set(['FROM', 'ARG', 'ENV', 'LABEL', 'WORKDIR', 'USER', 'EXPOSE', 'STOPSIGNAL', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK']);
