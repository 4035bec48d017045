/** POST /v1/lookup/oprf: names for blinded fingerprints, so that who asks learns where to look and this log learns nothing. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { toHex } from '#shared/bytes/hex.ts';
import { evaluateBlinded, parseElements } from '#shared/oprf/oprf.ts';
import type { AppEnv } from '../app-env.ts';
import { readConfig } from '../env.ts';
import { AppError } from '../errors.ts';
import { limitBody, limitRate, MAX_SMALL_BODY } from '../middleware/guards.ts';
import { onInvalid } from '../middleware/problem.ts';
import { BlindedBody, EvaluatedAnswer } from './lookup-schemas.ts';
import { problems } from './schemas.ts';

const route = createRoute({
  method: 'post',
  path: '/v1/lookup/oprf',
  summary: 'Evaluate blinded fingerprints',
  description:
    'RFC 9497, VOPRF(ristretto255, SHA-512). The unblinded output of a fingerprint is looked up under `wm-oprf-1`. The proof shows that the key of the signed list of filters was used.',
  middleware: [limitRate, limitBody(MAX_SMALL_BODY)] as const,
  request: { body: { required: true, content: { 'application/json': { schema: BlindedBody } } } },
  responses: {
    200: { description: 'The evaluation', content: { 'application/json': { schema: EvaluatedAnswer } } },
    ...problems(400, 404, 413, 415, 429),
  },
});

export const oprf = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

const random = (count = 32): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

oprf.openapi(route, (c) => {
  const { oprf: key } = readConfig(c.env);
  if (!key) throw new AppError('oprf-not-offered');
  const elements = parseElements(c.req.valid('json').blinded);
  const evaluated = elements && evaluateBlinded(elements, key, random);
  if (!evaluated?.ok) throw new AppError('request-malformed', 'blinded: not elements of ristretto255');
  const { elements: answers, proof } = evaluated.value;
  return c.json({ evaluated: answers.map(toHex), proof: toHex(proof) }, 200, { 'cache-control': 'no-store' });
});
