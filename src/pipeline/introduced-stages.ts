import { posix } from 'node:path';
import type { Instruction } from '../dockerfile/model.ts';
import { pairsOf } from '../dockerfile/pairs.ts';
import { plainName } from '../ecosystems/build-packages.ts';
import { isObstacle } from '../ecosystems/closure.ts';
import { frameworks } from '../frameworks/index.ts';
import { leavings } from '../ecosystems/index.ts';
import { namesInstalled } from '../steps/build-packages.ts';
import type { CommandFacts, CopyFacts, Facts, StageFacts, Step } from '../steps/facts.ts';
import { broughtBy } from '../steps/image-files.ts';
import { onlyCleans } from '../steps/leavings.ts';
import { lostUses } from '../steps/lost-uses.ts';
import { lineOf } from '../steps/neighbours.ts';
import { mixedCopyOf, partsOf } from '../steps/mixed-copies.ts';
import { environmentOf, madeBy, packagesFolder, partingOf, unpackedBy, type Parting } from '../steps/parting.ts';
import { isAskedFor } from '../steps/targeted.ts';
import { stateAtEnd } from '../steps/read.ts';

/**
 * What is wrong where the last stage was parted: other stages are as they were, every RUN and COPY of it still runs, in its order and with the same variables, for
 * an image of the same configuration, and what came to it is copied from the stage that builds, or installed by the distribution's package manager.
 */
export function wronglyParted(before: Facts, after: Facts): string | undefined {
  const added = after.stages.length - before.stages.length;
  if (added < 0) return 'a stage is gone';
  if (added === 0) return wronglyCopied(before, after);
  const old = before.stages.at(-1);
  const parting = partingOf(before);
  const environment = parting && environmentOf(parting);
  const shipped = after.stages.at(-1);
  const build = after.stages[before.stages.length - 1];
  if (!old || !shipped || !build) return 'a stage is gone';
  const ending = parting && unpackedBy(parting);
  const closing = build.steps.at(-1);
  if (ending !== undefined && closing?.instruction.argument.text !== ending) return 'what the build makes is not taken apart';
  const begun = ending === undefined ? build.steps : build.steps.slice(0, -1);
  const buildSteps = withoutFirst(begun, environment ? [...environment.settings, environment.path, environment.by] : []);
  const shippedSteps = withoutFirst(stepsOf(shipped), environment ? [environment.path] : []);
  if (!buildSteps || !shippedSteps) return 'the environment of what is installed is not made, or not used';
  const changed = before.stages.slice(0, -1).findIndex((stage, i) => textOf(stage) !== textOf(after.stages[i]));
  if (changed >= 0) return `stage ${changed} is not the same any more`;
  if (build.stage.base !== old.stage.base) return 'what builds is built FROM another image';
  const named = isAskedFor(before, old) ? shipped : build;
  if (named.stage.name !== old.stage.name) return 'the shipped stage has another name';
  const moved = parting?.moved.filter(isWork) ?? [];
  const stayed = old.steps.filter((step) => !moved.includes(step));
  const works = worksOf(stayed);
  const built = worksOf(buildSteps);
  const rest = works.slice(built.length);
  if (built.some((work, i) => work !== works[i])) return 'a step of the build is gone, or is another one';
  if (settingsOf(stayed, built.length) !== settingsOf(buildSteps, built.length)) return 'the build has other variables, or another shell';
  const said = shipped.steps.filter(isWork);
  const tail = rest.length === 0 ? [] : said.slice(-rest.length);
  if (rest.join('\n') !== tail.map(workOf).join('\n')) return 'a step behind the build is gone, or is another one';
  const names = new Set(after.stages.slice(before.stages.length - 1, -1).flatMap(({ stage }) => stage.name ?? []));
  const inherited = [...stepsOf(build).filter(isWork), ...moved].map(workOf);
  const head = said.slice(0, said.length - tail.length);
  const gone = moved.find((step) => !head.some((one) => workOf(one) === workOf(step)));
  if (gone) return `what the image starts is not installed: line ${gone.instruction.startLine}`;
  if (!head.some(({ copy }) => copy?.from === build.stage.name)) return 'the shipped stage does not need the one that builds';
  const odd = head.find(
    (step) => !(names.has(step.copy?.from ?? '') || onlyInstalls(step) || inherited.includes(workOf(step)) || isBrought(before, old, after, step)),
  );
  if (odd) return `a step is new that only copies or installs may be: line ${odd.instruction.startLine}`;
  const lacking = lackingIn(before, parting, shipped, head);
  if (lacking !== undefined) return lacking;
  const between = after.stages.slice(before.stages.length, -1);
  const strange = between.find(
    (stage) => stage.stage.base !== old.stage.base || !stage.steps.every((step) => isDoneBy(old, step, parting?.dependencies?.option)),
  );
  if (strange) return `a stage in between does what the build does not: line ${strange.stage.from.startLine}`;
  const [was, is] = [configurationOf(old, stepsOf(old)), configurationOf(shipped, shippedSteps)];
  const restart = parting && !isObstacle(parting.restart) ? parting.restart : new Map<Instruction, readonly string[]>();
  const texts = new Set(shipped.stage.instructions.map(({ joined }) => joined.text));
  for (const [instruction, lines] of restart) {
    if (instruction.keyword !== 'ENV' && !lines.every((line) => texts.has(line)))
      return `line ${instruction.startLine} is not written as one that needs no shell`;
    const pairs =
      instruction.keyword === 'ENV'
        ? pairsOf(instruction).filter(({ name, value }) => !is.has(`ENV ${name}`) && is.get('ENV JAVA_TOOL_OPTIONS') === value)
        : [];
    const keys = instruction.keyword === 'ENV' ? ['ENV JAVA_TOOL_OPTIONS', ...pairs.map(({ name }) => `ENV ${name}`)] : ['ENTRYPOINT', 'CMD'];
    for (const key of keys) for (const map of [was, is]) map.delete(key);
  }
  const different = [...new Set([...was.keys(), ...is.keys()])].find((key) => was.get(key) !== is.get(key) && !isOfBuilds(key));
  return different === undefined ? undefined : `the image's ${different} was ${was.get(different) ?? 'not set'}, and is ${is.get(different) ?? 'not set'}`;
}

/** What is wrong where a COPY of a whole project was parted: all else is as it was, and each part comes from the same stage to where it came. */
function wronglyCopied(before: Facts, after: Facts): string | undefined {
  const mixed = mixedCopyOf(before);
  const shipped = after.stages.at(-1);
  if (!mixed || !shipped) return before.dockerfile.text === after.dockerfile.text ? undefined : 'no COPY of a whole project is known';
  const changed = before.stages.slice(0, -1).findIndex((stage, i) => textOf(stage) !== textOf(after.stages[i]));
  if (changed >= 0) return `stage ${changed} is not the same any more`;
  const { from } = mixed.step.copy ?? {};
  const parts = partsOf(mixed);
  const at = mixed.stage.steps.indexOf(mixed.step);
  const [old, now] = [mixed.stage.steps, shipped.steps].map((steps) => steps.map(({ instruction }) => instruction.joined.text));
  if (old?.toSpliced(at, 1).join('\n') !== now?.toSpliced(at, parts.length).join('\n')) return 'something else than the COPY is not the same any more';
  const odd = shipped.steps.slice(at, at + parts.length).find(({ copy, instruction }, i) => {
    const [source = '', ...more] = copy?.sources ?? [];
    const isPart = more.length === 0 && source === parts[i]?.path && copy?.from === from && copy !== undefined && arrival(source, copy) === source;
    return !isPart || flagsOf(instruction) !== flagsOf(mixed.step.instruction);
  });
  return odd && `a part is not copied as all was: line ${odd.instruction.startLine}`;
}

function flagsOf({ flags }: Instruction): string {
  return flags.map(({ name, value }) => `${name}=${value ?? ''}`).join(' ');
}

/** Steps but for the first that say this, in that order; undefined where they do not. */
function withoutFirst(steps: readonly Step[], texts: readonly string[]): Step[] | undefined {
  const left = [...texts];
  const others = steps.filter(({ instruction }) => {
    if (instruction.argument.text !== left[0]) return true;
    left.shift();
    return false;
  });
  return left.length > 0 ? undefined : others;
}

/** Each file that a COPY brings, the old stage brought to the same place. */
function isBrought(before: Facts, old: StageFacts, after: Facts, step: Step): boolean {
  const files = broughtBy(after, step);
  const there = new Map(stepsOf(old).flatMap((one) => [...(broughtBy(before, one) ?? [])]));
  return files !== undefined && files.size > 0 && [...files].every(([path, source]) => there.get(path) === source);
}

/** What runs and does not come to the shipped stage, or an image that is none to run on. */
function lackingIn(before: Facts, parting: Parting | undefined, shipped: StageFacts, head: readonly Step[]): string | undefined {
  if (!parting?.base || isObstacle(parting.program)) return 'what the image starts is not known to come from its build';
  const { base, program, project, manifests, packages, stage, steps, isServed } = parting;
  if (shipped.stage.base !== base.image) return `it is shipped on ${shipped.stage.base}`;
  const { installed, artefacts } = program;
  const arriving = new Set(head.flatMap(({ copy }) => (copy?.from === undefined ? [] : copy.sources.map((source) => `${source} to ${arrival(source, copy)}`))));
  const wanted = [...artefacts, ...(installed ? [{ path: packagesFolder(installed), destination: packagesFolder(installed) }] : [])];
  const missing = wanted.find(({ path, destination }) => !arriving.has(`${path} to ${destination}`));
  if (missing) return `what runs is not copied: ${missing.path}`;
  const brought = new Map(head.flatMap((step) => [...(broughtBy(before, step) ?? [])]));
  const manifest = manifests.find(({ source, destination }) => brought.get(posix.join(destination, posix.basename(source))) !== source);
  if (manifest) return `what the program reads is not copied: ${manifest.source}`;
  const copied = project.find((step) => !head.some((one) => workOf(one) === workOf(step)));
  if (copied) return `what the program may read is not copied: line ${copied.instruction.startLine}`;
  const names = new Set(namesInstalled(shipped.steps));
  const needed = [...packages, ...lostUses({ facts: before, stage, steps, twin: base, isServed, made: madeBy(parting) }).flatMap((use) => use.package ?? [])];
  const left = needed.map(plainName).find((name) => !names.has(name));
  return left === undefined ? undefined : `a package that the program needs is not installed: ${left}`;
}

/** Where a file or folder comes to lie, which keeps its name. */
function arrival(source: string, { path = '', destination }: CopyFacts): string {
  return destination.endsWith('/') ? posix.join(path, posix.basename(source)) : path;
}

/** The stage does it, too; installs of the project may have these options behind all others. */
function isDoneBy({ steps }: StageFacts, { run, copy, instruction }: Step, option: string | undefined): boolean {
  if (copy) return copy.from === undefined;
  if (!run) return steps.some((step) => step.instruction.joined.text === instruction.joined.text);
  const done = new Set(steps.flatMap((step) => (step.run?.commands ?? []).map(written)));
  return run.commands.every((command, i) => {
    const text = written(command);
    const shorter = command.use?.action === 'install' && option !== undefined && text.endsWith(` ${option}`) ? text.slice(0, -` ${option}`.length) : text;
    return done.has(text) || done.has(shorter) || (command.program === 'cd' && i === 0);
  });
}

function written({ command }: CommandFacts): string {
  return command.words.map(({ text }) => text).join(' ');
}

/** Steps of a stage behind those of the stages that it is built FROM. */
function stepsOf(stage: StageFacts): Step[] {
  return lineOf(stage).flatMap(({ steps }) => steps);
}

function textOf(stage: StageFacts | undefined): string {
  return stage ? [stage.stage.from, ...stage.stage.instructions].map(({ joined }) => joined.text).join('\n') : '';
}

function isWork({ run, copy, instruction }: Step): boolean {
  return run !== undefined || copy !== undefined || instruction.keyword === 'ONBUILD';
}

/** What it does, and what stands in front of it that it depends on. */
function workOf({ instruction, state, copy }: Step): string {
  const bodies = instruction.heredocs.map(({ content }) => content).join('');
  if (copy) return `${instruction.joined.text} ${bodies} to ${copy.path ?? ''}`;
  return `${instruction.joined.text} ${bodies} as ${state.user ?? ''} in ${state.workdir ?? ''}`;
}

/** The same of all, and what sets variables and shells between them up to the last. */
function worksOf(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => (isWork(step) ? [workOf(step)] : []));
}

/** What sets variables and the shell in front of its last step that does something. */
function settingsOf(steps: readonly Step[], works: number): string {
  let left = works;
  const found: string[] = [];
  for (const step of steps) {
    if (left === 0) break;
    if (isWork(step)) left--;
    else if (['ENV', 'ARG', 'SHELL'].includes(step.instruction.keyword)) found.push(step.instruction.joined.text);
  }
  return found.join('\n');
}

function onlyInstalls({ run, state }: Step): boolean {
  return (
    run !== undefined &&
    run.opaque === undefined &&
    run.commands.every((command) => onlyCleans(command, leavings, state) || (command.ecosystem?.ofDistribution === true && command.use !== undefined))
  );
}

function isOfBuilds(key: string): boolean {
  const name = /^ENV (.*)$/.exec(key)?.[1];
  return name !== undefined && (name === 'DEBIAN_FRONTEND' || frameworks.some(({ buildVariables }) => buildVariables.test(name)));
}

/** By instruction, and by name for those that set several, what the image is configured to in the end. */
function configurationOf(stage: StageFacts, steps: readonly Step[]): Map<string, string> {
  const found = new Map<string, string>();
  const { workdir, user } = stateAtEnd(stage);
  found.set('WORKDIR', workdir ?? '');
  found.set('USER', user ?? '');
  for (const { instruction } of steps) {
    const { keyword, argument, words, json } = instruction;
    if (keyword === 'ENV' || keyword === 'LABEL') for (const { name, value } of pairsOf(instruction)) found.set(`${keyword} ${name}`, value);
    else if (keyword === 'EXPOSE') for (const { text } of words) found.set(`EXPOSE ${text}`, '');
    else if (keyword === 'VOLUME') for (const path of json ?? words.map(({ text }) => text)) found.set(`VOLUME ${path}`, '');
    else if (['ENTRYPOINT', 'CMD', 'HEALTHCHECK', 'STOPSIGNAL', 'MAINTAINER'].includes(keyword)) {
      if (keyword === 'ENTRYPOINT' && found.has('ENTRYPOINT')) found.delete('CMD');
      found.set(keyword, `${argument.text} by ${json ? '' : 'a shell'}`);
    }
  }
  return found;
}
