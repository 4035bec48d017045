import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The tests of `sdk/`, in Node. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: { name: 'sdk', include: ['test/sdk/**/*.test.ts'], environment: 'node', testTimeout: 60_000 },
});
