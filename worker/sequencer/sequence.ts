/**
 * One round's arithmetic: a tree head and new entries give the next head and the objects that must exist before its
 * checkpoint may be seen. Pure.
 */
import { encodeCheckpoint } from '#shared/log/checkpoint.ts';
import { cosignMlDsa44 } from '#shared/log/ml-dsa-cosignature.ts';
import { newTiles, type RightEdge } from '#shared/log/new-tiles.ts';
import { encodeNote, signNote } from '#shared/log/note.ts';
import { encodeEntryBundle, entriesPath, TILE_WIDTH, tilePath } from '#shared/log/tile.ts';
import type { Config } from '../env.ts';
import { tileKey } from '../storage/log-store.ts';
import type { StagedObject } from '../storage/log-tables.ts';

/** A tree as far as growing it needs. */
export interface Head {
  readonly size: number;
  readonly root: Uint8Array;
  readonly edge: RightEdge;
  /** The entries of the last, partial bundle. */
  readonly tail: readonly Uint8Array[];
}

/** The next head and what to store for it. */
export interface Growth {
  readonly head: Head;
  readonly objects: readonly StagedObject[];
}

/** An entry with its leaf hash. */
export interface Leaf {
  readonly entry: Uint8Array;
  readonly leaf: Uint8Array;
}

/** Appends entries; partial tiles and bundles are written at every width they reach, so each is immutable. */
export function grow(head: Head, leaves: readonly Leaf[]): Growth {
  const hashes = leaves.map(({ leaf }) => leaf);
  const { size, tiles, rightEdge, root } = newTiles(head.size, head.edge, hashes);
  const objects: StagedObject[] = tiles.map(({ level, n, width, bytes }) => ({
    key: tileKey(tilePath(level, n, width)),
    value: bytes,
    ...(width < TILE_WIDTH && { fullAt: (n + 1) * TILE_WIDTH ** (level + 1) }),
  }));
  const pending = [...head.tail, ...leaves.map(({ entry }) => entry)];
  const first = Math.floor(head.size / TILE_WIDTH);
  for (let start = 0; start < pending.length; start += TILE_WIDTH) {
    const bundle = pending.slice(start, start + TILE_WIDTH);
    const n = first + start / TILE_WIDTH;
    objects.push({
      key: tileKey(entriesPath(n, bundle.length)),
      value: encodeEntryBundle(bundle),
      ...(bundle.length < TILE_WIDTH && { fullAt: (n + 1) * TILE_WIDTH }),
    });
  }
  return { head: { size, root, edge: rightEdge, tail: pending.slice(pending.length - (size % TILE_WIDTH)) }, objects };
}

/** The head as a checkpoint under the log's own signatures; its keys' name is the log's origin. */
export function signHead(
  { size, root }: Pick<Head, 'size' | 'root'>,
  { note: key, secretKey, mlDsa }: Pick<Config['logKey'], 'note' | 'secretKey' | 'mlDsa'>,
): string {
  const text = encodeCheckpoint({ origin: key.name, size, root });
  const signatures = [signNote(text, { key, secretKey })];
  // Time 0: that this is the newest tree is for witnesses to say.
  if (mlDsa) signatures.push(cosignMlDsa44({ text, signatures }, mlDsa, 0));
  return encodeNote({ text, signatures });
}
