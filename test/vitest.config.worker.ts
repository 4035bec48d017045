import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { MAX_WORKERS } from './schedule.ts';

const SEED = (byte: number): string => Buffer.alloc(32, byte).toString('base64');

/** Public vectors that stand beside the repository: inside workerd there is no file to read. */
const vectors = (path: string): unknown => {
  const url = new URL(`../../shared/vectors/log/${path}`, import.meta.url);
  return existsSync(url) ? JSON.parse(readFileSync(url, 'utf8')) : null;
};

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
          BATCHER: { className: 'BatcherDO', useSQLite: true },
          LOOKUP: { className: 'LookupDO', useSQLite: true },
          FILTER_SHARD: { className: 'FilterShardDO', useSQLite: true },
          FILTER_CATALOGUE: { className: 'FilterCatalogueDO', useSQLite: true },
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
  test: {
    name: 'worker',
    maxWorkers: MAX_WORKERS,
    include: ['test/worker/**/*.test.ts'],
    testTimeout: 60_000,
    provide: {
      edges: vectors('ed25519-edge/ed25519vectors.json'),
      wycheproof: vectors('wycheproof/ed25519_test.json'),
    },
  },
});
