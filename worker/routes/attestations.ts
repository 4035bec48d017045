/** POST /v1/attestations: a signed claim goes in, its proof trail comes out once inclusion is published. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { statementId } from '#shared/attestation/statement.ts';
import { encodeTrail, TRAIL_MEDIA_TYPE } from '#shared/trail/trail.ts';
import type { AppEnv } from '../app-env.ts';
import { readConfig } from '../env.ts';
import { AppError } from '../errors.ts';
import { checkAttestation } from '../issuance/check-attestation.ts';
import { submitStatement } from '../issuance/submit.ts';
import { limitBody, limitRate, MAX_ATTESTATION_BODY } from '../middleware/guards.ts';
import { onInvalid } from '../middleware/problem.ts';
import { encodeAttachments } from '../storage/packs.ts';
import { trailOf } from '../trails/assemble-trail.ts';
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

export const attestations = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

attestations.openapi(route, async (c) => {
  const config = readConfig(c.env);
  const checked = checkAttestation(c.req.valid('json'), Math.floor(Date.now() / 1000));
  if (!checked.ok) throw new AppError(checked.reason, checked.detail);
  const { statementBytes: entry, statement, claimBytes, passages, evidence } = checked.value;
  const attachments = { evidence, ...(passages && { passages }) };
  const content = { preimage: claimBytes, attachments: encodeAttachments(attachments) };
  const outcome = await submitStatement(c.env, config, { entry, statement, content });
  const id = statementId(entry);
  // What came with the first submission is what is kept; of a repeated one it may differ.
  const text = outcome.duplicate
    ? await trailOf(c.env, config, id)
    : encodeTrail({ statement: entry, claim: claimBytes, ...attachments, ...outcome });
  return new Response(text, {
    status: outcome.duplicate ? 200 : 201,
    headers: { 'content-type': TRAIL_MEDIA_TYPE, location: `/v1/trails/${id}`, 'cache-control': 'no-store' },
  });
});
