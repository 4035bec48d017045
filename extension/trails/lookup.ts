/**
 * Finds trails for text that carries no marker, without saying which text: only the first four
 * hex digits of a passage digest leave the browser, and the answer is the whole bucket.
 */
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { fetchBounded } from './fetch-bounded.ts';

const PREFIX_LENGTH = 4;
const MAX_BUCKET_BYTES = 8 << 20;
const MAX_ENTRIES = 65_536;

/** Prefixes asked for one selection; more would narrow down what is being read. */
export const MAX_PREFIXES = 8;

/** Shortest selection that is looked up, in words. */
export const MIN_WORDS = 40;

/** The ids whose recorded passage digests equal one of these, or that the log could not be asked. */
export async function lookUpPassages(base: string, digests: readonly string[]): Promise<string[] | undefined> {
  const ids = new Map<string, number>();
  const prefixes = new Set(digests.slice(0, MAX_PREFIXES).map((digest) => digest.slice(0, PREFIX_LENGTH)));
  let reached = false;
  for (const prefix of prefixes) {
    const fetched = await fetchBounded(`${base}/v1/lookup/wm-match-1/${prefix}`, MAX_BUCKET_BYTES, 'application/json');
    if (!fetched.ok) continue;
    reached = true;
    for (const { suffix, id } of parseBucket(fromUtf8(fetched.bytes) ?? '', prefix)) {
      if (digests.includes(prefix + suffix)) ids.set(id, (ids.get(id) ?? 0) + 1);
    }
  }
  if (!reached) return undefined;
  return [...ids].sort((a, b) => b[1] - a[1]).map(([id]) => id);
}

/** The entries of a bucket; anything that is not exactly one is skipped. */
export function parseBucket(text: string, prefix: string): { suffix: string; id: string }[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return [];
  }
  if (typeof document !== 'object' || document === null) return [];
  const { prefix: given, entries } = document as { prefix?: unknown; entries?: unknown };
  if (given !== prefix || !Array.isArray(entries)) return [];
  return entries.slice(0, MAX_ENTRIES).flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { suffix, id } = entry as { suffix?: unknown; id?: unknown };
    if (typeof suffix !== 'string' || !/^[0-9a-f]{60}$/.test(suffix)) return [];
    if (typeof id !== 'string' || !/^[\w-]{43}$/.test(id)) return [];
    return [{ suffix, id }];
  });
}
