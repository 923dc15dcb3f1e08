import type { Client } from '../bases/clients.ts';
import { plainAddress, type Request } from './requests.ts';

/** What of a request counts for another program. */
export type Asked = Pick<Request, 'address' | 'literal' | 'isRead' | 'failsOnErrors' | 'seconds'>;

/** The words by which a client makes a request that curl or wget made; the last one, the address or a program in its language, may need quotes. */
export function askingBy(client: Client, request: Asked): readonly string[] {
  const full = plainAddress(request) ?? request.address;
  const address = client.oneAddress ? full.replace(/^(https?:\/\/)localhost(?=[:/]|$)/, '$1127.0.0.1') : full;
  return [client.program, ...languages[client.kind](address, request)];
}

const languages: Readonly<Record<Client['kind'], (address: string, request: Asked) => readonly string[]>> = {
  wget: (address, { isRead, seconds }) => ['-q', '-O', isRead ? '-' : '/dev/null', ...(seconds === undefined ? [] : ['-T', seconds]), address],
  node: (address, request) => ['-e', fetching(address, request)],
  bun: (address, request) => ['-e', fetching(address, request)],
  python: (address, { isRead, seconds }) => {
    const opened = `urllib.request.urlopen('${address}'${seconds === undefined ? '' : `, timeout=${seconds}`})`;
    return ['-c', `import urllib.request; ${isRead ? `print(${opened}.read().decode())` : opened}`];
  },
};

/** https://nodejs.org/api/globals.html#fetch: a rejection that nothing handles ends the program with 1. */
function fetching(address: string, { isRead, failsOnErrors, seconds }: Asked): string {
  const asked = `fetch('${address}'${seconds === undefined ? '' : `, { signal: AbortSignal.timeout(${seconds}000) }`})`;
  if (isRead) return `${asked}.then(r => ${failsOnErrors ? "r.ok ? r.text() : ''" : 'r.text()'}).then(console.log)`;
  return failsOnErrors ? `${asked}.then(r => process.exit(r.ok ? 0 : 1))` : `${asked}.then(() => process.exit())`;
}

/** Programs in double quotes, so that the shell puts variables in; addresses as they are, or in quotes where it would read something in them. */
export function asShellText(words: readonly string[]): string {
  return words.map((word) => (/^(?:[\w@%+=:,./-]|\$\w+|\$\{\w+(?::-\w+)?\})+$/.test(word) ? word : `"${word}"`)).join(' ');
}
