/** What a client may take from here to begin: the trust document (to be confirmed elsewhere) and the registrar's key. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { encodeKeySet } from '#shared/attestation/key.ts';
import type { AppEnv } from '../app-env.ts';
import { readConfig, trustDocument } from '../env.ts';
import { answer } from './schemas.ts';

const SHORT = 'public, max-age=300';
const KEY_SET = 'application/cose-key-set';

export const wellKnown = new OpenAPIHono<AppEnv>();

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

const registrarKeys = createRoute({
  method: 'get',
  path: '/.well-known/scitt-keys',
  summary: 'The key that signs key events',
  description: 'A COSE Key Set with the registrar key of this log.',
  responses: { 200: answer('The key set', KEY_SET) },
});

wellKnown.openapi(registrarKeys, (c) => {
  const keys = encodeKeySet([readConfig(c.env).registrar.publicKey]);
  return c.body(keys.slice().buffer, 200, { 'content-type': KEY_SET, 'cache-control': SHORT });
});
