import { onceForText } from '../once.ts';
import { isCredentialName, isSecretValue } from './credential-names.ts';

/** `NAME=value`, `NAME: value`, `"name": "value"` and `ENV NAME value`. */
const named = /(?<![\w$.-])([A-Za-z_]\w{0,80})["']?[ \t]{0,8}[=:][ \t]{0,8}\\?["']?([^\s"'\\,;&|<>]+)/g;
const namedByBlank = /^[ \t]*ENV[ \t]+([A-Za-z_]\w{0,80})[ \t]+["']?([^\s"'\\,;&|<>=]+)/gim;
/** What is a token by its form: https://docs.github.com/code-security/secret-scanning, https://docs.gitlab.com/security/tokens/ */
export const token = /gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abps]-[\w-]{10,}|npm_[A-Za-z0-9]{30,}/;
/** What is one wherever it stands. */
const everywhere: readonly RegExp[] = [
  /:_(?:authToken|auth|password)=\\?["']?([^\s"'\\]+)/g,
  /(?<!\w)\w{2,20}:\/\/[^\s/:@"']{0,200}:([^\s/@"']{1,500})@/g,
  /https?:\/\/([^\s/:@"'$.]{8,})@[\w-]+\.\w/g,
  /\b(?:Bearer|Basic|token)[ \t]+([\w.~+/=-]{8,})/g,
  new RegExp(`\\b(${token.source}|AKIA[0-9A-Z]{12,}|sk-[\\w-]{16,})`, 'g'),
  // https://curl.se/docs/manpage.html#-u
  /\bcurl\b[^;&|\n]{0,400}?\s(?:-u|--user|-U|--proxy-user)[ \t]+["']?[^\s:"']+:([^\s"']+)/g,
  /\bmachine[ \t]+\S+[ \t]+login[ \t]+\S+[ \t]+password[ \t]+([^\s"']+)/g,
];
/** What stands in a private key, whose line breaks may be written as `\n`: https://www.rfc-editor.org/rfc/rfc7468 */
const key = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(.{1,8192}?)-----END/gs;
const lineBreaks = /(?:\\+[nr]|[^\w+/=])+/;
/** A shorter one would mask what is none. */
const shortest = 4;

/** Credentials that stand in a text as they are, the longest first: what has to be masked where it is shown. */
export const secretValuesIn = onceForText((text: string): readonly string[] => {
  const found = new Set<string>();
  for (const pattern of [named, namedByBlank]) for (const [, name = '', value = ''] of text.matchAll(pattern)) if (isCredentialName(name)) found.add(value);
  for (const pattern of everywhere) for (const [, value = ''] of text.matchAll(pattern)) found.add(value);
  for (const [, body = ''] of text.matchAll(key)) for (const line of body.split(lineBreaks)) found.add(line);
  return [...found].filter((value) => value.length >= shortest && !value.startsWith('-----') && isSecretValue(value)).toSorted((a, b) => b.length - a.length);
});

/** A text with `***` in place of credentials. */
export function masked(text: string, values: readonly string[]): string {
  return values.reduce((rest, value) => rest.replaceAll(new RegExp(namingOf(value), 'g'), '***'), text);
}

/** Finds a credential, or the name of its variable, in a text. */
export function namingOf(written: string): RegExp {
  return new RegExp(`(?<!\\w)${written.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\w)`);
}
