import type { CommandFacts } from './facts.ts';

/** What a call of curl or wget asks a server for. */
export interface Request {
  /** As it is written, without the quotes around it. */
  readonly address: string;
  /** It stood in single quotes, or in none and no shell reads it: `$` is no variable. */
  readonly literal: boolean;
  /** Only the head of the answer is asked for. */
  readonly isHead: boolean;
  /** Its answer is read, and not only whether it succeeds. */
  readonly isRead: boolean;
  /** It fails where the answer is an error of HTTP. */
  readonly failsOnErrors: boolean;
  readonly followsRedirects: boolean;
  /** It gives up behind so many seconds. */
  readonly seconds: string | undefined;
  /** An option, or a further word, that asks for something else. */
  readonly unread: string | undefined;
}

interface Options {
  /** By each spelling the meaning; `=` behind it takes a value. */
  readonly [spelling: string]: 'nothing' | 'nothing=' | 'follows' | 'more=' | 'fails' | 'head' | 'output=' | 'seconds=' | 'method=' | 'address=';
}

const curl: Options = {
  ...meaning('nothing', '-s -S -v -i -k -g -N -# --silent --show-error --verbose --include --insecure --globoff --no-buffer --compressed'),
  ...meaning('follows', '-L --location'),
  ...meaning(
    'more=',
    '-H -w -A -u -d -x -b -e --header --write-out --user-agent --user --data --proxy --noproxy --cookie --retry --retry-delay --retry-max-time --resolve',
  ),
  ...meaning('fails', '-f --fail --fail-with-body'),
  ...meaning('head', '-I --head'),
  ...meaning('output=', '-o --output'),
  ...meaning('seconds=', '-m --max-time --connect-timeout'),
  ...meaning('method=', '-X --request'),
  ...meaning('address=', '--url'),
};

const wget: Options = {
  ...meaning('nothing', '-q -v -S --quiet --no-verbose -nv --verbose --server-response --no-check-certificate'),
  ...meaning('nothing=', '-t --tries'),
  ...meaning('more=', '-U -Y --header --user-agent --waitretry --max-redirect --post-data'),
  ...meaning('head', '--spider'),
  ...meaning('output=', '-O --output-document'),
  ...meaning('seconds=', '-T --timeout'),
};

function meaning(one: Options[string], spellings: string): Options {
  return Object.fromEntries(spellings.split(' ').map((spelling) => [spelling, one]));
}

/** The request that a command makes; undefined where it is neither curl nor wget, or asks for nothing. `piped`: something reads what it writes. */
export function requestOf(
  { program, arguments: given }: CommandFacts,
  { piped, shell }: { readonly piped: boolean; readonly shell: boolean },
): Request | undefined {
  if (program !== 'curl' && program !== 'wget') return undefined;
  const options = program === 'curl' ? curl : wget;
  const addresses: string[] = [];
  let isHead = false;
  let failsOnErrors = program === 'wget';
  let followsRedirects = program === 'wget';
  let seconds: string | undefined;
  let output: string | undefined;
  let unread: string | undefined;
  const take = (option: string, value: string | undefined): void => {
    const known = Object.hasOwn(options, option) ? options[option] : undefined;
    if (known === undefined || known === 'more=') unread ??= option;
    else if (known === 'follows') followsRedirects = true;
    else if (known === 'fails') failsOnErrors = true;
    else if (known === 'head') isHead = true;
    else if (known === 'output=') output = value;
    else if (known === 'seconds=') seconds = value;
    else if (known === 'address=') addresses.push(value ?? '');
    else if (known === 'method=' && value !== 'GET') unread ??= `${option} ${value ?? ''}`;
  };
  const takesValue = (option: string): boolean => Object.hasOwn(options, option) && options[option]?.endsWith('=') === true;
  for (let i = 0; i < given.length; i++) {
    const { text } = given[i] ?? { text: '' };
    if (!text.startsWith('-') || text === '-') {
      addresses.push(text);
      continue;
    }
    const equals = text.indexOf('=');
    if (text.startsWith('--') || Object.hasOwn(options, text)) {
      const option = text.startsWith('--') && equals > 0 ? text.slice(0, equals) : text;
      const inside = option === text ? undefined : text.slice(equals + 1);
      take(option, inside ?? (takesValue(option) ? given[++i]?.text : undefined));
      continue;
    }
    for (let at = 1; at < text.length; at++) {
      const option = `-${text[at] ?? ''}`;
      const value = takesValue(option) ? text.slice(at + 1) || given[++i]?.text : undefined;
      take(option, value);
      if (value !== undefined) break;
    }
  }
  const [written] = addresses;
  if (written === undefined) return undefined;
  unread ??= addresses[1];
  if (seconds !== undefined && !/^\d+$/.test(seconds)) unread ??= seconds;
  if (output !== undefined && output !== '/dev/null' && output !== '-') unread ??= `-o ${output}`;
  const isRead = piped && output !== '/dev/null' && (program === 'curl' || output === '-');
  if (isRead && isHead) unread ??= program === 'curl' ? '-I' : '--spider';
  const quote = /^(["'])(.*)\1$/s.exec(written);
  return {
    address: quote?.[2] ?? written,
    literal: !shell || quote?.[1] === "'",
    isHead,
    isRead,
    failsOnErrors,
    followsRedirects,
    seconds,
    unread,
  };
}

/** The address with its scheme, where each program reads it alike; undefined where it is none, or a variable may hold any. */
export function plainAddress({ address, literal }: Pick<Request, 'address' | 'literal'>): string | undefined {
  const found = /^(https?:\/\/)?((?:[\w.-]|\$\w+|\$\{\w+\})+)(:(?:\d+|\$\w+|\$\{\w+(?::-\w+)?\}))?(\/(?:[\w./%~@:+,=&?-]|\$\w+|\$\{\w+\})*)?$/.exec(address);
  if (!found || (literal && address.includes('$'))) return undefined;
  const [, scheme, host = '', port = '', path = ''] = found;
  return scheme === undefined && host.startsWith('$') ? undefined : `${scheme ?? 'http://'}${host}${port}${path}`;
}
