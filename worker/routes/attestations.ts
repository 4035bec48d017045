/** POST /v1/attestations: signed claims go in, their proof trails come out once inclusion is published. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { TRAIL_MEDIA_TYPE } from '#shared/trail/trail.ts';
import type { AppEnv } from '../app-env.ts';
import { readConfig } from '../env.ts';
import { AppError } from '../errors.ts';
import { type Attested, attestAll } from '../issuance/attest.ts';
import { countWrites, limitBody, limitRate, MAX_ATTESTATION_BODY, MAX_BATCH_BODY } from '../middleware/guards.ts';
import { onInvalid } from '../middleware/problem.ts';
import { joinParts, type Part } from '../trails/trail-bytes.ts';
import { AttestationBody, BatchBody, batchAnswer, problems, trailAnswer } from './schemas.ts';

const route = createRoute({
  method: 'post',
  path: '/v1/attestations',
  summary: 'Log an attestation',
  description:
    'Answers with the proof trail once the entry is in a published checkpoint. Submitting the same statement again answers with the same entry; what came with it the first time is kept. Fingerprints put the text into the lookup index, and `text` publishes it: both are the issuer’s choice. An image is found by the hash in its claim; the image itself is not taken.',
  middleware: [limitRate, limitBody(MAX_ATTESTATION_BODY)] as const,
  request: { body: { required: true, content: { 'application/json': { schema: AttestationBody } } } },
  responses: {
    200: trailAnswer('Already logged'),
    201: trailAnswer('Logged'),
    ...problems(400, 403, 410, 413, 415, 422, 429, 503),
  },
});

const batchRoute = createRoute({
  method: 'post',
  path: '/v1/attestations/batch',
  summary: 'Log many attestations',
  description:
    'For whoever issues many a second. Each is answered on its own, in order: `trail` as a single submission is answered, or `problem` with the reason. Each counts as a write.',
  middleware: [limitRate, limitBody(MAX_BATCH_BODY)] as const,
  request: { body: { required: true, content: { 'application/json': { schema: BatchBody } } } },
  responses: {
    200: batchAnswer('What became of each'),
    ...problems(400, 413, 415, 429, 503),
  },
});

export const attestations = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

attestations.openapi(route, async (c) => {
  const [answer] = await attestAll(c.env, readConfig(c.env), [c.req.valid('json')]);
  if (!answer || answer instanceof AppError) throw answer ?? new AppError('internal-error');
  const trail = await answer.trail();
  if (trail instanceof AppError) throw trail;
  return new Response(joinParts(trail), {
    status: answer.duplicate ? 200 : 201,
    headers: { 'content-type': TRAIL_MEDIA_TYPE, location: `/v1/trails/${answer.id}`, 'cache-control': 'no-store' },
  });
});

attestations.openapi(batchRoute, async (c) => {
  const { attestations: bodies } = c.req.valid('json');
  // The request itself was counted as one.
  await countWrites(c, bodies.length - 1);
  const answers = await attestAll(c.env, readConfig(c.env), bodies);
  return new Response(batchText(answers), {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
});

/** Bytes that are written at a time, as far as one answer has no more. */
const CHUNK = 256 * 1024;

/** Written as it is read: trails may have a megabyte each, and so many do not fit into memory at once. */
function batchText(answers: readonly (Attested | AppError)[]): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk: Part[] = [];
      for (let length = 0; length < CHUNK && next < answers.length; next++) {
        const item = await itemParts(answers[next] as Attested | AppError);
        length += item.reduce((sum, part) => sum + part.length, 0);
        chunk.push(next === 0 ? '{"answers":[' : ',', ...item);
      }
      if (next === answers.length) chunk.push(']}');
      controller.enqueue(joinParts(chunk));
      if (next === answers.length) controller.close();
    },
  });
}

/** Trails are put in as they are served: their one spelling. */
async function itemParts(answer: Attested | AppError): Promise<Part[]> {
  if (answer instanceof AppError) return [problemText(answer)];
  const trail = await answer.trail();
  if (trail instanceof AppError) return [problemText(trail)];
  return [`{"id":"${answer.id}","duplicate":${answer.duplicate},"trail":`, ...trail, '}'];
}

const problemText = ({ reason, detail }: AppError): string =>
  JSON.stringify({ problem: { reason, ...(detail !== undefined && { detail }) } });
