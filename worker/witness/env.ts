/** What a witness is given to run with; it refuses to start with less. */

import { fromBase64 } from '#shared/bytes/base64.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { type NoteKey, noteKey, parseVkey } from '#shared/log/note.ts';
import type { WitnessDO } from './witness-do.ts';

/** Bindings, variables, secret. */
export interface WitnessEnv {
  readonly WITNESS: DurableObjectNamespace<WitnessDO>;
  readonly WITNESS_NAME?: string;
  readonly WITNESS_KEY?: string;
  /** One verifier key a line; the key's name is the log's origin. */
  readonly LOGS?: string;
}

/** The settings after every check. */
export interface WitnessConfig {
  readonly key: NoteKey;
  readonly secretKey: Uint8Array;
  readonly logs: readonly NoteKey[];
}

const read = new WeakMap<object, WitnessConfig>();

/**
 * @throws Error naming the setting and what it must be
 */
export function readWitnessConfig(env: WitnessEnv): WitnessConfig {
  const known = read.get(env);
  if (known) return known;
  const secretKey = fromBase64(env.WITNESS_KEY?.trim() ?? '');
  if (secretKey?.length !== 32) throw new Error('WITNESS_KEY: set it to 32 random bytes in base64');
  if (!env.WITNESS_NAME) throw new Error('WITNESS_NAME: set it to the name in your cosignature lines');
  const logs = (env.LOGS ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const key = parseVkey(line);
      if (!key.ok || key.value.type !== 1) throw new Error('LOGS: each line is an Ed25519 verifier key');
      return key.value;
    });
  const config = { key: noteKey(env.WITNESS_NAME, 4, ed25519PublicKey(secretKey)), secretKey, logs };
  read.set(env, config);
  return config;
}
