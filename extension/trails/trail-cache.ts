/**
 * Trails kept for reading offline: at most {@link MAX_TRAILS} and {@link MAX_BYTES}, the least
 * recently used leave first. A crash between the two writes leaves an entry that the next one removes.
 */
import { inOrder, loadStored, removeStored, saveStored } from './stored.ts';

const MAX_TRAILS = 300;
const MAX_BYTES = 4 << 20;
const INDEX = 'trail-index';

interface Entry {
  readonly url: string;
  readonly size: number;
  readonly usedAt: number;
}

/** A trail as it was fetched. */
export interface SavedTrail {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly fetchedAt: number;
}

/** The saved trail of an address. */
export function loadTrail(url: string): Promise<SavedTrail | undefined> {
  return loadStored<SavedTrail>('local', keyOf(url));
}

/** Keeps a trail and drops what no longer fits. */
export function saveTrail(url: string, text: string, now: number): Promise<void> {
  return inOrder(async () => {
    const entry: Entry = { url, size: text.length, usedAt: now };
    const others = ((await loadStored<Entry[]>('local', INDEX)) ?? []).filter((other) => other.url !== url);
    const kept = [entry, ...others.sort((a, b) => b.usedAt - a.usedAt)];
    const dropped: string[] = [];
    let size = kept.reduce((sum, each) => sum + each.size, 0);
    while (kept.length > MAX_TRAILS || (size > MAX_BYTES && kept.length > 1)) {
      const last = kept.pop();
      if (last === undefined) break;
      size -= last.size;
      dropped.push(keyOf(last.url));
    }
    if (dropped.length > 0) await removeStored('local', dropped);
    await saveStored('local', INDEX, kept);
    await saveStored('local', keyOf(url), { text, fetchedAt: now } satisfies SavedTrail);
  });
}

/** Forgets every saved trail. */
export function clearTrails(): Promise<void> {
  return inOrder(async () => {
    const entries = (await loadStored<Entry[]>('local', INDEX)) ?? [];
    await removeStored('local', [INDEX, ...entries.map((entry) => keyOf(entry.url))]);
  });
}

function keyOf(url: string): string {
  return `trail:${url}`;
}
