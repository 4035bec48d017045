import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { MAX_WORKERS } from './schedule.ts';

/** The parts of `extension/` that need no browser, and what its builds contain. Browser tests: `test/e2e/extension`. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  define: { __DEV_TRUST__: 'null' },
  test: {
    name: 'extension',
    maxWorkers: MAX_WORKERS,
    include: ['test/extension/**/*.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
