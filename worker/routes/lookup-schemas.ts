/** The shapes of lookups: buckets, filters, oblivious names. */
import { z } from '@hono/zod-openapi';
import { OPRF_BATCH } from '#shared/oprf/oprf.ts';
import { LOOKUP_ALGS } from '../lookup/bucket.ts';

export const LookupParams = z.object({
  alg: z.enum(LOOKUP_ALGS).openapi({ param: { name: 'alg', in: 'path' } }),
  prefix: z
    .string()
    .regex(/^[0-9a-f]{4}$/, 'the first 4 hex digits of the digest or fingerprint, lower case')
    .openapi({ param: { name: 'prefix', in: 'path' }, example: '3fa9' }),
});

export const Bucket = z
  .object({
    alg: z.enum(LOOKUP_ALGS),
    prefix: z.string(),
    entries: z.array(z.object({ suffix: z.string(), id: z.string() })),
    complete: z.boolean().openapi({ description: 'false: the bucket is full, and later attestations are not in it' }),
  })
  .openapi('Bucket');

export const FilterParam = z.object({
  digest: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, '43 characters of base64url')
    .openapi({ param: { name: 'digest', in: 'path' }, description: 'SHA-256 of the filter, base64url' }),
});

const Element = z.string().regex(/^[0-9a-f]{64}$/, '64 hex digits, lower case');

export const BlindedBody = z
  .strictObject({
    blinded: z
      .array(Element)
      .min(1)
      .max(OPRF_BATCH)
      .openapi({ description: `Blinded elements; readers always send ${OPRF_BATCH}` }),
  })
  .openapi('BlindedFingerprints');

export const EvaluatedAnswer = z
  .object({
    evaluated: z.array(Element).openapi({ description: 'An element for each, in the same order' }),
    proof: z.string().openapi({ description: 'One proof for all: challenge and response, 128 hex digits' }),
  })
  .openapi('EvaluatedFingerprints');
