import { defineConfig } from 'vitest/config';
import { MAX_WORKERS } from './schedule.ts';

/** The log and its witnesses driven from outside: real workerd, real sockets, hard kills. */
export default defineConfig({
  test: {
    name: 'worker-node',
    maxWorkers: MAX_WORKERS,
    root: new URL('..', import.meta.url).pathname,
    include: ['test/worker-node/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
