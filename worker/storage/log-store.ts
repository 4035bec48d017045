/** The log's objects and their keys: everything a tlog-tiles client may fetch, and the newest checkpoint at quorum. */
import { fromUtf8, utf8 } from '#shared/bytes/bytes.ts';
import { entriesPath, parseEntryBundle, TILE_WIDTH, tilePath } from '#shared/log/tile.ts';
import type { ReadTile } from '#shared/log/tile-proofs.ts';
import type { ObjectStore } from './object-store.ts';

/** Served at /log/checkpoint: the newest published checkpoint, with the cosignatures it had when published. */
export const CHECKPOINT_KEY = 'log/checkpoint';
/** The newest checkpoint that met the witness quorum; trails prefer it. */
export const COSIGNED_KEY = 'log/checkpoint.cosigned';

/** The signed list of filters. */
export const MANIFEST_KEY = 'filters/manifest';

/** The object key of a filter. */
export const filterKeyOf = (digest: string): string => `filters/${digest}`;

/** The object key of a tile or bundle path. */
export const tileKey = (path: string): string => `log/${path}`;

/** Reads hash tiles. Where a partial tile has made way for its full one, who builds trees and proofs asks for that. */
export const tileReader =
  (store: ObjectStore): ReadTile =>
  (level, n, width) =>
    store.get(tileKey(tilePath(level, n, width)));

/**
 * The entries of one bundle in a tree of `size`, or nothing where the store lacks them. The partial bundle is asked for
 * first: it goes only after the full one is there, so in this order one of the two is found.
 */
export async function readBundle(store: ObjectStore, n: number, size: number): Promise<Uint8Array[] | undefined> {
  const width = Math.min(TILE_WIDTH, size - n * TILE_WIDTH);
  if (width < 1) return undefined;
  const bytes =
    (await store.get(tileKey(entriesPath(n, width)))) ??
    (width < TILE_WIDTH ? await store.get(tileKey(entriesPath(n, TILE_WIDTH))) : undefined);
  const entries = bytes && parseEntryBundle(bytes);
  return entries?.ok && entries.value.length >= width ? entries.value.slice(0, width) : undefined;
}

/** One entry of a tree of `size`. */
export async function readEntry(store: ObjectStore, index: number, size: number): Promise<Uint8Array | undefined> {
  const bundle = await readBundle(store, Math.floor(index / TILE_WIDTH), size);
  return bundle?.[index % TILE_WIDTH];
}

/** A stored text object. */
export async function readText(store: ObjectStore, key: string): Promise<string | undefined> {
  const bytes = await store.get(key);
  return bytes && fromUtf8(bytes);
}

/** Replaces a text object, whatever is there. */
export const putText = (store: ObjectStore, key: string, text: string): Promise<void> => store.put(key, utf8(text));
