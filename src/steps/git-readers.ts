import { posix } from 'node:path';
import { lacksGit } from '../bases/base.ts';
import { isDockerfileName } from '../dockerfile-names.ts';
import { isObstacle } from '../ecosystems/closure.ts';
import { buildersIn, isBuilderFile, runsNoProject, stampIn, type Builder, type GitAsking } from '../ecosystems/builders.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { once } from '../once.ts';
import { gitCallIn, gitWord, withoutComments } from './git-calls.ts';
import { workTreesAt, workTreesOf, type WorkTree } from './git-trees.ts';
import { broughtBy, filesBefore, projectFiles } from './image-files.ts';
import { earlierSteps } from './neighbours.ts';
import { absolute, isBelow } from './paths.ts';
import { runScript, startScripts } from './scripts.ts';

/** What in the build of this one Dockerfile, or in the image, may read the `.git` that the build context brings, as a sentence; undefined where that is nothing. */
export const gitReaderOf = once((facts: Facts): string | undefined => {
  if (facts.context.hides('.git') && facts.context.hides('.git/HEAD')) return undefined;
  const [first] = readings(facts);
  return first;
});

function* readings(facts: Facts): Iterable<string> {
  for (const step of facts.steps) {
    if (namesGit(step)) yield told(step, 'brings it by name');
    if (step.instruction.keyword === 'ONBUILD' && gitCallIn(step.instruction.argument.text) !== undefined) yield told(step, 'asks git in a later build');
  }
  for (const { stage, base } of facts.stages)
    if (base.onbuild === true) yield `line ${stage.from.startLine}: what the base does with the build context is not known`;
  for (const step of facts.steps) if (step.run && workTreesAt(facts, step).length > 0) yield* readingsOfRun(facts, step, workTreesAt(facts, step));
  yield* readingsAtStart(facts);
}

function told({ instruction }: Step, does: string): string {
  return `line ${instruction.startLine}: ${instruction.keyword} ${does}`;
}

/** A COPY, an ADD or a bind mount of `.git` itself, or of something in it. */
function namesGit({ copy, run }: Step): boolean {
  const sources = [
    ...(copy && copy.from === undefined ? copy.sources : []),
    ...(run?.mounts ?? []).flatMap(({ type, from, source }) => (type === 'bind' && from === undefined ? [source] : [])),
  ];
  return sources.some((source) => /^(["']?)(\.?\/)*\.git(\1$|[/*?[])/.test(source));
}

function* readingsOfRun(facts: Facts, step: Step, trees: readonly WorkTree[]): Iterable<string> {
  const { run, instruction } = step;
  if (!run) return;
  if (run.commands.length === 0) {
    const call = gitCallIn(instruction.joined.text);
    if (call !== undefined) yield told(step, `calls \`${call}\``);
  }
  const clones = clonesBefore(step);
  for (const command of run.commands) {
    if (!isNear(command, trees, clones)) continue;
    if (command.program === 'git') yield* readingsOfGit(step, command, trees);
    else if (runsCode(facts, step, command)) yield* readingsOfCode(facts, step, command, trees);
  }
}

function shown({ path, arguments: [first] }: CommandFacts): string {
  return [path, ...(first && !first.text.startsWith('-') ? [first.text] : [])].join(' ');
}

function* readingsOfGit(step: Step, { arguments: all }: CommandFacts, trees: readonly WorkTree[]): Iterable<string> {
  const called = gitWord(all.map(({ text }) => text));
  if (!called) return;
  const { word, folder } = called;
  if (folder !== undefined && folder.startsWith('/') && !trees.some((tree) => tree === undefined || isBelow(folder, tree))) return;
  yield told(step, `calls \`git ${word}\``);
}

/** Folders that earlier commands of git made repositories of their own. */
function clonesBefore(step: Step): string[] {
  const commands = [...earlierSteps(step), step].flatMap(({ run }) => run?.commands ?? []);
  return commands.flatMap(({ program, arguments: all, workdir }) => {
    const words = all.map(({ value, text }) => value ?? text);
    if (program !== 'git' || !words.includes('clone')) return [];
    const at = words.findIndex((word) => /:\/\/|^[\w.-]+@[\w.-]+:/.test(word));
    const to = words[at + 1] ?? posix.basename(words[at] ?? '').replace(/\.git$/, '');
    const folder =
      at < 0 || /[$`]/.test(to) ? undefined : absolute(to.startsWith('-') ? posix.basename(words[at] ?? '').replace(/\.git$/, '') : to, workdir, undefined);
    return folder ?? [];
  });
}

/** It runs in a work tree, or names it, as far as is known. */
function isNear({ workdir, arguments: all, path }: CommandFacts, trees: readonly WorkTree[], clones: readonly string[]): boolean {
  if (workdir === undefined) return true;
  const names = (tree: string): boolean => [path ?? '', ...all.map(({ text }) => text)].some((text) => text.includes(tree) || /\$\{?\w+\}?\//.test(text));
  const cloned = clones.some((clone) => isBelow(workdir, clone));
  return trees.some((tree) => tree === undefined || names(tree === '/' ? '//' : tree) || (isBelow(workdir, tree) && !cloned));
}

/** Code of the project may run in it: it is no call of which all is known. */
function runsCode(facts: Facts, step: Step, { kind, program, use, ecosystem, workdir }: CommandFacts): boolean {
  if (kind === 'shell') return ['.', 'source', 'eval', 'exec'].includes(program ?? '');
  if (kind !== 'package' || !use) return kind === 'unknown';
  if (use.action !== 'install' || ecosystem?.manifests.length === 0) return false;
  if (!use.closure) return use.packages === undefined && use.reads === undefined;
  return workdir === undefined || isObstacle(use.closure(projectFiles(facts, filesBefore(step, facts), workdir)));
}

/** Packages that are git, or bring it along. */
const withGit = /(^|[-_.\s])git([-_.:=\s]|$)|\b(alpine-sdk|devscripts|npm|composer|gettext|autopoint|build-dep)\b/;

const installer = /\b(apk|apt|apt-get|aptitude|dnf|microdnf|yum|zypper|pacman|conda|mamba|nix|brew)\b/;

/** True where the base is known to have no git, and nothing up to the step brings it: then nothing that asks it gets an answer. */
function hasNoGit(facts: Facts, step: Step): boolean {
  return lacksGit(step.stage.base) && ![...earlierSteps(step), step].some((one) => mayBringGit(facts, one));
}

function mayBringGit(facts: Facts, step: Step): boolean {
  const { copy, run, instruction } = step;
  if (copy) return copy.from !== undefined && /\b(git|s?bin|usr|lib)\b/.test(instruction.argument.text);
  if (!run) return false;
  if (run.opaque !== undefined && withGit.test(instruction.joined.text)) return true;
  const installs = run.commands.filter(({ use, ecosystem }) => use?.action === 'install' && ecosystem?.manifests.length === 0);
  if (installs.some(({ arguments: all }) => all.some(({ text, value }) => value === undefined || withGit.test(text)))) return true;
  return runScript(facts, step).some(({ text }) => text === undefined || (installer.test(text) && withGit.test(text)));
}

/** The code of the build context that may be run where a step runs. */
interface Sources {
  /** By path in the build context: the folder in the image, where that is known. */
  readonly folders: ReadonlyMap<string, string | undefined>;
  readonly named: ReadonlyMap<string, readonly string[]>;
  /** The same by names without ending, as modules are called. */
  readonly modules: ReadonlyMap<string, readonly string[]>;
}

const largest = 256_000;
/** What others than the image are built by, or copied in: it runs where it is named with its folder. */
const aside = /(^|\/)(\.[\w-]+|node_modules|vendor|third_party|docs?|examples?|tests?|testdata|__tests__|spec)\//;
/** What the shell and `make` run. */
const shellCode = /(^|\/)((GNU)?[Mm]akefile[^/]*|[^/.]+)$|\.(mk|sh|bash|zsh|ksh)$/;
/** What is run where it is named. */
const runnable = /\.(py|[cm]?[jt]s|rb|pl|php|exs?|cmake|gradle|kts|ps1|bat|awk|tcl|lua|groovy|scala|go)$/;
/** Runs what only the moment tells: `bash "$x"`, `./scripts/*.sh`. */
const callsAny = /(^|[\s;&|(])(bash|sh|source|\.|exec)\s+["']?[^\s"']*[$*]|\*\.(sh|bash)\b/;

function* readingsOfCode(facts: Facts, step: Step, command: CommandFacts, trees: readonly WorkTree[]): Iterable<string> {
  const at = `line ${step.instruction.startLine}: \`${shown(command)}\``;
  const sources = sourcesAt(facts, step, trees);
  const asked = !hasNoGit(facts, step);
  const called = wordsOfRuns(facts);
  const seen = new Set<string>();
  const active = new Set<Builder>();
  const text = [command.prefix, command.path, ...command.arguments.map((argument) => argument.value ?? argument.text)].join(' ');
  const queue: { readonly code: string; readonly in: string | undefined }[] = [{ code: text, in: undefined }];
  const unknown = buildersIn(text).length === 0 && !runsNoProject(command.program ?? '') && !namesOne(sources, text);
  let any = unknown && command.kind !== 'shell';
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { code } = next;
    any ||= callsAny.test(code);
    for (const builder of buildersIn(code)) {
      const stamp = stampIn(code, builder);
      if (stamp !== undefined && stamps(facts, step, builder)) {
        yield `${at} writes ${builder.stamp?.what ?? ''}${next.in === undefined ? '' : ` (${next.in})`}`;
      }
      if (active.has(builder)) continue;
      active.add(builder);
      for (const [source, folder] of sources.folders) {
        if (seen.has(source) || !builder.files.test(posix.basename(source)) || aside.test(source) || !isAround(folder, builder, command)) continue;
        seen.add(source);
        const part = builder.part?.(textAt(facts, source) ?? '', called) ?? textAt(facts, source) ?? '';
        yield* askingsIn(part, `${at} runs ${source}`, builder, step, asked);
        yield* callsIn(part, `${at} runs ${source}`, asked);
        queue.push({ code: builder.runs === false ? '' : withoutComments(part), in: source });
      }
    }
    for (const source of namedIn(sources, code)) {
      if (seen.has(source)) continue;
      seen.add(source);
      const part = textAt(facts, source) ?? '';
      for (const builder of active)
        if (builder.files.test(posix.basename(source)) || runnable.test(source)) yield* askingsIn(part, `${at} runs ${source}`, builder, step, asked);
      yield* callsIn(part, `${at} leads to ${source}`, asked);
      queue.push({ code: withoutComments(part), in: source });
    }
  }
  if (!any) return;
  for (const source of sources.folders.keys()) {
    if (seen.has(source) || aside.test(source) || !(shellCode.test(source) || isBuilderFile(posix.basename(source)))) continue;
    yield* callsIn(textAt(facts, source) ?? '', `${at} may run ${source}`, asked);
  }
}

function* askingsIn(code: string, at: string, { asking }: Builder, step: Step, asked: boolean): Iterable<string> {
  for (const one of asking) {
    const [tool] = one.name.exec(code) ?? [];
    if (tool === undefined || (one.asksGit && !asked) || one.optional?.test(code) || answered(one, code, step)) continue;
    yield `${at}, which uses ${tool.trim().replace(/\s*[=(].*$/s, '')}`;
  }
}

function* callsIn(code: string, at: string, asked: boolean): Iterable<string> {
  const call = asked ? gitCallIn(code) : undefined;
  if (call !== undefined) yield `${at}, which calls \`${call}\``;
}

function answered({ unless = [] }: GitAsking, code: string, { state, instruction }: Step): boolean {
  return unless.some((variable) =>
    variable.endsWith('*')
      ? (code + instruction.joined.text).includes(variable.slice(0, -1))
      : state.environment.has(variable) || instruction.joined.text.includes(`${variable}=`),
  );
}

function stamps(facts: Facts, step: Step, { stamp }: Builder): boolean {
  if (!stamp || stamp.notOn?.test(step.stage.base.image)) return false;
  if (stamp.unless.some(([name, value]) => value.test(step.state.environment.get(name) ?? ''))) return false;
  return !(stamp.asksGit && hasNoGit(facts, step));
}

const textsOf = once((_facts: Facts) => new Map<string, string | undefined>());

function textAt(facts: Facts, source: string): string | undefined {
  const known = textsOf(facts);
  if (!known.has(source)) known.set(source, (facts.context.size(source) ?? Infinity) > largest ? undefined : facts.context.text(source));
  return known.get(source);
}

const wordsOfRuns = once(
  (facts: Facts): ReadonlySet<string> => new Set(facts.steps.flatMap(({ run, instruction }) => (run ? wordsOf(instruction.joined.text) : []))),
);

function wordsOf(text: string): string[] {
  return text.match(/[\w.@+-]+/g) ?? [];
}

/** `require('./scripts/version')`, `import build_tools.version`: the names that stand for files. */
function modulesOf(code: string): string[] {
  const names = [...code.matchAll(/(?:require|import|from)\s*\(?\s*["'](\.[^"'\n]+)["']|^\s*(?:from|import)\s+([\w.]+)/gm)];
  return names.flatMap(([, path, module]) => (path === undefined ? (module ?? '').split('.') : [posix.basename(path)])).filter((name) => name.length > 1);
}

function namedIn({ named, modules }: Sources, code: string): string[] {
  const files = wordsOf(code).flatMap((word) => named.get(word) ?? []);
  const found = [...files, ...modulesOf(code).flatMap((name) => modules.get(name) ?? [])];
  return [...new Set(found)].filter((source) => !aside.test(source) || code.includes(source.split('/').slice(-2).join('/')));
}

function namesOne({ named }: Sources, code: string): boolean {
  return wordsOf(code).some((word) => named.has(word));
}

/** The files that COPYs of its stage brought, or all of the context where that is not known. */
function sourcesAt(facts: Facts, step: Step, trees: readonly WorkTree[]): Sources {
  const copies = earlierSteps(step).filter(({ copy }) => copy && copy.from === undefined);
  const known = copies.every((one) => broughtBy(facts, one)) && trees.every((tree) => tree !== undefined && copies.some(({ copy }) => copy?.path === tree));
  return known ? indexed(filesBefore(step, facts)) : wholeContext(facts);
}

const wholeContext = once((facts: Facts): Sources => indexed(new Map(facts.context.below('').map((source) => [source, { source }])), false));

function indexed(files: ReadonlyMap<string, { readonly source: string }>, placed = true): Sources {
  const folders = new Map<string, string | undefined>();
  const named = new Map<string, string[]>();
  const modules = new Map<string, string[]>();
  for (const [place, { source }] of files) {
    folders.set(source, placed ? posix.dirname(place) : undefined);
    const name = posix.basename(source);
    if ((!shellCode.test(source) && !runnable.test(source)) || isDockerfileName(source)) continue;
    add(named, name, source);
    if (runnable.test(source)) add(modules, name.replace(/\.\w+$/, ''), source);
  }
  return { folders, named, modules };
}

function add(to: Map<string, string[]>, name: string, source: string): void {
  const all = to.get(name);
  if (all) all.push(source);
  else to.set(name, [source]);
}

/** In the folder that a command runs in, or in one that its program looks into as well; anywhere, where it names another folder. */
function isAround(folder: string | undefined, { folders }: Builder, { workdir, arguments: all }: CommandFacts): boolean {
  if (folder === undefined || workdir === undefined || all.some(({ text }) => text === '-C' || text.includes('/') || text.includes('..'))) return true;
  return folders === 'own' ? folder === workdir : isBelow(folder, workdir) || isBelow(workdir, folder);
}

/** What the image runs at its start, where a shipped stage has git's data in it. */
function* readingsAtStart(facts: Facts): Iterable<string> {
  const shipped = facts.stages.filter((stage) => stage.shipped && workTreesOf(facts, stage).length > 0);
  if (shipped.length === 0) return;
  for (const { path, text } of startScripts(facts)) {
    const call = text === undefined ? undefined : gitCallIn(text);
    if (call !== undefined) yield `what the image starts with calls \`${call}\` (${path})`;
  }
}
