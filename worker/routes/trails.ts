/** GET /v1/trails/{id} and GET /v1/claims/{digest}: what is known about one attestation, and the claim on its own. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { fromBase64Url } from '#shared/bytes/base64.ts';
import { parseClaim } from '#shared/claim/claim.ts';
import { TRAIL_MEDIA_TYPE } from '#shared/trail/trail.ts';
import type { AppEnv } from '../app-env.ts';
import { type Env, readConfig } from '../env.ts';
import { AppError } from '../errors.ts';
import { operatorOnly } from '../middleware/guards.ts';
import { onInvalid } from '../middleware/problem.ts';
import { locateAnywhere, withdrawEverywhere } from '../shards/find-entry.ts';
import { readContent } from '../storage/content.ts';
import { R2ObjectStore } from '../storage/object-store.ts';
import { trailOf } from '../trails/assemble-trail.ts';
import { joinParts } from '../trails/trail-bytes.ts';
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
  const trail = await trailOf(c.env, readConfig(c.env), c.req.valid('param').id);
  return new Response(joinParts(trail), {
    headers: { 'content-type': TRAIL_MEDIA_TYPE, 'cache-control': 'public, max-age=5' },
  });
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
  const { claim } = await claimOf(c.env, c.req.valid('param').id);
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
  const { claim, digest } = await claimOf(c.env, c.req.valid('param').id);
  if (claim === undefined) throw new AppError('not-found');
  // Without its key events no trail of an issuer could be assembled.
  if (claim !== 'withdrawn' && !parseClaim(claim).ok) throw new AppError('claim-kept');
  await withdrawEverywhere(c.env, readConfig(c.env), digest);
  return c.body(null, 204);
});

/** What has this digest, and the digest's bytes. */
async function claimOf(
  env: Env,
  id: string,
): Promise<{ claim: Uint8Array | 'withdrawn' | undefined; digest: Uint8Array }> {
  const digest = fromBase64Url(id) ?? new Uint8Array();
  const located = await locateAnywhere(env, readConfig(env), digest);
  const content = await readContent(new R2ObjectStore(env.LOG_BUCKET), located, digest);
  return { digest, claim: typeof content === 'object' ? content.preimage : content };
}
