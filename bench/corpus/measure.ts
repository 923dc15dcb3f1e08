import { runPipeline, type PipelineOptions, type PipelineResult } from '../../src/pipeline/pipeline.ts';
import { noFiles } from '../../src/workspace/workspace.ts';
import transforms from '../../transforms/index.ts';

/** What is measured: the code of the working tree, or that of another revision. */
export interface Code {
  readonly runPipeline: typeof runPipeline;
  readonly noFiles: typeof noFiles;
  readonly transforms: typeof transforms;
}

export const workingTree: Code = { runPipeline, noFiles, transforms: transforms.filter((transform) => transform.default !== 'off') };

export interface Input {
  /** Relative to the folder of the corpus. */
  readonly name: string;
  readonly text: string;
}

export interface Measured extends Input {
  readonly milliseconds: number;
  readonly result: PipelineResult;
  readonly unstable: boolean;
}

export type Level = PipelineOptions['level'];

/** Files that run before the clock does, so that it is not the compiler that is measured. */
const warmUps = 200;

export function warmUp(code: Code, inputs: readonly Input[], level: Level): void {
  const every = Math.max(1, Math.floor(inputs.length / warmUps));
  for (let i = 0; i < inputs.length; i += every) {
    const input = inputs[i];
    if (input) measure(code, input, level);
  }
}

/** Runs one file; gives the stack of what was thrown where it crashed. */
export function measure(code: Code, { name, text }: Input, level: Level): Measured | { readonly name: string; readonly crash: string } {
  const options = { path: name, transforms: code.transforms, level, context: code.noFiles };
  try {
    const start = performance.now();
    const result = code.runPipeline(text, options);
    const milliseconds = performance.now() - start;
    const unstable = result.text !== text && code.runPipeline(result.text, options).text !== result.text;
    return { name, text, milliseconds, result, unstable };
  } catch (error) {
    return { name, crash: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
