/**
 * ML-DSA-44 (FIPS 204), pure, with the empty context string. Signing is the deterministic variant: nothing here draws
 * random numbers, and one message has one signature by one key.
 */
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import type { Bytes32 } from './bytes.ts';

/** Bytes of a public key. */
export const ML_DSA_44_PUBLIC_KEY_BYTES = 1312;
/** Bytes of a signature. */
export const ML_DSA_44_SIGNATURE_BYTES = 2420;

/**
 * The key pair of a 32-byte seed (FIPS 204 §6.1). The secret key is the expanded form, 2,560 bytes: derive it once.
 *
 * @throws RangeError where the seed is not 32 bytes
 * @example
 * import { mlDsa44KeyPair } from '#shared/bytes/ml-dsa.ts';
 * mlDsa44KeyPair(new Uint8Array(32)).publicKey.length; // => 1312
 */
export function mlDsa44KeyPair(seed: Bytes32): { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array } {
  if (seed.length !== 32) throw new RangeError('seed: an ML-DSA-44 seed has 32 bytes');
  return ml_dsa44.keygen(seed);
}

/**
 * Signs with an expanded secret key. Deterministic; about four times the work of verifying.
 *
 * @throws Error where the secret key is not 2,560 bytes
 * @see FIPS 204 §5.2
 * @example
 * import { mlDsa44KeyPair, signMlDsa44 } from '#shared/bytes/ml-dsa.ts';
 * const { secretKey } = mlDsa44KeyPair(new Uint8Array(32));
 * signMlDsa44(Uint8Array.of(1), secretKey).length; // => 2420
 */
export const signMlDsa44 = (message: Uint8Array, secretKey: Uint8Array): Uint8Array =>
  ml_dsa44.sign(message, secretKey, { extraEntropy: false });

/**
 * Whether `signature` (2,420 bytes) over `message` is by `publicKey` (1,312 bytes). Total: wrong lengths and impossible
 * encodings give `false`, never an exception.
 *
 * @see FIPS 204 §5.3
 * @example
 * import { mlDsa44KeyPair, signMlDsa44, verifyMlDsa44 } from '#shared/bytes/ml-dsa.ts';
 * const { publicKey, secretKey } = mlDsa44KeyPair(new Uint8Array(32));
 * const message = Uint8Array.of(1);
 * verifyMlDsa44(signMlDsa44(message, secretKey), message, publicKey); // => true
 * verifyMlDsa44(new Uint8Array(0), message, publicKey); // => false
 */
export function verifyMlDsa44(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== ML_DSA_44_SIGNATURE_BYTES || publicKey.length !== ML_DSA_44_PUBLIC_KEY_BYTES) return false;
  try {
    return ml_dsa44.verify(signature, message, publicKey);
  } catch {
    return false;
  }
}
