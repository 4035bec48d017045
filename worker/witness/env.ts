/** What a witness is given to run with; it refuses to start with less. */

import { fromBase64 } from '#shared/bytes/base64.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { mlDsa44KeyPair } from '#shared/bytes/ml-dsa.ts';
import type { WitnessKey } from '#shared/log/add-checkpoint.ts';
import { type NoteKey, noteKey, parseVkey } from '#shared/log/note.ts';
import type { WitnessDO } from './witness-do.ts';

/** Bindings, variables, secret. */
export interface WitnessEnv {
  readonly WITNESS: DurableObjectNamespace<WitnessDO>;
  readonly WITNESS_NAME?: string;
  readonly WITNESS_KEY?: string;
  /** Cosigns beside it, with ML-DSA-44. */
  readonly WITNESS_KEY_ML_DSA?: string;
  /** One verifier key a line; the key's name is the log's origin. */
  readonly LOGS?: string;
}

/** The settings after every check. */
export interface WitnessConfig {
  /** Under one name. */
  readonly keys: readonly WitnessKey[];
  readonly logs: readonly NoteKey[];
}

function seedOf(name: string, text: string | undefined): Uint8Array {
  const seed = fromBase64(text?.trim() ?? '');
  if (seed?.length !== 32) throw new Error(`${name}: set it to 32 random bytes in base64`);
  return seed;
}

const read = new WeakMap<object, WitnessConfig>();

/**
 * @throws Error naming the setting and what it must be
 */
export function readWitnessConfig(env: WitnessEnv): WitnessConfig {
  const known = read.get(env);
  if (known) return known;
  const secretKey = seedOf('WITNESS_KEY', env.WITNESS_KEY);
  if (!env.WITNESS_NAME) throw new Error('WITNESS_NAME: set it to the name in your cosignature lines');
  const logs = (env.LOGS ?? '')
    .replaceAll('\\n', '\n')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const key = parseVkey(line);
      if (!key.ok || key.value.type === 4) throw new Error('LOGS: each line is the verifier key of a log');
      return key.value;
    });
  const keys = [{ key: noteKey(env.WITNESS_NAME, 4, ed25519PublicKey(secretKey)), secretKey }];
  if (env.WITNESS_KEY_ML_DSA) {
    const pair = mlDsa44KeyPair(seedOf('WITNESS_KEY_ML_DSA', env.WITNESS_KEY_ML_DSA));
    keys.push({ key: noteKey(env.WITNESS_NAME, 6, pair.publicKey), secretKey: pair.secretKey });
  }
  const config = { keys, logs };
  read.set(env, config);
  return config;
}
