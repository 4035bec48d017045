/**
 * The log as a SCITT transparency service (SCRAPI): statements in, COSE Receipts out, over the same tree. A statement
 * registered here has no claim beside it yet; whoever has the claim submits both to /v1/attestations.
 */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { statementId } from '#shared/attestation/statement.ts';
import { fromBase64Url } from '#shared/bytes/base64.ts';
import { MAX_STATEMENT_BYTES } from '#shared/limits.ts';
import { encodeTlogProof } from '#shared/log/proof.ts';
import { signReceipt } from '#shared/receipt/receipt.ts';
import {
  encodeTransparentStatement,
  RECEIPT_MEDIA_TYPE,
  STATEMENT_MEDIA_TYPE,
} from '#shared/receipt/transparent-statement.ts';
import type { AppEnv } from '../app-env.ts';
import { type Config, type Env, readConfig, sequencerOf } from '../env.ts';
import { AppError } from '../errors.ts';
import { logStatement } from '../issuance/attest.ts';
import { checkOutputStatement } from '../issuance/check-attestation.ts';
import { limitBody, limitRate } from '../middleware/guards.ts';
import { onInvalid } from '../middleware/problem.ts';
import { RememberingStore } from '../storage/remembering-store.ts';
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
  const { tree, found } = await find(c.env, config, id);
  return binary(receiptOf(config, id, tree, found), RECEIPT_MEDIA_TYPE, {
    status: duplicate ? 200 : 201,
    headers: { location: `/entries/${id}`, 'cache-control': 'no-store' },
  });
});

/** Signed here and now: the root is one that the log's own key has signed. */
const receiptOf = (config: Config, id: string, { checkpoint }: Published, { index, hashes }: Included): Uint8Array => {
  const content = { log: config.origin, subject: id, size: checkpoint.size, index, path: hashes };
  return signReceipt({ ...content, root: checkpoint.root }, config.receipts);
};

const binary = (
  bytes: Uint8Array,
  type: string,
  init: { status?: number; headers: Record<string, string> },
): Response => new Response(bytes.slice().buffer, { ...init, headers: { ...init.headers, 'content-type': type } });

/** @throws AppError `trail-not-found`, `trail-pending`, `log-unavailable` */
async function find(env: Env, config: Config, id: string): Promise<{ tree: Published; found: Included }> {
  const leaf = fromBase64Url(id);
  const known = leaf && (await sequencerOf(env, config).entry(leaf));
  if (!known) throw new AppError('trail-not-found');
  const store = new RememberingStore(env.LOG_BUCKET);
  const tree = await covering(store, known.index, config.logKey.note);
  return { tree, found: await included(store, known.index, tree) };
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
  const { tree, found } = await find(c.env, config, id);
  return binary(receiptOf(config, id, tree, found), RECEIPT_MEDIA_TYPE, { headers: { 'cache-control': SHORT } });
});

const transparent = read('/entries/{id}/statement', 'The Transparent Statement (RFC 9943)', STATEMENT_MEDIA_TYPE);
entries.openapi(transparent, async (c) => {
  const config = readConfig(c.env);
  const { id } = c.req.valid('param');
  const { tree, found } = await find(c.env, config, id);
  const receipts = [receiptOf(config, id, tree, found)];
  const bytes = encodeTransparentStatement({ statement: found.entry, receipts });
  return binary(bytes, STATEMENT_MEDIA_TYPE, { headers: { 'cache-control': SHORT } });
});

entries.openapi(read('/entries/{id}/tlog-proof', 'The C2SP tlog-proof of an entry', TEXT), async (c) => {
  const { tree, found } = await find(c.env, readConfig(c.env), c.req.valid('param').id);
  const text = encodeTlogProof({ index: found.index, hashes: found.hashes, checkpoint: tree.text });
  return c.body(text, 200, { 'content-type': TEXT, 'cache-control': SHORT });
});
