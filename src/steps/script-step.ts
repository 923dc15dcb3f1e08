import { readDockerfile } from '../dockerfile/read.ts';
import { noFiles } from '../workspace/workspace.ts';
import type { Step } from './facts.ts';
import { readFacts } from './read.ts';

/** A script file as the step that it would be; undefined where it cannot be read as one. */
export function scriptStep(text: string): Step | undefined {
  const body = text.replace(/^#!.*/, '').replaceAll('\r', '');
  const reading = readDockerfile(`FROM scratch\nSHELL ["/bin/bash","-c"]\nRUN <<'END_OF_SCRIPT'\n${body}\nEND_OF_SCRIPT\n`, 'own');
  return 'dockerfile' in reading ? readFacts(reading.dockerfile, { context: noFiles }).steps.at(-1) : undefined;
}
