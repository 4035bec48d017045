/** What a log publishes, in memory, where a test can change a byte of it. */
import { utf8 } from '#shared/bytes/bytes.ts';
import type { LogSource } from '#shared/log/log-files.ts';
import { leafHash, treeRoot } from '#shared/log/merkle.ts';
import { newTiles } from '#shared/log/new-tiles.ts';
import { encodeEntryBundle, entriesPath, tilePath } from '#shared/log/tile.ts';
import { ok } from '#shared/result.ts';

export interface PublishedLog {
  readonly files: Map<string, Uint8Array>;
  readonly checkpoint: { readonly size: number; readonly root: Uint8Array };
  readonly leaves: readonly Uint8Array[];
}

/** A log of `size` entries of many lengths. */
export function publishedLog(size: number): PublishedLog {
  const entries = Array.from({ length: size }, (_, i) => utf8(`entry ${i} `.repeat(1 + (i % 40))));
  const leaves = entries.map(leafHash);
  const files = new Map<string, Uint8Array>();
  for (const { level, n, width, bytes } of newTiles(0, [], leaves).tiles) files.set(tilePath(level, n, width), bytes);
  for (let n = 0; n * 256 < size; n++) {
    const bundle = entries.slice(n * 256, n * 256 + 256);
    files.set(entriesPath(n, bundle.length), encodeEntryBundle(bundle));
  }
  return { files, checkpoint: { size, root: treeRoot(leaves) }, leaves };
}

export const sourceOf = ({ files }: PublishedLog): LogSource => ({
  name: 'memory',
  read: async (path) => ok(files.get(path)),
});

/** Flips one bit of a file. */
export function flip({ files }: PublishedLog, path: string, offset: number): void {
  const bytes = files.get(path)?.slice();
  if (bytes === undefined) throw new RangeError(`${path}: not a file of the log`);
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  files.set(path, bytes);
}
