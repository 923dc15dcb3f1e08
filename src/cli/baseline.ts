import { relative, resolve } from 'node:path';
import { acceptingAll, baselineText, readBaseline } from '../batch/baseline.ts';
import { counted } from '../report/layout.ts';
import { writeChangeSet } from '../write.ts';
import { findDockerfiles, say, sayUnreached, type Selection } from './outcomes.ts';
import { Progress } from './progress.ts';

/** Accepts what is found: writes the baseline, that of the configuration where none is given; returns the exit code. Throws a UsageError. */
export async function writeBaseline(given: Selection, cwd: string): Promise<number> {
  const { discovery, optionsOf, registry, baseline: named } = await findDockerfiles(given, cwd, false);
  const baseline = readBaseline(named ?? resolve(cwd, 'dockopt-baseline.json'), { cwd, writing: true });
  const progress = await Progress.start(discovery.files.length, true);
  const paths = discovery.files.map(({ path }) => path);
  const entries = await acceptingAll(baseline, paths, optionsOf, () => progress.show(0));
  progress.end();
  sayUnreached(registry);
  const file = relative(cwd, baseline.file).replaceAll('\\', '/');
  const text = baselineText(entries);
  const error = text === baseline.text ? undefined : writeChangeSet([{ path: baseline.file, before: baseline.text, after: text }], cwd);
  if (error) {
    say(`${file} was not written: ${error.because}`);
    return 3;
  }
  const sum = entries.reduce((all, { count }) => all + count, 0);
  const files = new Set(entries.map(({ path }) => path)).size;
  const use = named === undefined ? `; use it with \`--baseline ${file}\`, or \`baseline\` in the configuration` : '';
  process.stdout.write(`${file} accepts ${counted(sum, 'finding')} in ${counted(files, 'Dockerfile')}${use}\n`);
  return 0;
}
