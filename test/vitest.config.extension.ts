import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The extension's own logic, in Node; what needs a browser is in `test/e2e`. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: { name: 'extension', include: ['test/extension/**/*.test.ts'], environment: 'node', testTimeout: 30_000 },
});
