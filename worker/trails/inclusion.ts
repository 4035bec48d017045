/** Where an entry stands in the tree that readers can see: the covering checkpoint, the entry's bytes and its path. */
import { type Checkpoint, openCheckpoint } from '#shared/log/checkpoint.ts';
import type { NoteKey } from '#shared/log/note.ts';
import { inclusionProver } from '#shared/log/tile-proofs.ts';
import { AppError } from '../errors.ts';
import { CHECKPOINT_KEY, COSIGNED_KEY, readEntry, readText, tileReader } from '../storage/log-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** A published checkpoint: the signed note as it is served, and what it says. */
export interface Published {
  readonly text: string;
  readonly checkpoint: Checkpoint;
}

/** An entry and its path to the root of a published checkpoint. */
export interface Included {
  readonly index: number;
  readonly entry: Uint8Array;
  readonly hashes: readonly Uint8Array[];
}

/** The checkpoint opened last under each key: between two rounds everybody asks for the same one. */
const lastOpened = new WeakMap<NoteKey, Published>();

/** A checkpoint's text with what it says; `undefined` where it does not open under our key. */
export function published(text: string, key: NoteKey): Published | undefined {
  const known = lastOpened.get(key);
  if (known?.text === text) return known;
  const result = openCheckpoint(text, [key]);
  if (!result.ok) return undefined;
  const fresh = { text, checkpoint: result.value.checkpoint };
  lastOpened.set(key, fresh);
  return fresh;
}

/**
 * A checkpoint that covers `index`: the one at hand if it does, else the newest at quorum, else the newest published.
 *
 * @throws AppError `trail-pending`
 */
export async function covering(store: ObjectStore, index: number, key: NoteKey, atHand?: string): Promise<Published> {
  const known = atHand === undefined ? undefined : published(atHand, key);
  if (known && known.checkpoint.size > index) return known;
  for (const name of [COSIGNED_KEY, CHECKPOINT_KEY]) {
    const text = await readText(store, name);
    const found = text === undefined ? undefined : published(text, key);
    if (found && found.checkpoint.size > index) return found;
  }
  throw new AppError('trail-pending');
}

/**
 * Reads an entry of a published tree and its inclusion path.
 * @throws AppError `log-unavailable`
 */
export async function included(store: ObjectStore, index: number, { checkpoint }: Published): Promise<Included> {
  const [entry, hashes] = await Promise.all([
    readEntry(store, index, checkpoint.size),
    pathsIn(store, checkpoint.size)(index),
  ]);
  if (!entry) throw new AppError('log-unavailable', 'a bundle could not be read');
  return { index, entry, hashes };
}

/** Answers inclusion paths; rejects with AppError `log-unavailable`. */
export type InclusionPaths = (index: number) => Promise<readonly Uint8Array[]>;

/** The inclusion paths of a tree of `size` entries. All tiles that are read are held as long as the answer is. */
export function pathsIn(store: ObjectStore, size: number): InclusionPaths {
  const prove = inclusionProver(tileReader(store), size);
  return async (index) => {
    const hashes = await prove(index);
    if (!hashes.ok) throw new AppError('log-unavailable', 'a tile could not be read');
    return hashes.value;
  };
}
