import { readDockerfile } from '../../src/dockerfile/read.ts';
import { cacheUsesOf, unmounted } from '../../src/steps/cache-uses.ts';
import type { CommandFacts } from '../../src/steps/facts.ts';
import { readFacts } from '../../src/steps/read.ts';
import { noFiles } from '../../src/workspace/workspace.ts';
import type { Measured } from './measure.ts';

/** RUNs on known bases in which a manager fetches what it may keep (packages of a shipped stage's distribution aside), and those with a mount for it, before and after. */
export function mountedInstalls(measured: readonly Measured[]): Record<string, number> {
  const [before, after] = [tallied(measured.map(({ text }) => text)), tallied(measured.map(({ result }) => result.text))];
  return {
    'installs on known bases': before.all,
    'mounted before': before.mounted,
    'mounted after': after.mounted,
    'per cent': Math.round((100 * after.mounted) / Math.max(1, after.all)),
  };
}

function tallied(texts: readonly string[]): { all: number; mounted: number } {
  let [all, mounted] = [0, 0];
  for (const text of texts) {
    const reading = readDockerfile(text, 'own');
    if (!('dockerfile' in reading)) continue;
    const facts = readFacts(reading.dockerfile, { context: noFiles });
    for (const step of facts.steps) {
      if (!step.stage.base.known) continue;
      const { uses, unknown } = cacheUsesOf(step, facts);
      const inLayer = ({ ecosystem }: CommandFacts): boolean => step.stage.shipped && ecosystem?.ofDistribution === true;
      const counted = uses.filter(({ calls }) => !calls.some(({ command }) => inLayer(command)));
      all += counted.length + unknown.filter(({ command }) => !inLayer(command)).length;
      mounted += counted.filter((use) => unmounted(use).length === 0).length;
    }
  }
  return { all, mounted };
}
