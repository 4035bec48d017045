import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The pure core, in plain Node. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: { name: 'shared', include: ['test/shared/**/*.test.ts'], environment: 'node', testTimeout: 30_000 },
});
