import type { Batch } from '../batch/batch.ts';
import { jsonReport } from '../report/json.ts';
import { coloured, plain } from '../report/layout.ts';
import { sentSentence } from '../report/sent.ts';
import { changedPaths } from '../report/names.ts';
import { patchReport } from '../report/patch.ts';
import type { Portion } from '../portions/portion.ts';
import { prettyReport, type PrettyOptions } from '../report/pretty.ts';

/** What `--format` takes. */
export const formats = ['pretty', 'patch', 'json', 'sarif', 'github', 'markdown', 'html'] as const;
export type Format = (typeof formats)[number];

interface ReportArguments {
  readonly why: boolean;
  /** Everything that changed is written. */
  readonly written: boolean;
  readonly typed: readonly string[];
  /** How the forms for people are parted. */
  readonly portions?: readonly Portion[] | undefined;
}

/** The result in its form, for stdout; `names`: a line for each file that would change. */
export async function report(batch: Batch, format: Format | 'names', { why, written, typed, portions }: ReportArguments): Promise<string> {
  switch (format) {
    case 'json':
      return jsonReport(batch, process.cwd());
    case 'patch':
      return patchReport(batch, why);
    case 'sarif':
      return (await import('../report/sarif.ts')).sarifReport(batch, process.cwd());
    case 'github':
      return (await import('../report/github.ts')).githubReport(batch, process.cwd());
    case 'markdown':
      return portions && portions.length > 0
        ? (await import('../portions/body.ts')).bodiesOf(portions)
        : (await import('../report/markdown.ts')).markdownReport(batch);
    case 'html':
      return (await import('../report/html.ts')).htmlReport(batch);
    case 'names':
      return changedPaths(batch)
        .map((path) => `${path}\n`)
        .join('');
    case 'pretty': {
      const options: PrettyOptions = {
        why,
        written,
        width: Math.min(Math.max(process.stdout.columns || 100, 60), 110),
        paint: process.stdout.isTTY && process.stdout.hasColors() ? coloured : plain,
        command: rest(typed),
        sentence: (file) => sentSentence(file, process.cwd(), process.stdout.isTTY),
      };
      return portions ? (await import('../report/grouped.ts')).groupedReport(batch, portions, options) : prettyReport(batch, options);
    }
  }
}

/** The arguments to put behind another option: without those that choose a form, quoted for a shell. */
function rest(typed: readonly string[]): string {
  const kept: string[] = [];
  for (let i = 0; i < typed.length; i++) {
    const word = typed[i] ?? '';
    if (word === '--format' || (word === '--level' && typed[i + 1] === 'safe')) i++;
    else if (!/^--format=|^--level=safe$|^--(why|write|check)$/.test(word))
      kept.push(/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
  }
  return kept.map((word) => ` ${word}`).join('');
}
