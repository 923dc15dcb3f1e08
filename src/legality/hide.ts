import { posix } from 'node:path';
import { buildFolders, mayLiveOn, toolLeftover } from '../ecosystems/artefacts.ts';
import { isManifest } from '../ecosystems/index.ts';
import { programWithin } from '../ecosystems/javascript/calls.ts';
import { dependsOnSettingsReader, isSettingsSample, runsScripts, settingsReaders } from '../ecosystems/settings.ts';
import { runsTests, startsTests, unnamedReaderIn } from '../ecosystems/unnamed.ts';
import { once } from '../once.ts';
import { contextSources, holdsProject, isWholesale, mayBring, type ContextSource } from '../steps/context-sources.ts';
import type { CommandFacts, Facts, Step } from '../steps/facts.ts';
import { gitReaderOf } from '../steps/git-readers.ts';
import { isMadeAgain } from '../steps/made-again.ts';
import { mentionOf } from '../steps/mentions.ts';
import { commandsWithin } from '../steps/package-scripts.ts';
import { overlap } from '../steps/paths.ts';
import { expand } from '../steps/read.ts';
import type { IgnoreLine } from '../transform.ts';
import { hiddenBy, ignoreMatcher, readIgnoreFile } from '../workspace/ignore.ts';
import type { ContextFiles } from '../workspace/workspace.ts';
import type { Question, Refusal } from './question.ts';

/** A line of an ignore file, seen from one of the Dockerfiles that it would hold for. */
export interface Hiding {
  readonly facts: Facts;
  readonly line: IgnoreLine;
}

/** What a RUN reads comes by a mount, whatever the context holds. */
const isMounted = once(({ facts, line }: Hiding): boolean => {
  const name = posix.basename(line.pattern);
  return (
    line.group === 'given to builds as secrets' &&
    facts.steps.some(({ run }) => run?.mounts.some(({ type, target }) => type === 'secret' && posix.basename(target ?? '') === name))
  );
});

/** What a mount brings in its place needs only that nothing names the file to copy it. */
function unlessMounted(refusal: Refusal<Hiding>): Refusal<Hiding> {
  if (refusal.id === 'copied-by-name' || refusal.id === 'undoes-a-negation') return refusal;
  return { ...refusal, applies: (hiding) => !isMounted(hiding) && refusal.applies(hiding) };
}

const refusals: readonly Refusal<Hiding>[] = [
  {
    id: 'copied-by-name',
    because: 'a COPY or a mount names it',
    applies: (hiding) => contextSources(hiding.facts).find((source) => isNamed(hiding, source))?.written,
  },
  {
    id: 'undoes-a-negation',
    because: 'the ignore file brings it back on purpose',
    applies: negationUndone,
  },
  {
    id: 'tracked',
    because: 'git tracks it, so it is no mere output',
    applies: (hiding) => (isUntracked(hiding.line) ? trackedBehind(hiding)[0] : undefined),
  },
  {
    id: 'version-from-git',
    because: 'the build reads git, for which all that is tracked has to be there',
    applies: (hiding) => {
      const reader = readerOf(hiding.facts);
      const concerned = hides(hiding)('.git') || trackedBehind(hiding).length > 0 || hiding.line.group === 'read by docker only';
      return concerned ? reader : undefined;
    },
  },
  {
    id: 'named-by-a-step',
    because: 'a step of the Dockerfile names it',
    applies: (hiding) => (isNeeded(hiding) ? stepThatNames(hiding) : undefined),
  },
  {
    id: 'mentioned',
    because: 'a file that the build or the program may read names it',
    applies: (hiding) => {
      const { facts, line } = hiding;
      const isAsked = line.group !== 'left by tools' && line.group !== 'version control' && line.group !== 'settings and secrets of one machine';
      return isAsked && isNeeded(hiding) ? mentionOf(facts, line.pattern, hides(hiding)) : undefined;
    },
  },
  {
    id: 'read-unnamed',
    because: 'a tool reads it without being told to',
    applies: (hiding) => (trackedBehind(hiding).length > 0 ? unnamedReader(hiding) : undefined),
  },
  {
    id: 'read-by-installs',
    because: 'an install of the project may read it',
    applies: ({ line }) => isManifest(line.pattern.replace(/\*+$/, '')),
  },
  {
    id: 'built-elsewhere',
    because: 'a build makes it, and this Dockerfile does not: what lies there may be what it ships',
    applies: (hiding) => {
      const name = hiding.line.pattern.replace(/^(\*\*\/)+/, '');
      const known = buildFolders.has(name) || buildFolders.has(posix.basename(name));
      return known && isNeeded(hiding) && mayLiveOn(hiding.facts.dockerfile.text, name);
    },
  },
  {
    id: 'settings-of-the-build',
    because: 'the build reads it',
    applies: (hiding) =>
      hiding.line.group === 'settings and secrets of one machine' && !hiding.line.pattern.startsWith('!') ? settingsReader(hiding) : undefined,
  },
];

export const mayHide: Question<Hiding> = {
  id: 'may-hide',
  refusals: refusals.map(unlessMounted),
  answer: (hiding) => {
    const because = 'no step of the build reads it';
    const differs = whatDiffers(hiding);
    return differs === undefined ? { allowed: 'safe', because } : { allowed: 'review', because, differs };
  },
};

function isUntracked({ group }: IgnoreLine): boolean {
  return group === 'made again in the image' || group === 'left by tools' || group === 'on one machine only' || group === 'settings and secrets of one machine';
}

/** What the line alone hides; nothing for one that brings back. Samples of settings come back by lines of their own. */
function hides({ line }: Hiding): (path: string) => boolean {
  return hiddenByLine(line);
}

const hiddenByLine = once(({ pattern, group }: IgnoreLine): ((path: string) => boolean) => {
  const hidden = hiddenBy({ text: pattern });
  return group === 'settings and secrets of one machine' ? (path) => hidden(path) && !isSettingsSample(path) : hidden;
});

/** Files of a context that lines hide, by their patterns: every Dockerfile that shares an ignore file is asked for each of its lines. */
const hiddenIn = once((_sent: object, context: ContextFiles) => {
  const known = new Map<string, readonly string[]>();
  return (line: IgnoreLine): readonly string[] => {
    const key = `${line.group} ${line.pattern}`;
    const found = known.get(key) ?? context.below('').filter(hiddenByLine(line));
    known.set(key, found);
    return found;
  };
});

/** Sources that bring whole folders, and may bring what the line hides. */
const sourcesOf = once(({ facts, line }: Hiding): readonly ContextSource[] =>
  contextSources(facts).filter((source) => isWholesale(facts, source) && mayBring(source, line.pattern)),
);

/** Files of the reference context that the line hides and a source brings. */
const trackedBehind = once((hiding: Hiding): readonly string[] => {
  const { facts } = hiding;
  const brought = sourcesOf(hiding).map(({ path }) => path);
  const isBrought = (path: string): boolean => brought.some((one) => one === '.' || overlap(path, one));
  return hiddenIn(facts.context.sent, facts.context)(hiding.line).filter(isBrought);
});

/** A source comes to less, or to nothing, without what the line hides; a folder brought as a whole does not name what is in it. */
function isNamed(hiding: Hiding, { path, variable }: ContextSource): boolean {
  const { pattern } = hiding.line;
  if (pattern.startsWith('!') || (path === '.' && !variable)) return false;
  if (variable) return path === '.' || hides(hiding)(path) || overlap(path, pattern.replace(/^(\*\*\/)+/, ''));
  if (hides(hiding)(path)) return true;
  if (!/[*?[]/.test(path) || /(^|\/)\*$/.test(path)) return false;
  const named = pattern.replace(/^(\*\*\/)+/, '');
  if ((hiding.line.group === 'left by tools' || /[*?[]/.test(named)) && findsOthers(hiding, path)) return false;
  if (!/[*?[]/.test(named)) return overlap(path, named) && path.split('/').length >= named.split('/').length;
  return mayMeanOne(path, named);
}

/** All that git tracks of what a pattern of a COPY finds stays, and that is not nothing: what the line hides is by the way. */
function findsOthers(hiding: Hiding, source: string): boolean {
  const isFound = hiddenBy({ text: source });
  const found = hiding.facts.context.below('').filter(isFound);
  return found.length > 0 && !found.some(hides(hiding));
}

/** Two patterns begin and end alike. */
function mayMeanOne(a: string, b: string): boolean {
  const [start, otherStart] = [startOf(a), startOf(b)];
  const [end, otherEnd] = [endOf(a), endOf(b)];
  return (start.startsWith(otherStart) || otherStart.startsWith(start)) && (end.endsWith(otherEnd) || otherEnd.endsWith(end));
}

function startOf(pattern: string): string {
  return pattern.replace(/[*?[].*$/s, '');
}

function endOf(pattern: string): string {
  return pattern.replace(/^.*[*?\]]/s, '');
}

/** The `!` line of the ignore file in force that would bring nothing back any more. */
function negationUndone(hiding: Hiding): string | undefined {
  const { context } = hiding.facts;
  const reading = readIgnoreFile(context.ignoreFile?.text ?? '');
  if ('malformed' in reading || hiding.line.pattern.startsWith('!')) return undefined;
  const negations = reading.rules.filter(({ negated }) => negated);
  if (negations.length === 0) return undefined;
  const matcher = ignoreMatcher(reading.rules);
  const undone =
    trackedBehind(hiding)
      .map((path) => matcher.decide(path).by)
      .find((rule) => rule?.negated) ?? negations.find(({ pattern }) => hides(hiding)(pattern.replaceAll(/\*+\/?/g, '') || pattern));
  return undone && `!${undone.pattern}`;
}

/** The Dockerfile may need it from the context: a source may bring it, and nothing makes it anew. */
const isNeeded = once((hiding: Hiding): boolean => {
  const { facts, line } = hiding;
  if (line.group === 'version control' || line.pattern.startsWith('!')) return false;
  // In a folder without a manifest no project makes anything.
  const sources = sourcesOf(hiding).filter((source) => !line.pattern.startsWith('**/') || holdsProject(facts, source));
  return !sources.every((source) => isMadeAgain(facts, source, line.pattern));
});

/** Nothing reads what does not come. */
function readerOf(facts: Facts): string | undefined {
  const comes =
    facts.context.holdsGit &&
    !facts.context.hides('.git/HEAD') &&
    contextSources(facts).some((source) => overlap(source.path === '.' ? '.git' : source.path, '.git'));
  return comes ? gitReaderOf(facts) : undefined;
}

/** The line of the step that names what is hidden. */
function stepThatNames(hiding: Hiding): string | undefined {
  const { facts, line } = hiding;
  const named = line.pattern.replace(/^(\*\*\/)+/, '').replaceAll(/\[[^\]]*\]/g, '?');
  const meant = line.group === 'settings and secrets of one machine' ? hiddenBy({ text: '.env\n.env.*' }) : hides(hiding);
  const isMeant = (place: string): boolean => {
    // Files of all kinds, or of one that only the build knows: no tool's leftovers are meant.
    if (/[*?]$/.test(place) && line.group === 'left by tools' && /[*?]/.test(named)) return false;
    if (/[*?]/.test(place)) return /[*?]/.test(named) ? mayMeanOne(place, named) : overlap(place, named);
    return meant(place) || (!/[*?]/.test(named) && overlap(place, named));
  };
  const step = facts.steps.find((one) => wordsOf(facts, one).some((word) => placesOf(facts, one, word).some((place) => /\w\w/.test(place) && isMeant(place))));
  return step && `line ${step.instruction.startLine}`;
}

/** Words of a step that may be paths. */
function wordsOf(facts: Facts, step: Step): string[] {
  const { instruction, run, copy } = step;
  if (copy) return [...(copy.from === undefined ? [] : copy.sources), ...instruction.heredocs.flatMap(({ content }) => textWords(content))];
  if (run) return run.commands.length === 0 ? textWords(instruction.argument.text) : commandsWithin(facts, step).flatMap(wordsOfCommand);
  if (/^(CMD|ENTRYPOINT|HEALTHCHECK)$/.test(instruction.keyword)) {
    const [first = '', ...rest] = instruction.json ?? textWords(instruction.argument.text);
    return first.includes('/') ? [first, ...rest.flatMap(textWords)] : rest.flatMap(textWords);
  }
  return /^(ENV|ARG|VOLUME)$/.test(instruction.keyword) ? textWords(instruction.argument.text) : [];
}

function textWords(text: string): string[] {
  return text.split(/[\s"'=:;,&|()]+/).filter((word) => word !== '');
}

function wordsOfCommand({ program, command, kind, use, arguments: all, writes }: CommandFacts): string[] {
  const texts = all.map(({ text }) => text);
  // What is not there need not be removed.
  if (program === 'rm' && texts.some((text) => /^-\w*f/.test(text))) return [];
  if (program === 'mkdir' || program === 'echo' || program === 'printf') return [];
  const [first] = command.words;
  const named = use?.packages ? all.filter((_argument, position) => !use.packages?.includes(position)).map(({ text }) => text) : texts;
  const redirected = command.redirections.flatMap(({ target }) => target?.text ?? []);
  const words = [...(first?.text.includes('/') ? [first.text] : []), ...named, ...redirected].flatMap(textWords);
  return kind === 'package' ? words.filter((word) => /[./]/.test(word)) : words.filter((word) => !writes.includes(word));
}

/** Paths of the context that a word may stand for where a step runs. */
function placesOf(facts: Facts, { state }: Step, word: string): string[] {
  const written = word.replace(/^["'<>]+|["']+$/g, '');
  const plain = (expand(written, state.environment) ?? written).replace(/^\$\{?\w+\}?\/*/, '').replaceAll(/\$\{?\w+\}?/g, '*');
  if (!/^[\w.@+*?{}~/][\w.@+*?{}~/-]+$/.test(plain) || !/\w\w/.test(plain)) return [];
  if (!plain.startsWith('/')) {
    const bare = posix
      .normalize(plain)
      .replace(/^(\.\.\/)+/, '')
      .replace(/\/$/, '');
    const below = contextSources(facts).flatMap(({ path, to }) =>
      path === '.' && to !== undefined && state.workdir?.startsWith(`${to}/`) ? [posix.join(posix.relative(to, state.workdir), bare)] : [],
    );
    return bare === '.' || bare === '' ? [] : [bare, ...below];
  }
  const sources = contextSources(facts);
  return sources.flatMap(({ path, to }) => {
    if (to === undefined) return sources.some((one) => one.to !== undefined) ? [] : [posix.basename(plain)];
    if (!plain.startsWith(to === '/' ? '/' : `${to}/`)) return [];
    return [posix.join(/[*?[]/.test(path) ? '.' : path, posix.relative(to, posix.normalize(plain)))];
  });
}

function unnamedReader(hiding: Hiding): string | undefined {
  const { facts } = hiding;
  const hidden = trackedBehind(hiding);
  if (/^(tests?|specs?|e2e|__tests__|cypress)$/.test(hiding.line.pattern)) {
    const step = facts.steps.find((one) => isTestRun(one) || (one.run && commandsWithin(facts, one).some((command) => mayCompile(facts, command))));
    if (step) return `what line ${step.instruction.startLine} runs may compile or test it`;
    const compose = facts.context.below('').find((path) => /(^|\/)(docker-)?compose[\w.-]*\.ya?ml$/.test(path) && startsTests(facts.context.text(path) ?? ''));
    if (compose !== undefined) return compose;
    if (sourcesOf(hiding).length > 0 && runsOnInstall(facts)) return 'what an install of the project runs may compile it';
  }
  return unnamedReaderIn(hidden, facts.context.below(''), (path) => facts.context.text(path));
}

function isTestRun({ instruction: { keyword, argument } }: Step): boolean {
  return (keyword === 'CMD' || keyword === 'ENTRYPOINT') && runsTests(argument.text);
}

const interpreters = /^(node|python[\d.]*|ruby|php|perl|deno)$/;

/** What it does with the source is not known, other than of a script of the project, which names what it reads. */
function mayCompile({ context }: Facts, { kind, program = '', use, arguments: all }: CommandFacts): boolean {
  if (kind === 'package') return use?.action === 'install' && all.some(({ text }) => /^(\.{1,2}(\/|\[|$)|-e$|--editable)/.test(text));
  if (kind !== 'unknown') return false;
  const [first] = all;
  const script = posix.normalize(first?.value ?? '').replace(/^\/+/, '');
  return !(interpreters.test(program) && first?.value !== undefined && context.below('').some((path) => path === script || script.endsWith(`/${path}`)));
}

function runsOnInstall({ context }: Facts): boolean {
  return context
    .below('')
    .some((path) => posix.basename(path) === 'package.json' && /"(preinstall|install|postinstall|prepare)"\s*:/.test(context.text(path) ?? ''));
}

function settingsReader(hiding: Hiding): string | undefined {
  const { facts } = hiding;
  for (const step of facts.steps) {
    for (const { program = '', arguments: all } of step.run ? commandsWithin(facts, step) : []) {
      const name = programWithin([program, ...all.map(({ text }) => text)]).find((word) => settingsReaders.has(word));
      if (name !== undefined) return `\`${name}\` does, line ${step.instruction.startLine}`;
    }
  }
  const script = facts.steps.find((one) => one.run && commandsWithin(facts, one).some(({ program = '', kind }) => kind === 'unknown' && runsScripts(program)));
  const manifest =
    script && facts.context.below('').find((path) => posix.basename(path) === 'package.json' && dependsOnSettingsReader(facts.context.text(path) ?? ''));
  if (manifest !== undefined) return `what line ${script?.instruction.startLine ?? 0} runs may, by ${manifest}`;
  const file = mentionOf(facts, '.env', hides(hiding));
  return file !== undefined && /(^|\/)(\w*[Mm]akefile|[^/]+\.(sh|bash|mk))$/.test(file) ? file : undefined;
}

/** The patch itself may write it: that a COPY ships another one, or none, is announced. */
function isWritten({ context: { dockerfile } }: Facts, path: string): boolean {
  return path === '.dockerignore' || path === dockerfile || path === `${dockerfile ?? ''}.dockerignore`;
}

/** What may differ where the line is added; undefined where nothing does. */
function whatDiffers(hiding: Hiding): string | undefined {
  const { facts, line } = hiding;
  const sources = sourcesOf(hiding);
  if (sources.length === 0 && !line.pattern.startsWith('!')) return undefined;
  if (isMounted(hiding)) return 'the image holds it no more';
  if (line.group === 'settings and secrets of one machine') return 'the settings of the machine that builds are in the image no more';
  if (trackedBehind(hiding).some((path) => !isWritten(facts, path)))
    return 'the image holds them no more: a program that finds them without their names being written anywhere would miss them';
  if (!facts.context.decided) return 'the build context is a guess, `--context` gives it: in another one other files may be needed';
  if (!isUntracked(line) || !isNeeded(hiding) || toolLeftover(line.pattern.replace(/^(.*\/)?(?=[^/]+$)/, '')) !== undefined) return undefined;
  if (!mayLiveOn(facts.dockerfile.text, line.pattern) && line.group === 'made again in the image') return undefined;
  return 'what a machine made there, a CI that runs before the image is built among them, comes into the image no more';
}
