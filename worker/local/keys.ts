/** Keys of a local log, made once and kept in its folder, so that a restart is the same log. Node only. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64 } from '#shared/bytes/base64.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';

/** 32-byte seeds in base64, and the operator's token. */
export interface LocalKeys {
  readonly log: string;
  readonly registrar: string;
  readonly receipts: string;
  readonly witnesses: readonly string[];
  readonly adminToken: string;
}

const seed = (): string => randomBytes(32).toString('base64');

/** The keys in `folder`, made where missing; readable by their owner only. */
export function localKeys(folder: string, witnesses: number): LocalKeys {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'keys.json');
  const found = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as LocalKeys) : undefined;
  const known = found?.witnesses ?? [];
  const keys: LocalKeys = {
    log: found?.log ?? seed(),
    registrar: found?.registrar ?? seed(),
    receipts: found?.receipts ?? seed(),
    adminToken: found?.adminToken ?? randomBytes(24).toString('hex'),
    witnesses: [...known, ...Array.from({ length: Math.max(0, witnesses - known.length) }, seed)],
  };
  writeFileSync(path, JSON.stringify(keys, null, 2), { mode: 0o600 });
  return { ...keys, witnesses: keys.witnesses.slice(0, witnesses) };
}

/** The public key of a seed. */
export const publicKeyOf = (seedText: string): Uint8Array => ed25519PublicKey(fromBase64(seedText) ?? new Uint8Array());
