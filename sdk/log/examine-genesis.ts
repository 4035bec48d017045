/** Whether a log's first entry records the receipt key that the trust document names for it. */
import { sha256 } from '@noble/hashes/sha2.js';
import type { Statement } from '#shared/attestation/statement.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { equalBytes } from '#shared/bytes/bytes.ts';
import { parseEpoch } from '#shared/claim/epoch.ts';
import { MAX_CLAIM_BYTES } from '#shared/limits.ts';
import { type LogSource, readLogFile } from '#shared/log/log-files.ts';
import type { Trust } from '#shared/trust/trust.ts';

/** What is wrong with genesis. */
export interface GenesisFault {
  readonly reason: 'genesis-unavailable' | 'genesis-malformed' | 'receipt-key-mismatch';
  readonly detail: string;
}

/** Receipt keys that the trust names for a log. */
export const receiptKeysOf = (trust: Trust | undefined, origin: string): Uint8Array[] =>
  (trust?.registrars ?? []).flatMap(({ log, receiptKey }) => (log === origin && receiptKey ? [receiptKey] : []));

/**
 * The preimage of a statement, from the service that keeps it; `undefined` where it does not have the signed one.
 *
 * @throws LogUnreachable
 */
export async function fetchPreimage(service: LogSource, { payload }: Statement): Promise<Uint8Array | undefined> {
  const preimage = await readLogFile(service, `v1/claims/${toBase64Url(payload)}`, MAX_CLAIM_BYTES);
  return preimage && equalBytes(sha256(preimage), payload) ? preimage : undefined;
}

/** Compares genesis with the receipt keys of the trust; nothing is wrong where that names none. */
export function examineGenesis(
  preimage: Uint8Array | undefined,
  receiptKeys: readonly Uint8Array[],
): GenesisFault | undefined {
  if (receiptKeys.length === 0) return undefined;
  if (preimage === undefined)
    return { reason: 'genesis-unavailable', detail: 'what the registrar signed is not served' };
  const epoch = parseEpoch(preimage);
  if (!epoch.ok) return { reason: 'genesis-malformed', detail: epoch.detail ?? epoch.reason };
  const { receipts } = epoch.value;
  return receiptKeys.some((key) => equalBytes(key, receipts))
    ? undefined
    : { reason: 'receipt-key-mismatch', detail: 'the log records another receipt key than the trust document names' };
}
