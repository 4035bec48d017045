/** Where a page says its trail is, bounded. */
import type { TrailSource } from '../messaging/protocol.ts';

const MAX_INLINE = 1 << 20;

/** Whether a source has the shape and size that our own detectors give it. */
export function isSource(source: TrailSource): boolean {
  if ('inline' in source) return typeof source.inline === 'string' && source.inline.length <= MAX_INLINE;
  return typeof source.url === 'string' && source.url.length <= 4096;
}
