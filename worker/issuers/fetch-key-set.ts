/** The one request this worker makes to addresses others name: an origin's key set, once, bounded in every direction. */
import { parseKeySet } from '#shared/attestation/key.ts';
import { err, ok, type Result } from '#shared/result.ts';
import { readBounded } from '../outbound/read-bounded.ts';

/** A key as its origin publishes it. */
export interface PublishedKey {
  readonly kid: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** Bytes of a key set that are read at most. */
export const MAX_KEY_SET_BYTES = 64 * 1024;
/** How long an origin may take for everything. */
export const KEY_SET_TIMEOUT_MS = 5000;

/**
 * Media types a key set may be served as: its own, SCRAPI's, and what a file server gives a file without extension. A
 * page or a text is somebody's content, not the origin's word.
 */
const MEDIA_TYPES = ['application/cose-key-set', 'application/cbor', 'application/octet-stream'];

export type KeySetReason = 'key-set-unreachable' | 'key-set-redirected' | 'key-set-too-large' | 'key-set-malformed';

/** Fetches and reads an origin's key set; the origin has passed `readIssuerOrigin`. */
export async function fetchKeySet(
  origin: string,
  fetcher: typeof fetch = fetch,
  timeoutMs = KEY_SET_TIMEOUT_MS,
): Promise<Result<PublishedKey[], KeySetReason>> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetcher(`${origin}/.well-known/scitt-keys`, {
      redirect: 'manual',
      signal,
      headers: { accept: 'application/cose-key-set' },
    });
    if (response.status >= 300 && response.status < 400) return err('key-set-redirected');
    if (response.status !== 200) return err('key-set-unreachable', `status ${response.status}`);
    const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (!MEDIA_TYPES.includes(type)) return err('key-set-malformed', 'not served as application/cose-key-set');
    const bytes = await readBounded(response, MAX_KEY_SET_BYTES, signal);
    if (!bytes) return err('key-set-too-large');
    const keys = parseKeySet(bytes);
    if (!keys.ok) return err('key-set-malformed', keys.detail);
    return ok([...keys.value]);
  } catch {
    return err('key-set-unreachable', signal.aborted ? `no complete answer within ${timeoutMs} ms` : undefined);
  }
}
