/** GET /v1/lookup/{alg}/{prefix}: every suffix in a bucket, padded, so that asking reveals 16 bits of a digest at most. */

import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { sha256 } from '@noble/hashes/sha2.js';
import { etag } from 'hono/etag';
import { concatBytes, utf8 } from '#shared/bytes/bytes.ts';
import type { AppEnv } from '../app-env.ts';
import { lookupOf, readConfig, sequencerOf } from '../env.ts';
import { AppError } from '../errors.ts';
import { paddedBucket } from '../lookup/bucket.ts';
import { onInvalid } from '../middleware/problem.ts';
import { Bucket, LookupParams } from './lookup-schemas.ts';
import { problems } from './schemas.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/lookup/{alg}/{prefix}',
  summary: 'Find trails by a prefix of a digest or fingerprint',
  description:
    '`sha-256`: digest of the bind bytes, or of an image’s file. `wm-match-1`: digest of a passage. `wm-winnow-1`, `wm-minhash-1`: fingerprints of a text, which lead to candidates. `wm-image-1`: keys made from the hash of how an image looks, which lead to candidates. `wm-oprf-1`: oblivious names of fingerprints. The rest is compared by whoever asks; rows that are padding lead to no trail.',
  middleware: [etag()] as const,
  request: { params: LookupParams },
  responses: {
    200: { description: 'The bucket', content: { 'application/json': { schema: Bucket } } },
    ...problems(400, 503),
  },
});

/** Fresh for as long as a delivery may take to be noticed; shown meanwhile, and by its ETag kept, for a day. */
const CACHE = 'public, max-age=300, stale-while-revalidate=86400';

export const lookup = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

lookup.openapi(route, async (c) => {
  const config = readConfig(c.env);
  const { alg, prefix } = c.req.valid('param');
  // What an earlier shard logged is found like what the open one did.
  const buckets = await Promise.all(
    config.shards.map(async (shard) => {
      const bucket = await lookupOf(c.env, shard).bucket(alg, prefix);
      if (!bucket) c.executionCtx.waitUntil(sequencerOf(c.env, shard).reindex());
      return bucket;
    }),
  );
  if (!buckets.every((bucket) => bucket !== undefined)) throw new AppError('lookup-unavailable');
  const secret = sha256(concatBytes(utf8('wm-lookup-padding'), config.logKey.secretKey));
  const real = buckets.flatMap((bucket) => bucket.entries);
  const complete = buckets.every((bucket) => bucket.complete);
  return c.json({ alg, prefix, entries: paddedBucket(alg, prefix, real, secret), complete }, 200, {
    'cache-control': CACHE,
  });
});
