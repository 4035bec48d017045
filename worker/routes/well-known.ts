/** What a client may take from here to begin: the trust document (to be confirmed elsewhere) and this log's COSE keys. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { coseKey, encodeKeySet, keyThumbprint } from '#shared/attestation/key.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import type { AppEnv } from '../app-env.ts';
import { type Env, readConfig, trustDocument } from '../env.ts';
import { AppError } from '../errors.ts';
import { onInvalid } from '../middleware/problem.ts';
import { shardDocument } from '../shards/list-shards.ts';
import { answer, KidParam, problems } from './schemas.ts';

const SHORT = 'public, max-age=300';
const KEY_SET = 'application/cose-key-set';
const COSE_KEY = 'application/cose-key';

export const wellKnown = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

const trust = createRoute({
  method: 'get',
  path: '/.well-known/witnessmark-trust',
  summary: 'The trust document this log offers',
  description: 'This log, its witnesses and its registrar. Confirm the fingerprints elsewhere before relying on it.',
  responses: { 200: answer('The trust document', 'application/json') },
});

wellKnown.openapi(trust, (c) =>
  c.body(trustDocument(readConfig(c.env)), 200, { 'content-type': 'application/json', 'cache-control': SHORT }),
);

const shards = createRoute({
  method: 'get',
  path: '/.well-known/witnessmark-shards',
  summary: 'The shards of this log',
  description:
    'The signed list of all shards and the record each frozen one ends with, with their proofs. From trust in one shard, whoever reads this can come to trust the others. 404 where the log has one shard.',
  responses: { 200: answer('The shard document', 'application/json'), ...problems(404, 503) },
});

wellKnown.openapi(shards, async (c) =>
  c.body(await shardDocument(c.env, readConfig(c.env)), 200, {
    'content-type': 'application/json',
    'cache-control': 'public, max-age=60',
  }),
);

/** The registrar's key, which signs key events, then the key that signs receipts. */
const publicKeys = (env: Env): Uint8Array[] => {
  const { registrar, receipts } = readConfig(env);
  return [registrar.publicKey, receipts.publicKey];
};

const keySet = createRoute({
  method: 'get',
  path: '/.well-known/scitt-keys',
  summary: 'The keys that sign key events and receipts',
  description: 'A COSE Key Set with the registrar key of this log and its receipt key, in this order.',
  responses: { 200: answer('The key set', KEY_SET) },
});

wellKnown.openapi(keySet, (c) => {
  const keys = encodeKeySet(publicKeys(c.env));
  return c.body(keys.slice().buffer, 200, { 'content-type': KEY_SET, 'cache-control': SHORT });
});

const oneKey = createRoute({
  method: 'get',
  path: '/.well-known/scitt-keys/{kid}',
  summary: 'One of these keys by its thumbprint',
  request: { params: KidParam },
  responses: { 200: answer('The COSE Key', COSE_KEY), ...problems(400, 404) },
});

wellKnown.openapi(oneKey, (c) => {
  const { kid } = c.req.valid('param');
  const key = publicKeys(c.env).find((each) => toBase64Url(keyThumbprint(each)) === kid);
  if (!key) throw new AppError('key-unknown');
  return c.body(coseKey(key).slice().buffer, 200, { 'content-type': COSE_KEY, 'cache-control': SHORT });
});
