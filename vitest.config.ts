import { defineConfig } from 'vitest/config';

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
  },
});
