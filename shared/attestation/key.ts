/**
 * Issuer keys: Ed25519 COSE_Keys (RFC 9053 §7.2), their thumbprints (RFC 9679) and the COSE Key Set an issuer's
 * origin serves at `/.well-known/scitt-keys`.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes32, equalBytes } from '../bytes/bytes.ts';
import { type CborMap, type CborValue, decodeCbor, encodeCbor } from '../bytes/cbor.ts';
import { err, ok, type Result } from '../result.ts';

export interface IssuerKey {
  /** RFC 9679 thumbprint of the key. */
  readonly kid: Bytes32;
  /** Ed25519 public key. */
  readonly publicKey: Bytes32;
}

const MAX_KEYS = 32;
const MAX_KEY_BYTES = 256;
const KTY = 1;
const KID = 2;
const ALG = 3;
const CURVE = -1;
const X = -2;
const OKP = 1;
const ED25519_CURVE = 6;

/** COSE algorithm `Ed25519` (RFC 9864). */
export const ED25519_ALG = -19;

const intMap = (entries: readonly (readonly [number, CborValue])[]): CborMap => new Map(entries);

/**
 * SHA-256 COSE Key Thumbprint of an Ed25519 public key: the digest of `{1: 1, -1: 6, -2: x}`.
 *
 * @example
 * import { keyThumbprint } from '#shared/attestation/key.ts';
 * keyThumbprint(new Uint8Array(32)).length; // => 32
 */
export const keyThumbprint = (publicKey: Bytes32): Bytes32 =>
  sha256(
    encodeCbor(
      intMap([
        [KTY, OKP],
        [CURVE, ED25519_CURVE],
        [X, publicKey],
      ]),
    ),
  );

const keyMap = (publicKey: Bytes32): CborMap =>
  intMap([
    [KTY, OKP],
    [KID, keyThumbprint(publicKey)],
    [ALG, ED25519_ALG],
    [CURVE, ED25519_CURVE],
    [X, publicKey],
  ]);

/**
 * The COSE_Key of an Ed25519 public key, with its thumbprint as `kid`.
 *
 * @example
 * import { coseKey, parseCoseKey } from '#shared/attestation/key.ts';
 * parseCoseKey(coseKey(new Uint8Array(32).fill(7))).ok; // => true
 */
export const coseKey = (publicKey: Bytes32): Uint8Array => encodeCbor(keyMap(publicKey));

/**
 * Reads one COSE_Key. Attacker-controlled input.
 *
 * @returns the key, or `key-malformed` where it is not an Ed25519 key named by its own thumbprint
 * @example
 * import { parseCoseKey } from '#shared/attestation/key.ts';
 * parseCoseKey(Uint8Array.of(0xa0)); // => { ok: false, reason: 'key-malformed' }
 */
export function parseCoseKey(bytes: Uint8Array): Result<IssuerKey, 'key-malformed'> {
  if (bytes.length > MAX_KEY_BYTES) return err('key-malformed', 'too large');
  const decoded = decodeCbor(bytes);
  return decoded.ok ? readKey(decoded.value) : err('key-malformed', decoded.reason);
}

function readKey(value: CborValue): Result<IssuerKey, 'key-malformed'> {
  if (!(value instanceof Map) || value.size !== 5) return err('key-malformed');
  const publicKey = value.get(X);
  const kid = value.get(KID);
  if (value.get(KTY) !== OKP || value.get(ALG) !== ED25519_ALG || value.get(CURVE) !== ED25519_CURVE) {
    return err('key-malformed', 'not an Ed25519 key');
  }
  if (!(publicKey instanceof Uint8Array) || publicKey.length !== 32) return err('key-malformed', 'x');
  if (!(kid instanceof Uint8Array) || !equalBytes(kid, keyThumbprint(publicKey))) {
    return err('key-malformed', 'kid is not the thumbprint');
  }
  return ok({ kid, publicKey });
}

/**
 * The COSE Key Set of an issuer, `application/cose-key-set`.
 *
 * @example
 * import { encodeKeySet, parseKeySet } from '#shared/attestation/key.ts';
 * parseKeySet(encodeKeySet([new Uint8Array(32)])).ok; // => true
 */
export const encodeKeySet = (publicKeys: readonly Bytes32[]): Uint8Array => encodeCbor(publicKeys.map(keyMap));

/**
 * Reads a COSE Key Set. Attacker-controlled input.
 *
 * @returns its keys, or `key-set-malformed` where any key is not ours, is listed twice, or there are over 32
 * @example
 * import { parseKeySet } from '#shared/attestation/key.ts';
 * parseKeySet(Uint8Array.of(0x81, 0xa0)).ok; // => false
 */
export function parseKeySet(bytes: Uint8Array): Result<IssuerKey[], 'key-set-malformed'> {
  if (bytes.length > MAX_KEYS * MAX_KEY_BYTES) return err('key-set-malformed', 'too large');
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return err('key-set-malformed', decoded.reason);
  if (!Array.isArray(decoded.value) || decoded.value.length > MAX_KEYS) return err('key-set-malformed', 'not a list');
  const keys: IssuerKey[] = [];
  for (const item of decoded.value as readonly CborValue[]) {
    const key = readKey(item);
    if (!key.ok) return err('key-set-malformed', key.detail);
    if (keys.some(({ kid }) => equalBytes(kid, key.value.kid))) return err('key-set-malformed', 'listed twice');
    keys.push(key.value);
  }
  return ok(keys);
}
