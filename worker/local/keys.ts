/** Keys of a local log, made once and kept in its folder, so that a restart is the same log. Node only. */
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64 } from '#shared/bytes/base64.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { mlDsa44KeyPair } from '#shared/bytes/ml-dsa.ts';
import { encodeVkey, noteKey } from '#shared/log/note.ts';

/** 32-byte seeds in base64, and the operator's token. */
export interface LocalKeys {
  readonly log: string;
  /** ML-DSA-44 beside Ed25519, for the log and its first witness; a log that began without goes on without. */
  readonly mlDsa?: { readonly log: string; readonly witness: string };
  readonly registrar: string;
  readonly receipts: string;
  readonly witnesses: readonly string[];
  readonly adminToken: string;
}

/** What signs one shard's checkpoints: seeds in base64, and the verifier keys they have. */
export interface LocalShard {
  readonly seed: string;
  readonly mlDsa?: string;
  readonly vkeys: readonly string[];
}

const seed = (): string => randomBytes(32).toString('base64');

/** The keys in `folder`, made where missing; readable by their owner only. */
export function localKeys(folder: string, witnesses: number): LocalKeys {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'keys.json');
  const stored = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const found = stored === undefined ? undefined : (JSON.parse(stored) as LocalKeys);
  const known = found?.witnesses ?? [];
  const mlDsa = found ? found.mlDsa : { log: seed(), witness: seed() };
  const keys: LocalKeys = {
    log: found?.log ?? seed(),
    ...(mlDsa && { mlDsa }),
    registrar: found?.registrar ?? seed(),
    receipts: found?.receipts ?? seed(),
    adminToken: found?.adminToken ?? randomBytes(24).toString('hex'),
    witnesses: [...known, ...Array.from({ length: Math.max(0, witnesses - known.length) }, seed)],
  };
  keep(path, JSON.stringify(keys, null, 2), stored);
  return { ...keys, witnesses: keys.witnesses.slice(0, witnesses) };
}

/** A log without its keys is lost: whoever is killed here leaves the old file or the new one. */
function keep(path: string, text: string, stored: string | undefined): void {
  if (text === stored) return;
  const next = `${path}.next`;
  writeFileSync(next, text, { mode: 0o600, flush: true });
  renameSync(next, path);
}

/** A shard's keys: the first one's own, and for a later one keys derived from those, so that no file has to grow. */
export function localShard({ log, mlDsa }: LocalKeys, origin: string, place: number): LocalShard {
  const derived = (seedText: string): string =>
    place === 0 ? seedText : createHmac('sha256', Buffer.from(seedText, 'base64')).update(origin).digest('base64');
  const [own, second] = [derived(log), mlDsa && derived(mlDsa.log)];
  const vkeys = [vkeyOf(origin, 1, own), ...(second === undefined ? [] : [vkeyOf(origin, 6, second)])];
  return { seed: own, ...(second !== undefined && { mlDsa: second }), vkeys };
}

/** The Ed25519 public key of a seed. */
export const publicKeyOf = (seedText: string): Uint8Array => ed25519PublicKey(fromBase64(seedText) ?? new Uint8Array());

/** The verifier key of a seed: type 1 signs checkpoints as the log, 4 cosigns, 6 does either with ML-DSA-44. */
export function vkeyOf(name: string, type: 1 | 4 | 6, seedText: string): string {
  const mlDsa = type === 6 ? mlDsa44KeyPair(fromBase64(seedText) ?? new Uint8Array()) : undefined;
  const publicKey = mlDsa?.publicKey ?? publicKeyOf(seedText);
  return encodeVkey(noteKey(name, type, publicKey));
}
