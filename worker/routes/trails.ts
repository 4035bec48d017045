/** GET /v1/trails/{id} and GET /v1/claims/{digest}: what is known about one attestation, and the claim on its own. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { fromBase64Url } from '#shared/bytes/base64.ts';
import { parseClaim } from '#shared/claim/claim.ts';
import { TRAIL_MEDIA_TYPE } from '#shared/trail/trail.ts';
import type { AppEnv } from '../app-env.ts';
import { readConfig, sequencerOf } from '../env.ts';
import { AppError } from '../errors.ts';
import { operatorOnly } from '../middleware/guards.ts';
import { onInvalid } from '../middleware/problem.ts';
import { getClaim, withdrawClaim } from '../storage/claims.ts';
import { RememberingStore } from '../storage/remembering-store.ts';
import { assembleTrail } from '../trails/assemble-trail.ts';
import { answer, IdParam, problems, trailAnswer } from './schemas.ts';

export const trails = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

const getTrail = createRoute({
  method: 'get',
  path: '/v1/trails/{id}',
  summary: 'The proof trail of an attestation',
  description: 'Everything needed to check it offline. Changes only when the tree or the events about it do.',
  request: { params: IdParam },
  responses: {
    200: trailAnswer('The trail'),
    ...problems(400, 404, 410, 503),
  },
});

trails.openapi(getTrail, async (c) => {
  const config = readConfig(c.env);
  const { id } = c.req.valid('param');
  const leaf = fromBase64Url(id);
  const entry = leaf && (await sequencerOf(c.env, config).entry(leaf));
  if (!entry) throw new AppError('trail-not-found');
  const store = new RememberingStore(c.env.LOG_BUCKET);
  const text = await assembleTrail(store, config.logKey.note, { id, index: entry.index, events: entry.events });
  return new Response(text, { headers: { 'content-type': TRAIL_MEDIA_TYPE, 'cache-control': 'public, max-age=5' } });
});

const CBOR = 'application/cbor';

const getClaimRoute = createRoute({
  method: 'get',
  path: '/v1/claims/{id}',
  summary: 'A claim by its digest',
  description: 'The preimage a statement names as its location: deterministic CBOR whose SHA-256 is the digest.',
  request: { params: IdParam },
  responses: {
    200: answer('The claim', CBOR),
    ...problems(400, 404, 410),
  },
});

trails.openapi(getClaimRoute, async (c) => {
  const claim = await getClaim(new RememberingStore(c.env.LOG_BUCKET), c.req.valid('param').id);
  if (claim === 'withdrawn') throw new AppError('claim-withdrawn');
  if (!claim) throw new AppError('not-found');
  return new Response(claim.slice().buffer, {
    headers: { 'content-type': CBOR, 'cache-control': 'public, max-age=300' },
  });
});

const withdraw = createRoute({
  method: 'delete',
  path: '/v1/claims/{id}',
  summary: 'Withdraw a claim (operator)',
  description: 'Ceases to serve the claim for good. The entry, which only holds its digest, stays.',
  middleware: [operatorOnly] as const,
  security: [{ operator: [] }],
  request: { params: IdParam },
  responses: { 204: { description: 'Withdrawn' }, ...problems(400, 401, 404, 409) },
});

trails.openapi(withdraw, async (c) => {
  const store = new RememberingStore(c.env.LOG_BUCKET);
  const { id } = c.req.valid('param');
  const claim = await getClaim(store, id);
  if (claim === undefined) throw new AppError('not-found');
  // Without its key events no trail of an issuer could be assembled.
  if (claim !== 'withdrawn' && !parseClaim(claim).ok) throw new AppError('claim-kept');
  await withdrawClaim(store, id);
  return c.body(null, 204);
});
