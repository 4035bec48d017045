/**
 * A trail by its address: fresh from the network, or the saved copy when the network has none.
 * The copy's age is reported; it is for the panel to say, and never makes a verdict better.
 */
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { fetchBounded } from './fetch-bounded.ts';
import { loadTrail, saveTrail } from './trail-cache.ts';

const MAX_TRAIL_BYTES = 1 << 20;
const FRESH_MS = 5 * 60_000;
const TRAIL_TYPE = 'application/vnd.witnessmark.trail+json';

/** A trail's text and how it came, or why there is none. */
export type FetchedTrail =
  | { readonly ok: true; readonly text: string; readonly savedAt?: number }
  | {
      readonly ok: false;
      readonly reason: 'trail-unreachable' | 'trail-not-found';
      /** There was one, and its issuer took the claim back. */
      readonly withdrawn?: true;
    };

/** Trails being fetched now: two items with one address cause one request. */
const running = new Map<string, Promise<FetchedTrail>>();

/** Fetches a trail; `force` asks the network even when a fresh copy is at hand. */
export function fetchTrail(url: string, now: number, force = false): Promise<FetchedTrail> {
  const key = `${force} ${url}`;
  const already = running.get(key);
  if (already !== undefined) return already;
  const task = load(url, now, force).finally(() => running.delete(key));
  running.set(key, task);
  return task;
}

async function load(url: string, now: number, force: boolean): Promise<FetchedTrail> {
  const saved = await loadTrail(url);
  if (!force && saved !== undefined && now - saved.fetchedAt < FRESH_MS) return { ok: true, text: saved.text };
  const fetched = await fetchBounded(url, MAX_TRAIL_BYTES, TRAIL_TYPE, force ? 'no-cache' : 'default');
  if (fetched.ok) {
    const text = fromUtf8(fetched.bytes);
    if (text === undefined) return { ok: true, text: '' };
    return { ok: true, text };
  }
  if (fetched.reason === 'gone') return { ok: false, reason: 'trail-not-found', withdrawn: true };
  if (fetched.reason === 'not-found') return { ok: false, reason: 'trail-not-found' };
  if (saved !== undefined) return { ok: true, text: saved.text, savedAt: saved.fetchedAt };
  return { ok: false, reason: 'trail-unreachable' };
}

/** Keeps a trail that parsed and whose proof held, so that it can be read again offline. */
export async function keepTrail(url: string, text: string, now: number): Promise<void> {
  await saveTrail(url, text, now);
}
