import type { Crossing } from '../ecosystems/ecosystem.ts';
import type { Facts, Step } from '../steps/facts.ts';
import { platformBuilds } from '../steps/platform-builds.ts';
import { variablesSet } from '../steps/variables.ts';

type Setting = Crossing['settings'][number];

const target = /(^|\s)\w+=\$(TARGET(OS|ARCH)|\{TARGETVARIANT#v\})(?=\s)/g;

/** What a step says but for the platform that it builds for. */
export function nativeReading({ instruction, run }: Step): string[] | undefined {
  const { keyword, argument, heredocs } = instruction;
  if (keyword === 'ARG') {
    const own = instruction.words.filter(({ text }) => !/^TARGET(OS|ARCH|VARIANT)$/.test(text));
    return own.map(({ text }) => `ARG ${text}`);
  }
  if (!run || heredocs.length > 0 || instruction.json) return undefined;
  const flags = instruction.flags.map(({ name, value = '' }) => `--${name}=${value}`).join(' ');
  return [`${keyword} ${flags} ${argument.text.replaceAll(target, '$1').replace(/\s+/g, ' ').trim()}`];
}

/** A stage that runs on the platform of the builder builds for that alone, or is told what nothing declares. */
export function wronglyBuilt(before: Facts, after: Facts): string | undefined {
  for (const { stage, calls } of platformBuilds(before)) {
    const now = after.stages[stage.stage.index];
    if (!now?.stage.from.flags.some(({ name }) => name === 'platform')) continue;
    const declared = new Set<string>();
    const said: string[] = [];
    for (const { instruction } of now.steps) {
      for (const name of variablesSet(instruction)) declared.add(name);
      const used = [...instruction.joined.text.matchAll(/\$\{?(TARGET\w+)/g)].map(([, name = '']) => name);
      const missing = instruction.keyword === 'RUN' ? used.find((name) => !declared.has(name)) : undefined;
      if (missing !== undefined) return `line ${instruction.startLine} names ${missing}, which nothing declares`;
      said.push(instruction.joined.text);
    }
    const isTold = ({ name, value }: Setting): boolean => {
      const wanted = calls.filter(({ crossing }) => crossing.settings.some((one) => one.name === name)).length;
      return said.join('\n').split(`${name}=${value} `).length > wanted;
    };
    if (!calls.every(({ crossing }) => crossing.settings.every(isTold)))
      return `a call of the stage in line ${now.stage.from.startLine} builds for the platform of the builder`;
  }
  return undefined;
}
