import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { MAX_WORKERS } from './schedule.ts';

/** Everything that needs a real browser. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'e2e',
    maxWorkers: MAX_WORKERS,
    include: ['test/e2e/**/*.test.ts'],
    environment: 'node',
    globalSetup: [fileURLToPath(new URL('./support/build-extension-once.ts', import.meta.url))],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // What a browser does next may take a loaded machine longer than the default second.
    expect: { poll: { timeout: 15_000 } },
  },
});
