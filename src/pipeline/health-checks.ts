import type { Step } from '../steps/facts.ts';
import { checkText } from '../steps/health-checks.ts';
import { plainAddress } from '../steps/requests.ts';
import { applyEdits } from '../text.ts';

/** A one-line program, in the language of Node.js or of Python, that asks for one address. */
const oneLiner = /^(?:(?:\/nodejs\/bin\/)?node|bun|python3?) -[ec] "?(?:import urllib\.request; |fetch\()[^"]*?'(https?:\/\/[^']*)'[^"]*"?$/;
const oneLiners = /(?:\/nodejs\/bin\/node|\b(?:node|bun|python3?)) -[ec] "(?:import urllib\.request; |fetch\()[^"]*"/g;

/** A HEALTHCHECK by its flags and what it asks for, whichever program asks; undefined for any other instruction. */
export function healthCheck(step: Step): string[] | undefined {
  const { keyword, flags, json } = step.instruction;
  const check = keyword === 'HEALTHCHECK' ? checkText(step) : undefined;
  if (!check) return undefined;
  const asked = applyEdits(
    check.source.text,
    check.requests.map((request) => ({
      start: request.start,
      end: request.end,
      text: askFor(plainAddress(request) ?? request.address, request.isRead),
    })),
  );
  const text = check.form === 'words' && json && oneLiner.test(asked) ? byLine(asked) : asked.replaceAll(oneLiners, byLine);
  const options = flags.map(({ name, value = '' }) => `--${name}=${value}`);
  return [[keyword, ...options, text.replace(/ *\|\| exit 1$/, '').replaceAll(/\s+/g, ' ')].join(' ')];
}

function byLine(line: string): string {
  const [, address = ''] = oneLiner.exec(line) ?? [];
  return askFor(address, /console\.log|print\(/.test(line));
}

function askFor(address: string, isRead: boolean): string {
  return `ASK ${address.replace(/(?<=^https?:\/\/)localhost(?=[:/]|$)/, '127.0.0.1')}${isRead ? ' AND READ' : ''}`;
}
