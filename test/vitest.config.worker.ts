import { fileURLToPath } from 'node:url';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

const SEED = (byte: number): string => Buffer.alloc(32, byte).toString('base64');

/** The sequencer and its stores inside workerd: the same Durable Object and R2 as deployed, with failing parts put in. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  plugins: [
    cloudflareTest({
      main: 'worker/index.ts',
      miniflare: {
        compatibilityDate: '2026-10-20',
        durableObjects: {
          SEQUENCER: { className: 'SequencerDO', useSQLite: true },
          LOOKUP: { className: 'LookupDO', useSQLite: true },
        },
        r2Buckets: ['LOG_BUCKET'],
        bindings: {
          LOG_ORIGIN: 'log.test.example/log/2026',
          PUBLIC_URL: 'https://log.test.example',
          LOG_KEY: SEED(1),
          REGISTRAR_KEY: SEED(2),
          RECEIPT_KEY: SEED(3),
          ADMIN_TOKEN: 'operator-token-of-the-tests',
          WITNESSES: 'quorum none',
        },
      },
    }),
  ],
  test: { name: 'worker', include: ['test/worker/**/*.test.ts'], testTimeout: 60_000 },
});
