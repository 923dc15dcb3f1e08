import { posix } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Outcome } from '../outcome.ts';
import type { Difference } from '../verify/difference.ts';
import type { Size } from '../verify/image.ts';
import type { Verdict, Verification } from '../verify/verify.ts';
import { counted, printable, wrap, type Paint } from './layout.ts';

export interface VerifiedFile {
  readonly outcome: Outcome;
  readonly verification: Verification;
}

/** The report for programs. Within a version fields are added, never changed or taken away. */
export interface VerificationReport {
  readonly version: 1;
  readonly files: readonly (Verification & { readonly path: string; readonly context: Outcome['context'] | null })[];
}

export function verificationJson(verified: readonly VerifiedFile[]): string {
  const report: VerificationReport = {
    version: 1,
    files: verified.map(({ outcome, verification }) => ({ path: outcome.path, context: outcome.context ?? null, ...verification })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

interface PrettyOptions {
  /** Characters a line. */
  readonly width: number;
  readonly paint: Paint;
  readonly smoke: string | undefined;
  /** Dockerfiles that would not change. */
  readonly others: number;
}

const mostShown = 20;
const mostNamed = 3;

/** The report for people. */
export function verificationPretty(verified: readonly VerifiedFile[], options: PrettyOptions): string {
  const lines = verified.flatMap((one) => [...section(one, options), '']);
  return `${[...lines, footer(verified, options)].join('\n')}\n`;
}

const colours: Readonly<Record<Verdict, 'bold' | 'red' | 'green'>> = {
  equal: 'green',
  'equal but for what was announced': 'green',
  different: 'red',
  'not comparable': 'bold',
};

function section({ outcome, verification }: VerifiedFile, { width, paint, smoke: command }: PrettyOptions): string[] {
  const { path, context } = outcome;
  const { verdict, because, log, differences, announced, always, varying, sizes, smoke } = verification;
  const by = context ? `   context ${context.path} (${context.by})` : '';
  const lines = [`${paint('bold', printable(path))}${paint('dim', printable(by))}`, `  ${paint(colours[verdict], verdict)}`];
  if (because !== undefined) lines.push(...wrap(because, width - 4).map((line) => `    ${line}`));
  if (log !== undefined)
    lines.push(
      '',
      ...stripVTControlCharacters(log)
        .split('\n')
        .map((line) => paint('dim', `    | ${printable(line)}`)),
      '',
    );
  if (log !== undefined && context?.given === false)
    lines.push(`    The context is inferred; give it with --context, what else the build needs with --build-arg or behind --.`);
  lines.push(...differenceLines(differences));
  const tell = (text: string): void => void lines.push(...wrap(text, width - 6).map((line, index) => (index === 0 ? '    ' : '      ') + line));
  for (const one of announced) tell(`${one.title}: ${tally(one.differences)}; ${one.because}`);
  if (always.length > 0) tell(`written anew by every build: ${always.map((one) => `${one.title} (${one.differences[0]?.name ?? ''})`).join(', ')}`);
  if (varying.length > 0) {
    const names = varying.slice(0, mostNamed).map(({ part, name }) => (part === 'files' ? name : `${part} ${name}`));
    const more = varying.length > mostNamed ? ` and ${varying.length - mostNamed} more` : '';
    tell(`not compared, since two builds of the original already differ there: ${names.join(', ')}${more}`);
  }
  if (smoke && smoke.notRun === undefined && ![...differences, ...varying].some(({ part }) => part === 'smoke')) {
    lines.push(`    ${printable(command ?? '')}: exit code ${smoke.exitCode} and the same output in both`);
  }
  if (sizes) lines.push(`    ${size(sizes.before)}, then ${size(sizes.after)}`);
  return lines;
}

function differenceLines(differences: readonly Difference[]): string[] {
  // What lies in a folder that is gone or new goes without saying.
  const folders = new Set(differences.filter(({ aspect }) => aspect === 'presence').map(({ name }) => name));
  const told = differences.filter(({ aspect, name }) => aspect !== 'presence' || !folders.has(posix.dirname(name)));
  const lines = told.slice(0, mostShown).map(differenceLine);
  const more = told.length - mostShown;
  return more > 0 ? [...lines, `    and ${more} more (--format json has them all)`] : lines;
}

function differenceLine({ part, name, aspect, before, after }: Difference): string {
  if (part !== 'smoke' || name === 'exit code') {
    const what = part === 'files' ? (aspect === 'presence' ? name : `${name} ${aspect}`) : `${part} ${name}`;
    return `    ${printable(what)}: ${short(before)}, then ${short(after)}`;
  }
  const [old, fresh] = [before?.split('\n') ?? [], after?.split('\n') ?? []];
  const at = old.findIndex((line, index) => line !== fresh[index]);
  const line = at < 0 ? old.length : at;
  return `    smoke ${name}, line ${line + 1}: ${quoted(old[line])}, then ${quoted(fresh[line])}`;
}

function quoted(line: string | undefined): string {
  return line === undefined ? 'no such line' : short(JSON.stringify(line));
}

const mostOfAValue = 160;

function short(value: string | undefined): string {
  if (value === undefined) return 'absent';
  const text = printable(value);
  return text.length > mostOfAValue ? `${text.slice(0, mostOfAValue)}…` : text;
}

const mostPlaces = 6;

/** `3 gone (/a, /b with 1 path in it), 1 changed (/c)` */
function tally(differences: readonly Difference[]): string {
  const gone = differences.filter(({ after }) => after === undefined);
  const come = differences.filter(({ before }) => before === undefined);
  const changed = differences.filter(({ before, after }) => before !== undefined && after !== undefined);
  const kinds = [
    { one: 'gone', all: gone },
    { one: 'new', all: come },
    { one: 'changed', all: changed },
  ];
  return kinds.flatMap(({ one, all }) => (all.length > 0 ? [`${all.length} ${one} (${places(all)})`] : [])).join(', ');
}

/** The first of the paths, each folder with what lies in it. */
function places(differences: readonly Difference[]): string {
  const names = new Set(differences.map(({ name }) => name));
  const tops = [...names].filter((name) => !names.has(posix.dirname(name)));
  const shown = tops.slice(0, mostPlaces).map((top) => {
    const below = [...names].filter((name) => name.startsWith(`${top}/`)).length;
    return below > 0 ? `${top} with ${counted(below, 'path')} in it` : top;
  });
  return [...shown, ...(tops.length > mostPlaces ? [`${tops.length - mostPlaces} more`] : [])].join(', ');
}

function size({ bytes, layers }: Size): string {
  return `${(bytes / 1e6).toFixed(1)} MB in ${counted(layers, 'layer')}`;
}

function footer(verified: readonly VerifiedFile[], { others }: PrettyOptions): string {
  const rest = others > 0 ? `${counted(others, 'Dockerfile')} would not change.` : '';
  if (verified.length === 0) return rest === '' ? 'Nothing to verify.' : `Nothing to verify: ${rest}`;
  const verdicts = Object.keys(colours).flatMap((verdict) => {
    const count = verified.filter(({ verification }) => verification.verdict === verdict).length;
    return count > 0 ? [`${count} ${verdict}`] : [];
  });
  return `${counted(verified.length, 'Dockerfile')} verified: ${verdicts.join(', ')}.${rest === '' ? '' : ` ${rest}`}`;
}
