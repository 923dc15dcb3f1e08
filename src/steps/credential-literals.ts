import { once } from '../once.ts';
import type { ShellWord } from '../shell/script.ts';
import { credentialAddresses } from './credential-addresses.ts';
import { isSecretValue } from './credential-names.ts';
import { settingsOf, type CredentialVariable } from './credential-variables.ts';
import type { CommandFacts, Facts, Step } from './facts.ts';
import { overlap } from './paths.ts';
import { secretValuesIn, token } from './secret-values.ts';

/** A credential that stands in calls as it is, where a shell could put it from a variable. */
export interface CredentialLiteral extends CredentialVariable {
  readonly literal: string;
  /** Each word that holds it, and how that is written with the variable; undefined where its quotes do not let that be seen. */
  readonly words: readonly { readonly step: Step; readonly word: ShellWord; readonly by: string | undefined }[];
  readonly obstacle: { readonly is: 'elsewhere' | 'quoted' | 'set already' | 'several'; readonly what: string } | undefined;
}

/** It stands in calls, and no ARG or ENV declares it. */
export function isLiteral(variable: CredentialVariable | CredentialLiteral): variable is CredentialLiteral {
  return 'words' in variable;
}

/** Credentials in a word of a call. */
const known: readonly RegExp[] = [
  new RegExp(`(?<![\\w-])(${token.source})(?![\\w-])`, 'g'),
  /:\/\/[^\s/:@"']{0,200}:([^\s/@"']{1,500})@/g,
  // A name alone may be the user's.
  /:\/\/((?=[\w-]*\d)[\w-]{20,})(?::x-oauth-basic)?@/g,
  /:_(?:authToken|auth|password)=["']?([^\s"']+)/g,
  /authorization:\s*(?:Bearer|Basic|token)\s+([\w.~+/=-]{8,})/gi,
];

/** The credentials that stand in calls of git, of programs that fetch and of package managers, and in lines of files that have others, too. */
export const credentialLiterals = once((facts: Facts): CredentialLiteral[] => {
  const found = new Map<string, { readonly step: Step; readonly command: CommandFacts }[]>();
  const asAddress = credentialAddresses(facts).flatMap(({ places }) => places.map(({ command }) => command.command));
  for (const step of facts.steps)
    for (const command of step.run?.form === 'shell' && step.run.script ? step.run.commands : []) {
      const isCall = command.kind === 'fetch' || command.kind === 'package' || command.program === 'git';
      if ((!isCall && !writesPart(step, command)) || asAddress.includes(command.command)) continue;
      for (const value of new Set(valuesIn(command))) found.set(value, [...(found.get(value) ?? []), { step, command }]);
    }
  const all = [...found].map(([literal, calls]) => literalOf(facts, literal, calls));
  return all.map((one) => {
    const other = all.find(({ name, literal }) => name === one.name && literal !== one.literal);
    return other ? { ...one, obstacle: one.obstacle ?? { is: 'several', what: one.name } } : one;
  });
});

function valuesIn({ program, command: { words } }: CommandFacts): string[] {
  return words
    .flatMap(({ text }, i) => {
      const pair = program === 'curl' && isUser.test(words[i - 1]?.text ?? '') ? /^["']?[^\s:"']+:([^\s"']+)["']?$/.exec(text)?.[1] : undefined;
      return [...known.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, value]) => value ?? [])), ...(pair === undefined ? [] : [pair])];
    })
    .filter((value) => value.length >= 4 && isSecretValue(value));
}

/** https://curl.se/docs/manpage.html#-u */
const isUser = /^(-u|--user|-U|--proxy-user|-[a-zA-Z]+u)$/;

/** It writes a line of a file that the RUN deletes in the end, and that has lines without a credential. */
function writesPart({ run }: Step, { program, writes: [path, ...more] }: CommandFacts): boolean {
  if (path === undefined || more.length > 0 || !writers.has(program ?? '')) return false;
  const lines = run?.commands.filter((one) => writers.has(one.program ?? '') && one.writes.includes(path)) ?? [];
  const last = lines.at(-1)?.command.end ?? 0;
  const isDeleted = run?.commands.some(({ command, removes }) => command.start > last && removes.some((one) => overlap(one, path))) ?? false;
  const held = lines.map((one) => secretValuesIn(one.command.words.map(({ text }) => text).join(' ')).every((value) => valuesIn(one).includes(value)));
  return isDeleted && held.every(Boolean) && lines.some((one) => valuesIn(one).length === 0);
}

/** Programs that write down their arguments. */
const writers: ReadonlySet<string> = new Set(['echo', 'printf']);

function literalOf(facts: Facts, literal: string, calls: readonly { readonly step: Step; readonly command: CommandFacts }[]): CredentialLiteral {
  const [first] = calls;
  const name = first ? nameFor(first.command, literal) : '';
  const runs = [...new Set(calls.map(({ step }) => step))];
  const words = calls.flatMap(({ step, command }) =>
    command.command.words.filter(({ text }) => text.includes(literal)).map((word) => ({ step, word, by: withVariable(word.text, literal, name) })),
  );
  const setting = facts.dockerfile.instructions.find((one) => settingsOf(one).some((set) => set.name === name) || one.joined.text.includes(`env=${name}`));
  const elsewhere = facts.dockerfile.instructions.find((one) => {
    const own = words.filter(({ step }) => step.instruction === one).reduce((sum, { word }) => sum + word.text.split(literal).length - 1, 0);
    const texts = [one.joined.text, ...one.heredocs.map(({ content }) => content)].join('\n');
    return texts.split(literal).length - 1 > own;
  });
  const quoted = words.find(({ by }) => by === undefined);
  const obstacle: CredentialLiteral['obstacle'] = elsewhere
    ? { is: 'elsewhere', what: `line ${elsewhere.startLine}` }
    : quoted
      ? { is: 'quoted', what: `line ${quoted.step.instruction.startLine}` }
      : setting
        ? { is: 'set already', what: `${name}, line ${setting.startLine}` }
        : undefined;
  return { name, declared: [], literal, optional: false, kept: false, runs, used: undefined, words, obstacle };
}

/** By the host that it is for, else by the program: `NEXUS_PASSWORD`, `GIT_TOKEN`. Secrets of a workflow may not begin with `GITHUB_`. */
function nameFor({ program = '', command: { words } }: CommandFacts, literal: string): string {
  const text = words.map((word) => word.text).join(' ');
  const label = /(?<![^\s"':=+])(?:git\+)?(?:https?:)?\/\/(?:[^\s/@"']*@)?([A-Za-z][\w-]*)/.exec(text)?.[1] ?? '';
  const of = plain.test(label) ? program : label;
  const isToken = token.test(literal) || !text.includes(`:${literal}`) || /:\/\/(oauth2|x-access-token|git):/.test(text);
  return `${of.replaceAll(/\W/g, '_').toUpperCase()}_${isToken ? 'TOKEN' : 'PASSWORD'}`;
}

/** Hosts whose first name says nothing of them. */
const plain = /^(github|www|api|raw|localhost|)$/;

/** A word with the variable in place of the credential, in double quotes. */
function withVariable(text: string, literal: string, name: string): string | undefined {
  const parts = text.match(/"[^"`\\]*"|'[^']*'|[^"'`\\]+/g) ?? [];
  if (parts.join('') !== text || parts.every((part) => !part.includes(literal))) return undefined;
  const written = parts.map((part) => {
    if (!part.includes(literal)) return part;
    const inside = /^"(.*)"$/s.exec(part)?.[1] ?? /^'(.*)'$/s.exec(part)?.[1] ?? part;
    const rest = inside.split(literal).join('');
    const isPlain = part.startsWith('"') || (part.startsWith("'") ? !/["$`\\!]/.test(rest) : /^[\w:/@.%+~=,#-]*$/.test(rest));
    if (!isPlain) return undefined;
    return `"${inside.split(literal).join(`\${${name}}`)}"`;
  });
  return written.includes(undefined) ? undefined : written.join('');
}
