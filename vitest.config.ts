import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const long = /\/test\/(fixtures|repository)\.test\.ts$|\/test\/docker\//;

/** The longest would come last, alone, while the other core has nothing to do. */
class LongOnesFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve([true, false].flatMap((isLong) => files.filter(({ moduleId }) => long.test(moduleId) === isLong)));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    // A missing snapshot is a failure everywhere, not only where CI is set.
    update: 'none',
    testTimeout: 30_000,
    maxConcurrency: 2,
    // One less than there are cores is vitest's own rule: half the time of a machine with two.
    maxWorkers: '100%',
    sequence: { sequencer: LongOnesFirst },
  },
});
