import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { UsageError } from '../usage-error.ts';

const withPath = v.looseObject({ path: v.string() });

const reportShape = v.object({
  version: v.literal(1),
  files: v.array(withPath),
  ignoreFiles: v.array(withPath),
  callerFiles: v.array(withPath),
  callerNotes: v.array(v.looseObject({})),
});

type Report = v.InferOutput<typeof reportShape>;
type Lists = 'files' | 'ignoreFiles' | 'callerFiles';

/**
 * The JSON reports at some paths as one report, files in the order of their paths. undefined where one of them is no report. Throws a UsageError where
 * two of them tell something else of one file: each shard takes the others' Dockerfiles for unchanged, so only journals can settle that.
 */
export function joinedReports(paths: readonly string[], cwd: string): string | undefined {
  const reports: { readonly path: string; readonly report: Report }[] = [];
  for (const path of paths) {
    const report = reportAt(resolve(cwd, path));
    if (!report) return undefined;
    reports.push({ path, report });
  }
  const listOf = (list: Lists): Report[Lists] => {
    const found = new Map<string, { readonly by: string; readonly text: string; readonly file: Report[Lists][number] }>();
    for (const { path: by, report } of reports) {
      for (const file of report[list]) {
        const text = JSON.stringify(file);
        const known = found.get(file.path);
        if (known && known.text !== text)
          throw new UsageError(`${known.by} and ${by} tell something else of ${file.path}; merge the journals of the shards (--journal) instead`);
        found.set(file.path, { by, text, file });
      }
    }
    return [...found.values()].map(({ file }) => file).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  };
  const notes = new Map(reports.flatMap(({ report }) => report.callerNotes.map((note) => [JSON.stringify(note), note] as const)));
  const joined: Report = {
    version: 1,
    files: listOf('files'),
    ignoreFiles: listOf('ignoreFiles'),
    callerFiles: listOf('callerFiles'),
    callerNotes: [...notes.values()],
  };
  return `${JSON.stringify(joined, null, 2)}\n`;
}

function reportAt(path: string): Report | undefined {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  const read = v.safeParse(reportShape, content);
  return read.success ? read.output : undefined;
}
