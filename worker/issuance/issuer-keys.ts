/**
 * Whether the registered key stands behind a statement. Whose a key is and what it is never change, so both are
 * remembered; whether it is active is decided in log order, by the sequencer.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { type Statement, verifyStatement } from '#shared/attestation/statement.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { type Config, type Env, sequencerOf } from '../env.ts';
import type { ProblemReason } from '../errors.ts';

/** A registered key, ready to verify with. */
export interface IssuerKey {
  readonly issuer: string;
  readonly publicKey: Uint8Array;
  /** The runtime's own engine; absent for a key that it must not be asked about. */
  readonly native?: CryptoKey;
}

const MAX_REMEMBERED = 4096;
const remembered = new Map<string, IssuerKey>();

/** Keys by id, as far as they are registered. */
export type IssuerKeys = (kid: Uint8Array) => IssuerKey | undefined;

/** Asks the sequencer once, for all keys that are not remembered. Those that are not registered are asked for again. */
export async function issuerKeys(env: Env, config: Config, kids: readonly Uint8Array[]): Promise<IssuerKeys> {
  const nameOf = (kid: Uint8Array): string => `${config.origin} ${toHex(kid)}`;
  const found = new Map<string, IssuerKey>();
  const unknown = new Map<string, Uint8Array>();
  for (const kid of kids) {
    const name = nameOf(kid);
    const known = remembered.get(name);
    if (known) found.set(name, known);
    else unknown.set(name, kid);
  }
  const states = unknown.size > 0 ? await sequencerOf(env, config).keys({ kids: [...unknown.values()] }) : [];
  for (const { kid, issuer, publicKey } of states) {
    const native = await nativeKey(publicKey);
    const key: IssuerKey = { issuer, publicKey, ...(native && { native }) };
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(nameOf(kid), key);
    found.set(nameOf(kid), key);
  }
  return (kid) => found.get(nameOf(kid));
}

/**
 * The key for the runtime's engine, if whatever that engine accepts under it, strict verification accepts too: it
 * checks the equation without cofactor and the encodings of the signature, so that only the key's own encoding and
 * order remain to be looked at (decision 0011).
 */
export async function nativeKey(publicKey: Uint8Array): Promise<CryptoKey | undefined> {
  try {
    if (ed25519.Point.fromBytes(publicKey).isSmallOrder()) return undefined;
    return await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
  } catch {
    return undefined;
  }
}

/** The strict verdict, most of the time from the runtime's engine; where that says no, the one engine decides. */
export async function verifyByKey(statement: Statement, { publicKey, native }: IssuerKey): Promise<boolean> {
  const { signature, signedBytes } = statement;
  const accepted = native && (await crypto.subtle.verify('Ed25519', native, signature, signedBytes));
  return accepted || verifyStatement(statement, publicKey);
}

/** Whether the key that the statement names is its issuer's and signed it. */
export async function checkIssuer(statement: Statement, keys: IssuerKeys): Promise<ProblemReason | undefined> {
  const key = keys(statement.kid);
  if (key?.issuer !== statement.issuer) return 'issuer-unknown';
  return (await verifyByKey(statement, key)) ? undefined : 'signature-invalid';
}
