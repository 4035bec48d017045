import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { MAX_WORKERS } from './schedule.ts';

/** The pure core, in plain Node. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'shared',
    include: ['test/shared/**/*.test.ts'],
    environment: 'node',
    testTimeout: 30_000,
    // Pure code keeps nothing from one file to the next.
    isolate: false,
    maxWorkers: MAX_WORKERS,
  },
});
