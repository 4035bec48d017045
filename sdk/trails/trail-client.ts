/**
 * Reads a log as anyone may: trails by id, trails by content through a private prefix, and the published trust document.
 *
 * Not checked here: whether a trail is genuine. Every answer is data for `verifyTrail`, never a verdict.
 */
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { fromHex, toHex } from '#shared/bytes/hex.ts';
import { err, ok, type Result } from '#shared/result.ts';
import { TRAIL_MEDIA_TYPE } from '#shared/trail/trail.ts';
import { exchange, type HttpAnswer, type HttpOptions, parseLogAddress } from './http.ts';

/** A trail document is refused above this size before it is read. */
export const MAX_TRAIL_BYTES = 1 << 20;
const MAX_LOOKUP_BYTES = 4 << 20;
const MAX_TRUST_BYTES = 1 << 18;

export type FetchTrailReason = 'address-malformed' | 'trail-unreachable' | 'trail-not-found' | 'trail-too-large';
export type LookupAlgorithm = 'sha-256' | 'wm-match-1';

export interface TrailClient {
  /** Text of the trail with this id, exactly as served. */
  fetchTrail(id: string): Promise<Result<string, FetchTrailReason>>;
  /**
   * Ids of attestations with this digest. Only its first 16 bits leave this machine; the answer holds every digest
   * that shares them, and the comparison happens here.
   */
  findByDigest(algorithm: LookupAlgorithm, digest: Uint8Array): Promise<Result<string[], LookupReason>>;
  /** The log's own trust document: a convenience whose fingerprints must be confirmed elsewhere. */
  fetchTrust(): Promise<Result<string, 'trust-unreachable'>>;
}

export type LookupReason = 'lookup-unreachable' | 'lookup-malformed';

/** What an address answers, with the reasons every reader of trails shares. Not part of the package's API. */
export async function fetchDocumentAt(
  url: string,
  accept: string,
  maxBytes: number,
  options: HttpOptions = {},
): Promise<Result<HttpAnswer, FetchTrailReason>> {
  const address = parseLogAddress(url);
  if (!address.ok) return address;
  // The page for people and the document for programs have the same id.
  const document = address.value.replace(/\/t\/([A-Za-z0-9_-]{43})$/, '/v1/trails/$1');
  const answer = await exchange(document, { headers: { accept } }, maxBytes, options);
  if (!answer.ok) {
    return answer.reason === 'answer-too-large'
      ? err('trail-too-large', answer.detail)
      : err('trail-unreachable', answer.detail);
  }
  const { status } = answer.value;
  if (status === 404 || status === 410) return err('trail-not-found', `status ${status}`);
  return status === 200 ? answer : err('trail-unreachable', `status ${status}`);
}

/** What a trail address answers. */
export async function fetchTrailAt(url: string, options: HttpOptions = {}): Promise<Result<string, FetchTrailReason>> {
  const answer = await fetchDocumentAt(url, TRAIL_MEDIA_TYPE, MAX_TRAIL_BYTES, options);
  return answer.ok ? textOf(answer.value) : answer;
}

function textOf(answer: HttpAnswer): Result<string, 'trail-unreachable'> {
  const text = fromUtf8(answer.body);
  return text === undefined ? err('trail-unreachable', 'the answer is not UTF-8') : ok(text);
}

/**
 * A client for one log.
 *
 * @param log - base address, such as `https://log.witnessmark.example`
 * @throws TypeError when `log` is not an https address (http for this machine)
 * @example
 * import { createTrailClient } from 'witnessmark';
 * typeof createTrailClient('https://log.witnessmark.example').fetchTrail; // => 'function'
 */
export function createTrailClient(log: string, options: HttpOptions = {}): TrailClient {
  const address = parseLogAddress(log);
  if (!address.ok) throw new TypeError(`log: ${address.detail ?? address.reason}`);
  const base = address.value;
  return {
    fetchTrail: (id) =>
      /^[A-Za-z0-9_-]{43}$/.test(id)
        ? fetchTrailAt(`${base}/v1/trails/${id}`, options)
        : Promise.resolve(err('address-malformed', 'an id is 43 characters of base64url')),
    async findByDigest(algorithm, digest) {
      if (digest.length !== 32) throw new RangeError('digest must be 32 bytes');
      const hex = toHex(digest);
      const url = `${base}/v1/lookup/${algorithm}/${hex.slice(0, 4)}`;
      const answer = await exchange(url, {}, MAX_LOOKUP_BYTES, options);
      if (!answer.ok) return err('lookup-unreachable', answer.detail);
      if (answer.value.status !== 200) return err('lookup-unreachable', `status ${answer.value.status}`);
      return matchingIds(answer.value.body, hex.slice(4));
    },
    async fetchTrust() {
      const answer = await exchange(`${base}/.well-known/witnessmark-trust`, {}, MAX_TRUST_BYTES, options);
      if (!answer.ok) return err('trust-unreachable', answer.detail);
      const text = answer.value.status === 200 ? fromUtf8(answer.value.body) : undefined;
      return text === undefined ? err('trust-unreachable', `status ${answer.value.status}`) : ok(text);
    },
  };
}

function matchingIds(body: Uint8Array, suffix: string): Result<string[], 'lookup-malformed'> {
  const malformed = err('lookup-malformed' as const, 'the bucket does not have the documented shape');
  let bucket: unknown;
  try {
    bucket = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return malformed;
  }
  if (typeof bucket !== 'object' || bucket === null || !('entries' in bucket)) return malformed;
  if (!Array.isArray(bucket.entries)) return malformed;
  const ids: string[] = [];
  for (const entry of bucket.entries as unknown[]) {
    if (typeof entry !== 'object' || entry === null || !('suffix' in entry) || !('id' in entry)) return malformed;
    if (typeof entry.suffix !== 'string' || typeof entry.id !== 'string') return malformed;
    if (entry.suffix.length !== 60 || fromHex(entry.suffix) === undefined) return malformed;
    if (!/^[A-Za-z0-9_-]{43}$/.test(entry.id)) return malformed;
    if (entry.suffix === suffix) ids.push(entry.id);
  }
  return ok(ids);
}
