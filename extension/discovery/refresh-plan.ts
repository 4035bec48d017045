/** What of a log's filters is kept, fetched and dropped. Pure. */
import { toHex } from '#shared/bytes/hex.ts';
import type { FilterEntry, FilterManifest } from '#shared/filter/manifest.ts';

/** Filters of one log on this device: about twenty million fingerprints. */
export const MAX_BYTES = 48 << 20;
/** A manifest is asked for again after this long, and up to as long again by chance, so that readers do not come together. */
export const REFRESH_MS = 30 * 60_000;
/** After a failure. */
export const RETRY_MS = 5 * 60_000;

/** For a text that the reader asks about, a list is fresh this long: what was attested a moment ago should be found. */
const URGENT_MS = 60_000;

/** Whether a list is to be asked for; a clock that was set back must not keep an old one for years. */
export const isDue = ({ at, next }: { at: number; next: number }, now: number, isUrgent: boolean): boolean =>
  now >= next || now < at || (isUrgent && now - at >= URGENT_MS);

/** When to ask next. */
export const nextRefresh = (now: number, wait: number, random: () => number): number => now + wait * (1 + random());

/** Which filters a manifest lists that the device does not have, as far as there is room. */
export function missing(manifest: FilterManifest, kept: ReadonlySet<string>): FilterEntry[] {
  let room = MAX_BYTES;
  return manifest.filters.filter(({ size, digest }) => {
    room -= size;
    return room >= 0 && !kept.has(toHex(digest));
  });
}

/** Whether a manifest may take the place of the one kept: a log's index does not shrink, though another shard begins anew. */
export const supersedes = (next: FilterManifest, kept: FilterManifest | undefined): boolean =>
  kept === undefined || (next.at >= kept.at && (next.log !== kept.log || next.asOf >= kept.asOf));
