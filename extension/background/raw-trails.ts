/**
 * Trails of the items on open pages, for download and replay. In memory only: when the background
 * was stopped meanwhile, the panel asks the reader to check the page again.
 */
const MAX_KEPT = 256;
const kept = new Map<string, string>();

/** Remembers an item's trail. */
export function keepRaw(tabId: number, id: string, trail: string): void {
  const key = `${tabId}:${id}`;
  kept.delete(key);
  kept.set(key, trail);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
}

/** An item's trail, if it is still remembered. */
export function rawTrail(tabId: number, id: string): string | undefined {
  return kept.get(`${tabId}:${id}`);
}
