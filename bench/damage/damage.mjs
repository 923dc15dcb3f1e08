import { plain, targetsOf } from './plain.mjs';
import { readLines } from './read.mjs';
import { changesShell, commandsOf, deedsOf, hidesFailure, isBookkeeping } from './shell.mjs';
import { stagesOf } from './stages.mjs';

/** What of the text before is lost or wrong in the text after: a list of `{ kind, line, what }`, the line one of the text after where it is there. */
export function damageOf(before, after) {
  const [was, is] = [readLines(before), readLines(after)];
  const held = new Set(targetsOf(was));
  const gained = targetsOf(is).filter((target) => !held.has(target));
  const old = plain(was, was.instructions, gained);
  const now = plain(is, was.instructions, gained);
  return [
    ...sameLines('directive', old.directives, now.directives),
    ...lost('comment', old.comments, now.comments),
    ...sameLines('heredoc', heredocsIn(old), heredocsIn(now)),
    ...instructionsOf(old, now),
    ...deeds(old, now),
    ...mounts(old, now),
    ...indexes(old, now),
    ...joints(old, now),
  ];
}

/** The first place where two lists of `{ line, text }` part. */
function sameLines(kind, old, now) {
  for (let i = 0; i < Math.max(old.length, now.length); i++) {
    if (old[i]?.text === now[i]?.text) continue;
    return [{ kind, line: (now[i] ?? old[i]).line, what: `${old[i]?.text ?? 'nothing'} / ${now[i]?.text ?? 'nothing'}` }];
  }
  return [];
}

function heredocsIn({ instructions }) {
  return instructions.flatMap((one) => heredocTexts(one).map((text) => ({ line: one.line, text })));
}

/** Those that a shell runs as the commands that count, all others as they stand. */
function heredocTexts({ keyword: word, body, heredocs }) {
  if (word !== 'RUN' || !/^<<-?["']?\w+["']?$/.test(body) || heredocs.some((text) => text.startsWith('#!'))) return heredocs;
  return heredocs.map((text) =>
    commandsOf(text)
      .filter((command) => !isBookkeeping(command))
      .flatMap(deedsOf)
      .join('\n'),
  );
}

/** Entries `{ line, text }` of which one side has more. */
function lost(kind, old, now) {
  const left = [...now];
  const gone = [];
  for (const one of old) {
    const at = left.findIndex((other) => other.text === one.text);
    if (at < 0) gone.push({ kind: `${kind} lost`, line: one.line, what: one.text });
    else left.splice(at, 1);
  }
  return [...gone, ...left.map(({ line, text }) => ({ kind: `${kind} new`, line, what: text }))];
}

function isStep({ keyword }) {
  return keyword === 'RUN' || keyword === 'COPY' || keyword === 'ADD';
}

function instructionsOf(old, now) {
  return [
    ...sameLines('instruction altered', othersIn(old, isFixed), othersIn(now, isFixed)),
    ...lost('declaration', othersIn(old, isDeclaration), othersIn(now, isDeclaration)),
  ];
}

/** It may move down within its stage. */
function isDeclaration({ keyword }) {
  return keyword === 'ARG' || keyword === 'ENV' || keyword === 'LABEL';
}

function isFixed(one) {
  return !isStep(one) && !isDeclaration(one);
}

function othersIn({ instructions }, chosen) {
  return instructions.filter(chosen).map(({ keyword, line, raw, flags, body }) => ({ line, text: raw?.join('\n') ?? [keyword, ...flags, body].join(' ') }));
}

/** All deeds in order: `{ text, line, run, command, mounts }`, the commands of RUNs one by one, the sources of COPY and ADD each with its destination. */
function deedsIn({ instructions }) {
  const all = [];
  let workdir = '';
  for (const [run, instruction] of instructions.entries()) {
    const { keyword, line, body, flags } = instruction;
    const add = (text, command) =>
      all.push({
        text,
        line,
        run,
        command,
        mounts: flags
          .filter((flag) => flag.startsWith('--mount'))
          .toSorted()
          .join(' '),
      });
    if (keyword === 'WORKDIR') workdir = body.startsWith('/') ? body : `${workdir}/${body}`;
    if (keyword === 'FROM') workdir = '';
    if (isDeclaration(instruction)) continue;
    if (!isStep(instruction)) add(`${keyword} ${body}`);
    else if (keyword !== 'RUN') for (const source of copied(instruction, workdir)) add(`${keyword} ${flags.join(' ')} ${source}`);
    else if (body.startsWith('[')) add(body);
    else if (instruction.heredocs.length > 0) add([body, ...heredocTexts(instruction)].join('\n'));
    else for (const command of commandsOf(body)) if (!isBookkeeping(command)) for (const deed of deedsOf(command)) add(deed, command);
  }
  return all;
}

function copied({ body, heredocs }, workdir) {
  const words = body.startsWith('[') ? jsonWords(body) : body.split(/\s+/);
  const destination = words.at(-1);
  const folder = /^\.\/?$/.test(destination) ? workdir : destination.startsWith('/') ? destination : `${workdir}/${destination.replace(/^\.\//, '')}`;
  // Several sources go into a folder, with or without a slash at its end.
  return words.length < 2 || heredocs.length > 0 ? [body] : words.slice(0, -1).map((source) => `${source} ${folder.replace(/\/+$/, '')}/`);
}

function jsonWords(body) {
  try {
    return JSON.parse(body).map(String);
  } catch {
    return [body];
  }
}

function deeds(old, now) {
  const [mine, theirs] = [deedsIn(old), deedsIn(now)];
  const changed = lost('step', mine, theirs);
  const gone = withoutMounted(withoutOwnership(changed), now);
  if (gone.length > 0)
    return gone.map((one) => ({ ...one, kind: /^(COPY|ADD) /.test(one.what) ? one.kind.replace('step', 'copy') : one.kind.replace('step', 'command') }));
  // Where COPY or a mount took over from a RUN the two lists cannot be laid side by side.
  if (changed.length > 0) return [];
  const at = mine.findIndex((one, i) => one.text !== theirs[i].text);
  if (at >= 0) return [{ kind: 'order', line: theirs[at].line, what: `${theirs[at].text} before ${mine[at].text}` }];
  return [...leaks(mine, theirs), ...hidden(mine, theirs, old.instructions)];
}

/** Without owners and modes that COPY sets now, in place of a RUN that did it to all of the folder; the folder itself may get them from a RUN still. */
function withoutOwnership(gone) {
  const left = new Set(gone);
  const find = (kind, is) => [...left].find((one) => one.kind === kind && is(one.what));
  const drop = (...some) => some.forEach((one) => left.delete(one));
  const set = new Set();
  for (const one of gone) {
    const [, value, copy] = one.kind === 'step new' ? (/^COPY --ch(?:own|mod)=(\S+) (.*)$/.exec(one.what) ?? []) : [];
    const old = value === undefined ? undefined : find('step lost', (what) => what === `COPY  ${copy}`);
    if (!old) continue;
    set.add(value);
    drop(one, old);
  }
  for (const value of set) {
    const changes = (recursive) => (what) => what.startsWith('ch') && what.split(' ').includes(value) && what.includes(' -R ') === recursive;
    const recursive = find('step lost', changes(true));
    if (recursive) drop(recursive, find('step new', changes(false)));
  }
  return [...left];
}

/** Without files that a mount brings to the RUN that needs them, in place of a copy that is deleted. */
function withoutMounted(gone, { instructions }) {
  const binds = instructions.flatMap(({ flags }) => flags.filter((flag) => flag.startsWith('--mount=type=bind,')).map((flag) => flag.split(',')));
  const isMounted = (what) => {
    const [, source, removed] = /^(?:COPY {2}(\S+) .*|rm (?:-\w+ )*(\S+))$/.exec(what) ?? [];
    return binds.some((fields) => fields.includes(`source=${source}`) || fields.includes(`target=${removed}`));
  };
  return gone.filter(({ kind, what }) => kind !== 'step lost' || !isMounted(what));
}

/** A RUN joined behind another one, in which a `;`, `||` or `&` hides that the first failed. */
function hidden(mine, theirs, instructions) {
  const found = [];
  for (let i = 1; i < mine.length; i++) {
    if (mine[i].run === mine[i - 1].run || theirs[i].run !== theirs[i - 1].run || !hidesFailure(instructions[mine[i].run].body)) continue;
    found.push({ kind: 'failure hidden', line: theirs[i].line, what: instructions[mine[i].run].body });
  }
  return found;
}

/** A command that changes its shell, and now one behind it that ran in a shell of its own. */
function leaks(mine, theirs) {
  const found = [];
  for (let i = 0; i < mine.length; i++) {
    if (mine[i].command === undefined || !changesShell(mine[i].command)) continue;
    for (let j = i + 1; j < mine.length && theirs[j].run === theirs[i].run; j++) {
      if (mine[j].run === mine[i].run) continue;
      if (mine[i].command.startsWith('cd ') && mine[j].command?.startsWith('cd /')) break;
      if (mine[i].command.startsWith('cd ') && /^rm(?: -\w+)*(?: \/[^\s|<>]+)+$/.test(mine[j].command ?? '')) continue;
      found.push({ kind: 'shell state', line: theirs[i].line, what: `${mine[i].command} reaches ${mine[j].text}` });
      break;
    }
  }
  return found;
}

function mounts(old, now) {
  const found = inner(now)
    .slice(inner(old).length)
    .map(({ line, body }) => ({ kind: 'mount', line, what: `a mount inside a command: ${body}` }));
  const [mine, theirs] = [commandsIn(old), commandsIn(now)];
  if (lost('', mine, theirs).length > 0) return found;
  const parted = lost('', mine.map(withMounts), theirs.map(withMounts)).filter(({ kind }) => kind === ' lost');
  if (inOrder(mine, theirs)) return [...found, ...unlike(mine, theirs)];
  // A RUN none of whose commands had a mount may get one for a cache.
  const had = new Set(mine.filter(({ mounts: flags }) => flags !== '').map(({ text }) => text));
  const mixed = new Set(theirs.flatMap(({ run, text }) => (had.has(text) ? [run] : [])));
  const cached = new Set(theirs.flatMap((one) => (mixed.has(one.run) || !/^--mount=(?:\S*,)?type=cache\S*$/.test(one.mounts) ? [] : [` ${one.text}`])));
  return [
    ...found,
    ...parted.filter(({ what }) => !cached.has(what)).map(({ line, what }) => ({ kind: 'mount', line, what: `not mounted as before: ${what}` })),
  ];
}

/** The same commands, RUN by RUN. */
function inOrder(mine, theirs) {
  return mine.length === theirs.length && mine.every(({ text, run }, i) => text === theirs[i].text && run === theirs[i].run);
}

/** Where each RUN is its own still it may only get mounts for caches. */
function unlike(mine, theirs) {
  return theirs.flatMap((one, i) => {
    const [had, has] = [flagsOf(mine[i]), flagsOf(one)];
    const isFine = had.every((flag) => has.includes(flag)) && has.every((flag) => had.includes(flag) || /^--mount=(?:\S*,)?type=cache/.test(flag));
    return isFine ? [] : [{ kind: 'mount', line: one.line, what: `not mounted as before: ${mine[i].mounts} ${one.text}` }];
  });
}

function flagsOf({ mounts: text }) {
  return text.split(' ').filter((flag) => flag !== '');
}

/** RUNs with a mount that is no flag of theirs. */
function inner({ instructions }) {
  return instructions.filter(({ keyword: word, body }) => word === 'RUN' && /(^|\s)--mount=/.test(body));
}

function commandsIn(file) {
  return deedsIn(file).filter(({ command }) => command !== undefined);
}

function withMounts({ line, text, mounts: flags }) {
  return { line, text: `${flags} ${text}` };
}

const aptInstall = /(?:^|[\s/;&|({])(?:apt-get|apt|aptitude)(?:\s+-\S+)*\s+(?:install|build-dep)\b/;
const aptUpdate = /(?:^|[\s/;&|({])(?:apt-get|apt|aptitude)(?:\s+-\S+)*\s+update\b/;
const listsGone = /\bapt-get\s+dist-?clean\b|\brm\s(?:[^&|;]*\s)?"?\/var\/lib\/apt(?:\/lists)?(?:\/\*+)?\/?"?(?=\s|$|[;)])/;

/** Installs by apt that no update in force precedes, as `{ line, text }`; a stage begins with what its parent stage left. */
function unserved({ instructions }) {
  const found = [];
  for (const stage of stagesOf(instructions)) {
    let lists = stage.parent?.lists ?? false;
    for (const { keyword, line, body, heredocs } of stage.instructions) {
      if (keyword !== 'RUN') continue;
      for (const command of commandsOf([body, ...heredocs].join('\n'))) {
        const events = [
          { at: command.search(aptUpdate), does: () => (lists = true) },
          { at: command.search(listsGone), does: () => (lists = false) },
          { at: command.search(aptInstall), does: () => !lists && found.push(...deedsOf(command).map((text) => ({ line, text }))) },
        ];
        for (const { does } of events.filter(({ at }) => at >= 0).toSorted((a, b) => a.at - b.at)) does();
      }
    }
    stage.lists = lists;
  }
  return found;
}

function indexes(old, now) {
  return lost('', unserved(old), unserved(now))
    .filter(({ kind }) => kind === ' new')
    .map((one) => ({ ...one, kind: 'install without lists' }));
}

const keyword = /^(?:FROM|RUN|COPY|ADD|CMD|ENTRYPOINT|ENV|ARG|LABEL|USER|WORKDIR|EXPOSE|VOLUME|STOPSIGNAL|HEALTHCHECK|ONBUILD|SHELL|MAINTAINER)\s/;

/** What a bad joint leaves behind; each counts where the text after has more of it than the text before. */
function joints(old, now) {
  const kinds = {
    'stray &&': ({ keyword: word }) => !/^[A-Z]+$/.test(word),
    'dangling end': ({ keyword: word, open, body }) => word === 'RUN' && (open || /(?:&&|\|\||\||\\)\s*$/.test(body)),
    'swallowed instruction': ({ later }) => later.some(({ text }) => keyword.test(text)),
    'joined behind a comment': ({ keyword: word, body }) => word === 'RUN' && /\s#(?:[^"'\n]*)&&/.test(body),
    'empty continuation line': ({ blanks }) => blanks.length > 0,
  };
  return Object.entries(kinds).flatMap(([kind, is]) => {
    const [mine, theirs] = [old.instructions.filter(is), now.instructions.filter(is)];
    const more = kind === 'empty continuation line' ? blanksOf(theirs) - blanksOf(mine) : theirs.length - mine.length;
    return more > 0 ? theirs.slice(-more).map(({ line, raw, body }) => ({ kind, line, what: raw?.join(' ↵ ') ?? body })) : [];
  });
}

function blanksOf(instructions) {
  return instructions.reduce((sum, { blanks }) => sum + blanks.length, 0);
}
