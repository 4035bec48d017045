/**
 * The key an issuer signs attestations with: made here, kept as a JWK file, published as a COSE Key Set.
 *
 * In scope: Ed25519 keys and their two spellings. Not here: keeping the secret safe, which is the caller's.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { encodeKeySet, keyThumbprint } from '#shared/attestation/key.ts';
import { fromBase64Url, toBase64Url } from '#shared/bytes/base64.ts';
import { equalBytes } from '#shared/bytes/bytes.ts';
import { err, ok, type Result } from '#shared/result.ts';

/** An Ed25519 key pair of an issuer. `kid` is the RFC 9679 thumbprint that statements carry. */
export interface IssuerKey {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
  readonly kid: Uint8Array;
}

/**
 * A new issuer key from the platform's secure randomness.
 *
 * @param secretKey - 32 bytes, to make a known key again; random when left out
 * @throws RangeError when `secretKey` is not 32 bytes
 * @example
 * import { createIssuerKey } from 'witnessmark';
 * createIssuerKey().publicKey.length; // => 32
 */
export function createIssuerKey(secretKey: Uint8Array = crypto.getRandomValues(new Uint8Array(32))): IssuerKey {
  if (secretKey.length !== 32) throw new RangeError('secretKey must be 32 bytes');
  const publicKey = ed25519.getPublicKey(secretKey);
  return { publicKey, secretKey: Uint8Array.from(secretKey), kid: keyThumbprint(publicKey) };
}

/**
 * The key as a private JWK (RFC 8037): one JSON line with `kty`, `crv`, `x`, `d` and `kid`. Keep it secret.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8037#section-2
 * @example
 * import { createIssuerKey, encodeIssuerKey } from 'witnessmark';
 * JSON.parse(encodeIssuerKey(createIssuerKey())).crv; // => 'Ed25519'
 */
export function encodeIssuerKey(key: IssuerKey): string {
  const jwk = {
    kty: 'OKP',
    crv: 'Ed25519',
    kid: toBase64Url(key.kid),
    x: toBase64Url(key.publicKey),
    d: toBase64Url(key.secretKey),
  };
  return `${JSON.stringify(jwk)}\n`;
}

/**
 * The key behind a private JWK. Its public half is derived again and must agree, so that a damaged file is noticed.
 *
 * @returns the key; may give the reason `key-malformed`
 * @example
 * import { createIssuerKey, encodeIssuerKey, parseIssuerKey } from 'witnessmark';
 * parseIssuerKey(encodeIssuerKey(createIssuerKey())).ok; // => true
 */
export function parseIssuerKey(text: string): Result<IssuerKey, 'key-malformed'> {
  let jwk: unknown;
  try {
    jwk = JSON.parse(text);
  } catch {
    return err('key-malformed', 'not JSON');
  }
  if (typeof jwk !== 'object' || jwk === null) return err('key-malformed', 'not a JSON object');
  const field = (name: string): unknown => Object.getOwnPropertyDescriptor(jwk, name)?.value;
  if (field('kty') !== 'OKP' || field('crv') !== 'Ed25519') return err('key-malformed', 'not an Ed25519 JWK');
  const [d, x] = [field('d'), field('x')];
  if (typeof d !== 'string') return err('key-malformed', 'the secret part "d" is missing');
  const secretKey = fromBase64Url(d);
  if (secretKey?.length !== 32) return err('key-malformed', '"d" is not 32 bytes of base64url');
  const key = createIssuerKey(secretKey);
  const publicKey = typeof x === 'string' ? fromBase64Url(x) : undefined;
  if (publicKey === undefined || !equalBytes(publicKey, key.publicKey)) {
    return err('key-malformed', '"x" does not belong to "d"');
  }
  return ok(key);
}

/**
 * The CBOR document an issuer serves at `/.well-known/scitt-keys` with the type `application/cose-key-set`:
 * the public keys it stands behind today. A key that is left out is retired when the log reads the set again.
 *
 * @param keys - the issuer's keys, or only their public halves
 * @example
 * import { createIssuerKey, keySetDocument } from 'witnessmark';
 * keySetDocument([createIssuerKey()]) instanceof Uint8Array; // => true
 */
export function keySetDocument(keys: readonly Pick<IssuerKey, 'publicKey'>[]): Uint8Array {
  return encodeKeySet(keys.map((key) => key.publicKey));
}

/** Where an issuer's origin serves its key set. */
export const KEY_SET_PATH = '/.well-known/scitt-keys';

/** The media type of a key set (RFC 9052 §7). */
export const KEY_SET_TYPE = 'application/cose-key-set';
