/** GET /v1/lookup/{alg}/{prefix}: every suffix in a bucket, padded, so that asking reveals 16 bits of a digest at most. */

import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8 } from '#shared/bytes/bytes.ts';
import type { AppEnv } from '../app-env.ts';
import { readConfig } from '../env.ts';
import { paddedBucket } from '../lookup/bucket.ts';
import { shardName } from '../lookup/deliver.ts';
import { onInvalid } from '../middleware/problem.ts';
import { Bucket, LookupParams, problems } from './schemas.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/lookup/{alg}/{prefix}',
  summary: 'Find trails by a prefix of a digest',
  description:
    '`sha-256`: digest of the bind bytes. `wm-match-1`: digest of a passage. The rest of the digest is compared by whoever asks; rows that are padding lead to no trail.',
  request: { params: LookupParams },
  responses: {
    200: { description: 'The bucket', content: { 'application/json': { schema: Bucket } } },
    ...problems(400),
  },
});

export const lookup = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

lookup.openapi(route, async (c) => {
  const config = readConfig(c.env);
  const { alg, prefix } = c.req.valid('param');
  const real = await c.env.LOOKUP.getByName(shardName(alg, prefix)).bucket(alg, prefix);
  const secret = sha256(concatBytes(utf8('wm-lookup-padding'), config.logKey.secretKey));
  const entries = paddedBucket(alg, prefix, real, secret);
  return c.json({ alg, prefix, entries }, 200, { 'cache-control': 'public, max-age=300' });
});
