/**
 * What a reader trusts: a C2SP policy (log keys, witnesses, quorum) and, for each log, the registrar that says which
 * keys issuers publish. A user's own choice, never something a page or a log can extend.
 */

import { ed25519 } from '@noble/curves/ed25519.js';
import { fromBase64 } from '../bytes/base64.ts';
import type { Bytes32 } from '../bytes/bytes.ts';
import { MAX_TRUST_CHARS } from '../limits.ts';
import { type Policy, parsePolicy } from '../log/policy.ts';
import { readAll } from '../read-all.ts';
import { err, ok, type Result } from '../result.ts';

/** Who says which keys issuers publish in one log. */
export interface Registrar {
  /** Origin of the log. */
  readonly log: string;
  readonly publicKey: Bytes32;
  /** Signs COSE Receipts of this log. */
  readonly receiptKey?: Bytes32;
}

export interface Trust {
  readonly policy: Policy;
  readonly registrars: readonly Registrar[];
  /** Unix seconds after which the document must be renewed. */
  readonly validUntil?: number;
}

/**
 * Reads a trust document: JSON `{"trust":1,"policy":"<tlog-policy>","registrars":[{"log","key","receipts"?}],
 * "validUntil"?}`, or a bare C2SP policy file, under which logs and witnesses are known but no issuer key can be
 * established.
 *
 * @returns the trust or `trust-malformed` with the fault in `detail`
 * @example
 * import { parseTrust } from '#shared/trust/trust.ts';
 * parseTrust('{"trust":1}').ok; // => false
 */
export function parseTrust(text: string): Result<Trust, 'trust-malformed'> {
  if (text.length > MAX_TRUST_CHARS) return err('trust-malformed', 'too large');
  if (!text.trimStart().startsWith('{')) return withPolicy(text, []);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return err('trust-malformed', 'not JSON');
  }
  const { trust, policy, registrars, validUntil } = document as Record<string, unknown>;
  if (trust !== 1 || typeof policy !== 'string' || !Array.isArray(registrars)) {
    return err('trust-malformed', 'needs trust 1, policy and registrars');
  }
  if (validUntil !== undefined && !(typeof validUntil === 'number' && Number.isSafeInteger(validUntil))) {
    return err('trust-malformed', 'validUntil');
  }
  const read = readAll(registrars, readRegistrar);
  return read ? withPolicy(policy, read, validUntil) : err('trust-malformed', 'registrar');
}

function readRegistrar(item: { log?: unknown; key?: unknown; receipts?: unknown } | null): Registrar | undefined {
  const publicKey = readPublicKey(item?.key);
  const receiptKey = readPublicKey(item?.receipts);
  if (typeof item?.log !== 'string' || !publicKey || (item.receipts !== undefined && !receiptKey)) return undefined;
  return { log: item.log, publicKey, ...(receiptKey && { receiptKey }) };
}

function readPublicKey(value: unknown): Bytes32 | undefined {
  const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
  try {
    return bytes && ed25519.utils.isValidPublicKey(bytes, false) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function withPolicy(text: string, registrars: Trust['registrars'], validUntil?: number): ReturnType<typeof parseTrust> {
  const policy = parsePolicy(text);
  if (!policy.ok) return err('trust-malformed', policy.detail ?? policy.reason);
  return ok({ policy: policy.value, registrars, ...(validUntil !== undefined && { validUntil }) });
}
