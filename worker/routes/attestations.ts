/** POST /v1/attestations: a signed claim goes in, its proof trail comes out once inclusion is published. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { statementId } from '#shared/attestation/statement.ts';
import { fromBase64Url } from '#shared/bytes/base64.ts';
import { TRAIL_MEDIA_TYPE } from '#shared/trail/trail.ts';
import type { AppEnv } from '../app-env.ts';
import { readConfig, sequencerOf } from '../env.ts';
import { AppError } from '../errors.ts';
import { type CheckedAttestation, checkAttestation, checkIssuer } from '../issuance/check-attestation.ts';
import { limitBody, limitRate, MAX_ATTESTATION_BODY } from '../middleware/guards.ts';
import { onInvalid } from '../middleware/problem.ts';
import { putClaim } from '../storage/claims.ts';
import type { LookupRow } from '../storage/log-tables.ts';
import { RememberingStore } from '../storage/remembering-store.ts';
import { assembleTrail } from '../trails/assemble-trail.ts';
import { AttestationBody, problems, trailAnswer } from './schemas.ts';

const route = createRoute({
  method: 'post',
  path: '/v1/attestations',
  summary: 'Log an attestation',
  description:
    'Answers with the proof trail once the entry is in a published checkpoint. Submitting the same statement again answers with the same entry.',
  middleware: [limitRate, limitBody(MAX_ATTESTATION_BODY)] as const,
  request: { body: { required: true, content: { 'application/json': { schema: AttestationBody } } } },
  responses: {
    200: trailAnswer('Already logged'),
    201: trailAnswer('Logged'),
    ...problems(400, 403, 410, 413, 415, 422, 429, 503),
  },
});

/** Where the output can be looked up: by its digest, and by each passage. */
function lookupRows(id: string, { claim, passages }: CheckedAttestation): LookupRow[] {
  return [
    { alg: 'sha-256', digest: claim.output.digest, id },
    ...(passages ?? []).map((digest) => ({ alg: 'wm-match-1', digest, id })),
  ];
}

export const attestations = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

attestations.openapi(route, async (c) => {
  const config = readConfig(c.env);
  const checked = checkAttestation(c.req.valid('json'), Math.floor(Date.now() / 1000));
  if (!checked.ok) throw new AppError(checked.reason, checked.detail);
  const attestation = checked.value;
  const { statement, statementBytes } = attestation;
  const sequencer = sequencerOf(c.env, config);
  const id = statementId(statementBytes);
  const leaf = fromBase64Url(id) ?? new Uint8Array();
  const { logged, key } = await sequencer.standing(leaf, statement.kid);
  if (!logged) {
    const refused = checkIssuer(statement, key);
    if (refused) throw new AppError(refused);
  }
  const store = new RememberingStore(c.env.LOG_BUCKET);
  if (!(await putClaim(store, attestation.claimBytes, { id, ...attestation }))) throw new AppError('claim-withdrawn');
  const outcome = await sequencer.submit({
    entry: statementBytes,
    kid: statement.kid,
    issuer: statement.issuer,
    lookups: lookupRows(id, attestation),
  });
  if (!outcome.ok) throw new AppError(outcome.reason);
  const { claimBytes: claim, passages, evidence } = attestation;
  const attachments = { evidence, ...(passages && { passages }) };
  const text = await assembleTrail(
    store,
    config.logKey.note,
    { id, ...outcome },
    // What came with the first submission is what is kept; of a repeated one it may differ.
    outcome.duplicate ? undefined : { statement: statementBytes, claim, attachments },
  );
  return new Response(text, {
    status: outcome.duplicate ? 200 : 201,
    headers: { 'content-type': TRAIL_MEDIA_TYPE, location: `/v1/trails/${id}`, 'cache-control': 'no-store' },
  });
});
