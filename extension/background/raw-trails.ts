/**
 * Trails of the items on open pages, for download and replay. In memory only: when the background
 * was stopped meanwhile, the panel asks the reader to check the page again.
 */
const MAX_KEPT = 256;
const kept = new Map<string, string>();

/** Remembers an item's trail, or that it has none. */
export function keepRaw(tabId: number, id: string, trail: string | undefined): void {
  const key = `${tabId}:${id}`;
  kept.delete(key);
  if (trail === undefined) return;
  kept.set(key, trail);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
}

/** Forgets the trails of a tab whose page was left. */
export function forgetRaw(tabId: number): void {
  for (const key of [...kept.keys()]) if (key.startsWith(`${tabId}:`)) kept.delete(key);
}

/** An item's trail, if it is still remembered. */
export function rawTrail(tabId: number, id: string): string | undefined {
  return kept.get(`${tabId}:${id}`);
}
