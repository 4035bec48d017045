import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Everything that needs a real browser. Two files at a time: browsers are heavy, and wait more than they work. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'e2e',
    include: ['test/e2e/**/*.test.ts'],
    environment: 'node',
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // What a browser does next may take a loaded machine longer than the default second.
    expect: { poll: { timeout: 15_000 } },
  },
});
