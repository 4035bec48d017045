/** Reads a log's tiles over the network, bounded, for consistency proofs. */

import { tilePath } from '#shared/log/tile.ts';
import type { ReadTile } from '#shared/log/tile-proofs.ts';
import { fetchBounded } from './fetch-bounded.ts';

const MAX_TILES = 64;
const TILE_BYTES = 256 * 32;

/** A reader of the tiles under `<base>/log/`; at most {@link MAX_TILES} requests, each tile once. */
export function tileReader(base: string): ReadTile {
  const read = new Map<string, Promise<Uint8Array | undefined>>();
  const root = base.endsWith('/') ? base : `${base}/`;
  return (level, n, width) => {
    const path = tilePath(level, n, width);
    const already = read.get(path);
    if (already !== undefined) return already;
    if (read.size >= MAX_TILES) return Promise.resolve(undefined);
    const task = fetchBounded(`${root}${path}`, TILE_BYTES).then((fetched) => (fetched.ok ? fetched.bytes : undefined));
    read.set(path, task);
    return task;
  };
}
