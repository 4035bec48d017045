import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { MAX_WORKERS } from './schedule.ts';

/** The house's own tests: documented examples run, documents agree with the code, checks catch what they should. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'docs',
    maxWorkers: MAX_WORKERS,
    include: ['test/docs/**/*.test.ts', 'test/checks/**/*.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
  },
});
