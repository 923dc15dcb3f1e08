import { once, onceForText } from '../once.ts';
import type { BuildFile } from '../workspace/workspace.ts';
import type { Facts, StageFacts } from './facts.ts';

/** The name of a stage may be what a build asks for: it says nothing of building, or a file that starts builds has it beside `target`. */
export function isAskedFor({ context }: Facts, { stage: { name } }: StageFacts): boolean {
  if (name === undefined || !/build|compile|maven|gradle|golang|sdk|jdk/.test(name)) return true;
  return isTargetIn(context.buildFiles())(name);
}

const isTargetIn = once((files: readonly BuildFile[]) =>
  onceForText((name) => {
    const asked = new RegExp(`\\btarget["']?[\\s:=]+["']?${name}\\b`, 'i');
    return files.some(({ text }) => asked.test(text));
  }),
);
