/** A witness's ML-DSA-44 key as a JWK file (RFC 9964): `priv` is the 32-byte seed, `pub` the public key. */
import { fromBase64Url, toBase64Url } from '#shared/bytes/base64.ts';
import { equalBytes } from '#shared/bytes/bytes.ts';
import { mlDsa44KeyPair } from '#shared/bytes/ml-dsa.ts';
import { err, ok, type Result } from '#shared/result.ts';

const ALG = 'ML-DSA-44';

/** The private JWK of a seed, one line. */
export const encodeMlDsaKey = (seed: Uint8Array): string =>
  `${JSON.stringify({ kty: 'AKP', alg: ALG, pub: toBase64Url(mlDsa44KeyPair(seed).publicKey), priv: toBase64Url(seed) })}\n`;

/** The key pair behind a private JWK; its public half is derived again and must agree. */
export function parseMlDsaKey(text: string): Result<ReturnType<typeof mlDsa44KeyPair>, 'key-malformed'> {
  let jwk: unknown;
  try {
    jwk = JSON.parse(text);
  } catch {
    return err('key-malformed', 'not JSON');
  }
  if (typeof jwk !== 'object' || jwk === null) return err('key-malformed', 'not a JSON object');
  const { kty, alg, pub, priv } = jwk as Record<string, unknown>;
  if (kty !== 'AKP' || alg !== ALG) return err('key-malformed', 'not an ML-DSA-44 JWK');
  const seed = typeof priv === 'string' ? fromBase64Url(priv) : undefined;
  if (seed?.length !== 32) return err('key-malformed', '"priv" is not 32 bytes of base64url');
  const pair = mlDsa44KeyPair(seed);
  const published = typeof pub === 'string' ? fromBase64Url(pub) : undefined;
  if (!published || !equalBytes(published, pair.publicKey)) {
    return err('key-malformed', '"pub" does not belong to "priv"');
  }
  return ok(pair);
}
