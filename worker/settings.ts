/** What every setting has in common: how a wrong one is told, and keys. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { fromBase64 } from '#shared/bytes/base64.ts';
import { parseDecimal } from '#shared/bytes/decimal.ts';
import { mlDsa44KeyPair } from '#shared/bytes/ml-dsa.ts';
import type { WitnessKey } from '#shared/log/add-checkpoint.ts';
import { noteKey } from '#shared/log/note.ts';

/** A signing key of ours. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** The settings are incomplete or contradict each other. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** 32 bytes of a secret. */
export function seedOf(name: string, text: string | undefined): Uint8Array {
  const seed = fromBase64(text?.trim() ?? '');
  if (seed?.length === 32) return seed;
  throw new ConfigError(`${name}: set it to 32 random bytes in base64 (openssl rand -base64 32)`);
}

/** A log's ML-DSA-44 key from a 32-byte seed in base64. */
export function mlDsaKey(name: string, origin: string, text: string): WitnessKey {
  const { publicKey, secretKey } = mlDsa44KeyPair(seedOf(name, text));
  return { key: noteKey(origin, 6, publicKey), secretKey };
}

/** A key pair from a 32-byte seed in base64. */
export function keyPair(name: string, text: string | undefined): KeyPair {
  const secretKey = seedOf(name, text);
  return { secretKey, publicKey: ed25519.getPublicKey(secretKey) };
}

/** A number of seconds, up to a day. */
export function secondsOf(name: string, text: string): number {
  const seconds = parseDecimal(text);
  if (seconds !== undefined && seconds >= 1 && seconds <= 86_400) return seconds;
  throw new ConfigError(`${name}: set it to a number of seconds from 1 to 86400`);
}
