/**
 * The log as a SCITT transparency service (SCRAPI): statements in, COSE Receipts out, over the same tree. A statement
 * registered here has no claim beside it yet; whoever has the claim submits both to /v1/attestations.
 */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { statementId } from '#shared/attestation/statement.ts';
import { MAX_STATEMENT_BYTES } from '#shared/limits.ts';
import { encodeTlogProof } from '#shared/log/proof.ts';
import { signReceipt } from '#shared/receipt/receipt.ts';
import {
  encodeTransparentStatement,
  RECEIPT_MEDIA_TYPE,
  STATEMENT_MEDIA_TYPE,
} from '#shared/receipt/transparent-statement.ts';
import type { AppEnv } from '../app-env.ts';
import { type Config, type Env, readConfig } from '../env.ts';
import { AppError } from '../errors.ts';
import { logStatement } from '../issuance/attest.ts';
import { checkOutputStatement } from '../issuance/check-attestation.ts';
import { limitBody, limitRate } from '../middleware/guards.ts';
import { onInvalid } from '../middleware/problem.ts';
import { findEntry } from '../shards/find-entry.ts';
import { trailSource } from '../trails/assemble-trail.ts';
import { covering, type Included, included, type Published } from '../trails/inclusion.ts';
import { answer, concise, IdParam } from './schemas.ts';

export const entries = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

const COSE = 'application/cose';
const TEXT = 'text/plain; charset=utf-8';
const SHORT = 'public, max-age=5';

const register = createRoute({
  method: 'post',
  path: '/entries',
  summary: 'Register a Signed Statement (SCRAPI)',
  description:
    'A COSE_Sign1 of type output, signed by a registered key. Answers with its receipt once it is in a published checkpoint.',
  middleware: [limitRate, limitBody(MAX_STATEMENT_BYTES)] as const,
  request: { body: { required: true, content: { [COSE]: { schema: { type: 'string' } } } } },
  responses: {
    200: answer('Already registered: its receipt', RECEIPT_MEDIA_TYPE),
    201: answer('Registered: its receipt', RECEIPT_MEDIA_TYPE),
    ...concise(400, 403, 413, 415, 422, 429, 503),
  },
});

entries.openapi(register, async (c) => {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== COSE && type !== STATEMENT_MEDIA_TYPE) throw new AppError('media-type-unsupported', COSE);
  const config = readConfig(c.env);
  const entry = new Uint8Array(await c.req.arrayBuffer());
  const checked = checkOutputStatement(entry, Math.floor(Date.now() / 1000));
  if (!checked.ok) throw new AppError(checked.reason, checked.detail);
  const { duplicate } = await logStatement(c.env, config, entry, checked.value);
  const id = statementId(entry);
  const found = await find(c.env, config, id);
  return binary(receiptOf(config, id, found), RECEIPT_MEDIA_TYPE, {
    status: duplicate ? 200 : 201,
    headers: { location: `/entries/${id}`, 'cache-control': 'no-store' },
  });
});

/** An entry, its path to the root of a published checkpoint, and whose. */
interface Found extends Included {
  readonly log: string;
  readonly tree: Published;
}

/** Signed here and now: the root is one that the log's own key has signed. */
const receiptOf = (config: Config, id: string, { log, index, hashes, tree: { checkpoint } }: Found): Uint8Array => {
  const content = { log, subject: id, size: checkpoint.size, index, path: hashes };
  return signReceipt({ ...content, root: checkpoint.root }, config.receipts);
};

const binary = (
  bytes: Uint8Array,
  type: string,
  init: { status?: number; headers: Record<string, string> },
): Response => new Response(bytes.slice().buffer, { ...init, headers: { ...init.headers, 'content-type': type } });

/** @throws AppError `trail-not-found`, `trail-pending`, `log-unavailable` */
async function find(env: Env, config: Config, id: string): Promise<Found> {
  const { shard, entry } = await findEntry(env, config, id);
  const { store, logKey } = trailSource(env, shard);
  const tree = await covering(store, entry.index, logKey);
  return { log: shard.origin, tree, ...(await included(store, entry.index, tree)) };
}

const read = (path: string, summary: string, type: string) =>
  createRoute({
    method: 'get',
    path,
    summary,
    request: { params: IdParam },
    responses: { 200: answer(summary, type), ...concise(400, 404, 503) },
  });

entries.openapi(read('/entries/{id}', 'The receipt of an entry (SCRAPI)', RECEIPT_MEDIA_TYPE), async (c) => {
  const config = readConfig(c.env);
  const { id } = c.req.valid('param');
  const found = await find(c.env, config, id);
  return binary(receiptOf(config, id, found), RECEIPT_MEDIA_TYPE, { headers: { 'cache-control': SHORT } });
});

const transparent = read('/entries/{id}/statement', 'The Transparent Statement (RFC 9943)', STATEMENT_MEDIA_TYPE);
entries.openapi(transparent, async (c) => {
  const config = readConfig(c.env);
  const { id } = c.req.valid('param');
  const found = await find(c.env, config, id);
  const receipts = [receiptOf(config, id, found)];
  const bytes = encodeTransparentStatement({ statement: found.entry, receipts });
  return binary(bytes, STATEMENT_MEDIA_TYPE, { headers: { 'cache-control': SHORT } });
});

entries.openapi(read('/entries/{id}/tlog-proof', 'The C2SP tlog-proof of an entry', TEXT), async (c) => {
  const { index, hashes, tree } = await find(c.env, readConfig(c.env), c.req.valid('param').id);
  const text = encodeTlogProof({ index, hashes, checkpoint: tree.text });
  return c.body(text, 200, { 'content-type': TEXT, 'cache-control': SHORT });
});
