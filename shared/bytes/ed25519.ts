/**
 * Ed25519 as every verdict here uses it: one engine, one mode. Strict RFC 8032 verification (`zip215: false`), so that
 * a signature is valid in every runtime or in none; platform engines disagree on edge cases and are not used.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import type { Bytes32 } from './bytes.ts';

/**
 * Whether `signature` (64 bytes) over `message` is by `publicKey` (32 bytes). Total: wrong lengths, points off the
 * curve, non-canonical encodings and small-order keys give `false`, never an exception.
 *
 * @see RFC 8032 §5.1.7
 * @example
 * import { ed25519PublicKey, signEd25519, verifyEd25519 } from '#shared/bytes/ed25519.ts';
 * const seed = new Uint8Array(32);
 * const message = Uint8Array.of(1);
 * verifyEd25519(signEd25519(message, seed), message, ed25519PublicKey(seed)); // => true
 * verifyEd25519(new Uint8Array(0), message, ed25519PublicKey(seed)); // => false
 */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, publicKey: Bytes32): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/**
 * Signs with the 32-byte secret seed of RFC 8032 §5.1.5. Deterministic.
 *
 * @throws RangeError where the seed is not 32 bytes
 * @example
 * import { signEd25519 } from '#shared/bytes/ed25519.ts';
 * signEd25519(Uint8Array.of(1), new Uint8Array(32)).length; // => 64
 */
export function signEd25519(message: Uint8Array, secretKey: Bytes32): Uint8Array {
  if (secretKey.length !== 32) throw new RangeError('secretKey: an Ed25519 seed has 32 bytes');
  return ed25519.sign(message, secretKey);
}

/**
 * The public key of a 32-byte secret seed.
 *
 * @throws RangeError where the seed is not 32 bytes
 * @example
 * import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
 * ed25519PublicKey(new Uint8Array(32)).length; // => 32
 */
export function ed25519PublicKey(secretKey: Bytes32): Bytes32 {
  if (secretKey.length !== 32) throw new RangeError('secretKey: an Ed25519 seed has 32 bytes');
  return ed25519.getPublicKey(secretKey);
}
