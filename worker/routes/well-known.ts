/** What a client may take from here to begin: the trust document (to be confirmed elsewhere) and the registrar's key. */
import { Hono } from 'hono';
import { encodeKeySet } from '#shared/attestation/key.ts';
import type { AppEnv } from '../app-env.ts';
import { readConfig, trustDocument } from '../env.ts';

const SHORT = 'public, max-age=300';

export const wellKnown = new Hono<AppEnv>();

wellKnown.get('/.well-known/witnessmark-trust', (c) =>
  c.body(trustDocument(readConfig(c.env)), 200, { 'content-type': 'application/json', 'cache-control': SHORT }),
);

wellKnown.get('/.well-known/scitt-keys', (c) => {
  const keys = encodeKeySet([readConfig(c.env).registrar.publicKey]);
  return c.body(keys.slice().buffer, 200, { 'content-type': 'application/cose-key-set', 'cache-control': SHORT });
});
