import type { Flag, Instruction, NotUnderstood, Stage } from './model.ts';
import { refusals } from './refusals.ts';

// BuildKit's instructions/parse.go
const stageName = /^[a-z][a-z0-9\-_.]*$/;

/** Parts the instructions into stages. */
export function readStages(instructions: readonly Instruction[]): Stage[] | NotUnderstood {
  const stages: Stage[] = [];
  let own: Instruction[] = [];
  for (const instruction of instructions) {
    if (instruction.keyword !== 'FROM') {
      if (stages.length > 0) own.push(instruction);
      else if (instruction.keyword !== 'ARG') return refusals.beforeFrom(instruction.keyword, instruction.startLine);
      continue;
    }
    const [base, as, name] = instruction.words;
    if (!base || (instruction.words.length !== 1 && (instruction.words.length !== 3 || as?.text.toLowerCase() !== 'as')))
      return refusals.syntaxError('FROM takes an image, or an image, AS and a name', instruction.startLine);
    const lower = name?.text.toLowerCase();
    if (lower !== undefined && !stageName.test(lower))
      return refusals.syntaxError('the name of a stage holds more than letters, digits and -_. behind a first letter', instruction.startLine);
    own = [];
    stages.push({ index: stages.length, from: instruction, base: base.text, name: lower, instructions: own });
  }
  return stages.length > 0 ? stages : refusals.noFrom();
}

/** `--from=name` or `--mount=…,from=name`, in whatever case. */
export function namesStage({ name, value = '' }: Flag, stage: string): boolean {
  if (name === 'from') return value.toLowerCase() === stage;
  return name === 'mount' && value.split(',').some((field) => field.toLowerCase() === `from=${stage}`);
}
