import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Why dist/ could not be built; empty where it was. */
    buildError: string;
  }
}

/** Builds dist/ before the tests; a failure is the failure of those tests alone that run the built file. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide('buildError', await build());
}

/** Plain JavaScript without types. */
const builder: string = '../build.mjs';

async function build(): Promise<string> {
  try {
    const { buildCode } = (await import(builder)) as { buildCode: () => Promise<void> };
    await buildCode();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
