import { posix } from 'node:path';
import type { Configured } from '../ecosystems/ecosystem.ts';
import type { ListItem, ShellWord } from '../shell/script.ts';
import { homeOf } from './commands.ts';
import type { CommandFacts, RunFacts, Step } from './facts.ts';
import { absolute, overlap } from './paths.ts';

/** What an item of a RUN keeps of a credential in a file: that would be a layer's. */
export interface KeptCredential {
  readonly item: ListItem;
  /** As people call it: a path, or what a call configures. */
  readonly what: string;
  /** The file, absolute; undefined where that is not known. */
  readonly path: string | undefined;
  /** It is the same file whatever folder the command runs in. */
  readonly anywhere: boolean;
  /** The command that takes it back at the end of the RUN; undefined where none is known. */
  readonly takenBack: string | undefined;
  /** The folder, absolute, where the program logs what it was called with. */
  readonly logs?: string | undefined;
  /** A clone whose address holds it, and that works with one that does not. */
  readonly clone?: CloneAddress | undefined;
}

export interface CloneAddress {
  /** The word `git` and the one with the address. */
  readonly program: ShellWord;
  readonly address: ShellWord;
  /** What stands in front of the path, with the credential and without. */
  readonly host: string;
  readonly open: string;
  /** The folder that it makes, absolute; undefined where that is not known. */
  readonly folder: string | undefined;
}

/** What the items of a RUN keep whose text holds the credential by one of the names: `NPM_TOKEN`, `/run/secrets/npm`. */
export function keptIn(step: Step, credential: RegExp): KeptCredential[] {
  const { run } = step;
  if (!run?.script) return [];
  const { text } = run.script.source;
  const own = run.script.items.flatMap((item) => keptByItem(step, run, item, credential, text));
  // What is made of a file that holds it holds it, too.
  const derived = own.flatMap(({ item, path }) =>
    path === undefined || /[*?[]/.test(path) || posix.basename(path).length < 4
      ? []
      : (run.script?.items ?? [])
          .filter(({ start }) => start >= item.end)
          .flatMap((later) => keptByItem(step, run, later, new RegExp(`(?<![\\w.-])${posix.basename(path).replaceAll('.', '\\.')}(?![\\w.-])`), text))
          .filter((one) => one.path !== path && !own.some(({ item: other, path: same }) => other === one.item || same === one.path)),
  );
  return [...own, ...derived];
}

function keptByItem(step: Step, run: RunFacts, item: ListItem, credential: RegExp, text: string): KeptCredential[] {
  if (!credential.test(text.slice(item.start, item.end))) return [];
  const commands = run.commands.filter(({ command }) => command.start >= item.start && command.end <= item.end);
  const single = item.pipeline.length > 0 && commands.length === item.pipeline.length;
  return commands.flatMap((command) => keptBy(step, item, command, single, credential));
}

/** Whether later items of the RUN take it back, and with it what was logged. */
export function isTakenBack(run: RunFacts, kept: KeptCredential): boolean {
  return isUnset(run, kept) && areLogsGone(run, kept);
}

/** A later item takes the setting back, or deletes the file. */
export function isUnset({ commands, script }: RunFacts, { item, path, takenBack }: KeptCredential): boolean {
  const words = takenBack?.split(/\s+/) ?? [];
  const known = words.some((word) => undoing.test(word));
  return commands.some(({ command, removes }) => {
    if (command.start < item.end) return false;
    if (path !== undefined && removes.some((one) => overlap(one, path))) return true;
    const own = script?.source.text.slice(command.start, command.end).split(/\s+/) ?? [];
    return known && own[0] === words[0] && own.some((word) => undoing.test(word) || word === 'rm');
  });
}

const undoing = /^(--?unset|delete|unset|remove|deauth|--remove-section|--unset-all)$/;

function areLogsGone({ commands }: RunFacts, { item, logs }: KeptCredential): boolean {
  return logs === undefined || commands.some(({ command, removes }) => command.start >= item.end && removes.some((one) => overlap(one, logs)));
}

function keptBy({ state }: Step, item: ListItem, command: CommandFacts, single: boolean, credential: RegExp): KeptCredential[] {
  const { program, arguments: all, call, ecosystem, use, writes, unknownPaths, kind, prefix, workdir } = command;
  const named = command.command.words.some(({ text }) => credential.test(text));
  const undo = (text: string | undefined): string | undefined => (single ? text : undefined);
  // What a server answers is another text.
  const answers = kind === 'fetch' || answering.has(program ?? '');
  if (!answers && (command.command.redirections.some(({ operator }) => operator.startsWith('>')) || program === 'tee')) {
    const [path, ...more] = writes;
    if (path === undefined && !unknownPaths) return [];
    const known = path !== undefined && more.length === 0 && !unknownPaths && !/[*?[\s'"$]/.test(path);
    return [
      {
        item,
        what: path ?? 'a file',
        path,
        anywhere: command.command.redirections.every(({ target }) => /^["']?[/~$]/.test(target?.text ?? '')) && program !== 'tee',
        takenBack: known ? undo(`rm -f ${path}`) : undefined,
      },
    ];
  }
  const configured = call && named ? (ecosystem?.configures?.(call) ?? gitConfigured(command)) : undefined;
  if (configured) {
    const { file, takenBack, logs } = configured;
    const path = absolute(file, file.startsWith('~') ? undefined : workdir, homeOf(state, prefix));
    return [
      {
        item,
        what: path ?? file,
        path,
        anywhere: file.startsWith('~') || file.startsWith('/'),
        logs: logs === undefined ? undefined : (absolute(logs, undefined, homeOf(state, prefix)) ?? logs),
        takenBack: undo(`${call?.calledAs ?? ''} ${takenBack.join(' ')}`),
      },
    ];
  }
  const words = all.map(({ value, text }) => value ?? text);
  const login = loginOf(command, words.join(' '));
  if (login !== undefined) return [{ item, what: `what \`${program ?? ''} ${login}\` keeps`, path: undefined, anywhere: false, takenBack: undefined }];
  if (program === 'git' && cloning.test(words.join(' ')) && credential.test(withoutRewriting(words)))
    return [{ item, what: 'the address in `.git/config`', path: undefined, anywhere: false, takenBack: undefined, clone: cloneAddress(command, credential) }];
  if (ecosystem?.locked && use?.action === 'install' && words.some((word) => word.includes('://') && credential.test(word)))
    return [{ item, what: 'the address in the lockfile', path: undefined, anywhere: false, takenBack: undefined }];
  if (named && words.some((word) => baked.test(word) && credential.test(word)))
    return [{ item, what: 'what is built', path: undefined, anywhere: false, takenBack: undefined }];
  if (kind === 'file' && named && program !== 'echo' && program !== 'printf' && (writes.length > 0 || unknownPaths))
    return [{ item, what: writes[0] ?? 'a file', path: writes[0], anywhere: false, takenBack: undefined }];
  return [];
}

/** https://cli.github.com/manual/, https://docs.aws.amazon.com/cli/, https://developer.hashicorp.com/vault/docs/commands and the like */
const answering: ReadonlySet<string> = new Set(['gh', 'aws', 'vault', 'gsutil', 'http', 'ssh']);

/** Calls of other programs that keep what they are given, and how people call them. */
const logins: readonly (readonly [program: string, words: RegExp, called: string])[] = [
  ['docker', /\blogin\b/, 'login'],
  ['helm', /\b(login|repo add)\b/, 'login'],
  ['gcloud', /\bauth\b/, 'auth'],
  ['az', /\blogin\b/, 'login'],
  ['aws', /\b(configure|codeartifact login)\b/, 'configure'],
  ['gh', /\bauth\b/, 'auth'],
];

function loginOf({ program, ecosystem }: CommandFacts, words: string): string | undefined {
  const own = ecosystem?.credentials?.keeps?.find(({ call }) => call.test(`${program ?? ''} ${words}`));
  if (own) return own.called;
  return logins.find(([name, verbs]) => name === program && verbs.test(words))?.[2];
}

/** `git -c url.….insteadOf=…` keeps nothing. */
function withoutRewriting(words: readonly string[]): string {
  return words.filter((_word, i) => words[i - 1] !== '-c').join(' ');
}

/** The address of a `git clone` of which the part up to the host's slash holds the credential. */
function cloneAddress({ command: { words }, prefix, workdir }: CommandFacts, credential: RegExp): CloneAddress | undefined {
  const [program, verb] = words;
  const addresses = words.filter(({ text }) => credential.test(text));
  const [address] = addresses;
  if (prefix !== '' || !program || verb?.value !== 'clone' || !address || addresses.length > 1) return undefined;
  const [, host, rest] = /^"?(https?:\/\/[^\s/"']*@[^\s/"'@]+\/)([^\s"']*)"?$/.exec(address.text) ?? [];
  if (host === undefined || rest === undefined || credential.test(rest)) return undefined;
  const place = words[words.indexOf(address) + 1];
  const folder = place ? place.value : posix.basename(rest).replace(/\.git$/, '');
  return {
    program,
    address,
    host,
    open: host.replace(/\/\/[^/]*@/, '//'),
    folder: folder === undefined || /[$`]/.test(folder) ? undefined : absolute(folder, workdir, undefined),
  };
}

/** Arguments that put a value into a program: `-ldflags "-X main.token=…"`, `-DTOKEN=…`, `--define`. */
const baked = /(^|[\s=])-X[\s=]|^-D\w+=|^--define\b|^-ldflags/;

const cloning = /\b(clone|remote (add|set-url)|submodule add)\b/;

/** `git config --global KEY VALUE`: https://git-scm.com/docs/git-config */
function gitConfigured({ program, arguments: all }: CommandFacts): Configured | undefined {
  const [config, ...rest] = all;
  if (program !== 'git' || config?.value !== 'config') return undefined;
  const options = rest.filter(({ text }) => text.startsWith('-')).map(({ text }) => text);
  const [key, value] = rest.filter(({ text }) => !text.startsWith('-'));
  const [scope] = options;
  if (!key || !value || options.length > 1 || (scope !== '--global' && scope !== '--system')) return undefined;
  return { file: scope === '--global' ? '~/.gitconfig' : '/etc/gitconfig', takenBack: ['config', scope, '--unset', key.text] };
}
