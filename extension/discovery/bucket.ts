/** A bucket as a log answers it: hostile data, read line by line. Pure. */
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { type BucketName, PREFIX_LENGTH } from './choose-buckets.ts';

const MAX_ENTRIES = 65_536;
/** Digits of a fingerprint or digest. */
const LENGTHS: Readonly<Record<string, number>> = { 'wm-winnow-1': 12, 'wm-minhash-1': 12, 'wm-image-1': 12 };
const DIGEST_LENGTH = 64;

/** One row: the rest of a fingerprint, and an attestation that has it. */
export interface BucketRow {
  readonly suffix: string;
  readonly id: string;
}

/** Where something is looked up: at the log, or through the reader's relay, which is given the log's host as a path. */
export const lookupAddress = (base: string, path: string, relay?: string): string =>
  `${relay === undefined ? base : `${relay}/${new URL(base).host}`}/v1/lookup/${path}`;

/** The rows of a bucket; anything that is not exactly one is skipped. */
export function parseBucket(bytes: Uint8Array, { alg, prefix }: BucketName): BucketRow[] {
  let document: unknown;
  try {
    document = JSON.parse(fromUtf8(bytes) ?? '');
  } catch {
    return [];
  }
  if (typeof document !== 'object' || document === null) return [];
  const { prefix: given, entries } = document as { prefix?: unknown; entries?: unknown };
  if (given !== prefix || !Array.isArray(entries)) return [];
  const length = (LENGTHS[alg] ?? DIGEST_LENGTH) - PREFIX_LENGTH;
  return entries.slice(0, MAX_ENTRIES).flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { suffix, id } = entry as { suffix?: unknown; id?: unknown };
    if (typeof suffix !== 'string' || suffix.length !== length || !/^[0-9a-f]*$/.test(suffix)) return [];
    if (typeof id !== 'string' || !/^[\w-]{43}$/.test(id)) return [];
    return [{ suffix, id }];
  });
}
