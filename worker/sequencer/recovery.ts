/**
 * Bringing the log into memory, also after a crash: staged objects are uploaded again, then everything that will be
 * built upon is re-read and re-hashed. Any disagreement refuses to load; nothing half-loaded is ever kept.
 */
import { equalBytes, fromUtf8 } from '#shared/bytes/bytes.ts';
import { type Checkpoint, openCheckpoint } from '#shared/log/checkpoint.ts';
import { EMPTY_ROOT, leafHash } from '#shared/log/merkle.ts';
import { type RightEdge, rootFromRightEdge } from '#shared/log/new-tiles.ts';
import type { NoteKey } from '#shared/log/note.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { TILE_WIDTH } from '#shared/log/tile.ts';
import { type ReadTile, rootFromTiles } from '#shared/log/tile-proofs.ts';
import { CHECKPOINT_KEY, readBundle, tileReader } from '../storage/log-store.ts';
import type { LogTables } from '../storage/log-tables.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Head } from './sequence.ts';

/** Stored state contradicts itself or our key: an operator must look before the log goes on. */
export class RecoveryError extends Error {
  override readonly name = 'RecoveryError';
}

/** The log as it is durably stored. */
export interface LoadedLog {
  readonly head: Head;
  /** The signed note of the head; empty for an empty log. */
  readonly checkpoint: string;
  /** The checkpoint that is visible to readers. */
  readonly visible: Visible;
}

/** The visible checkpoint: its size and text, and the version that a newer one replaces. */
export interface Visible {
  readonly size: number;
  readonly text: string;
  readonly version: string | undefined;
}

function opened(name: string, text: string, keys: readonly NoteKey[]): Checkpoint {
  const result = openCheckpoint(text, keys, NOTE_ALGORITHMS);
  if (!result.ok) throw new RecoveryError(`${name} does not open under our keys and origin: ${result.reason}`);
  return result.value.checkpoint;
}

/**
 * Replays what was staged and re-derives the head.
 *
 * @param keys - every key of ours: a log that has signed without one of them does not go on with it
 * @throws RecoveryError when stored parts disagree; whatever a store throws when it fails
 */
export async function loadLog(tables: LogTables, store: ObjectStore, keys: readonly NoteKey[]): Promise<LoadedLog> {
  const stored = await store.getVersioned(CHECKPOINT_KEY);
  const text = (stored && fromUtf8(stored.value)) ?? '';
  const published = stored && opened('the published checkpoint', text, keys);
  const visible: Visible = { size: published?.size ?? 0, text, version: stored?.version };
  const lock = tables.lock();
  if (!lock) {
    if (published) throw new RecoveryError('a checkpoint is published but the sequencer has no committed head');
    return { head: { size: 0, root: EMPTY_ROOT, edge: [], tail: [] }, checkpoint: '', visible };
  }
  const committed = opened('the committed checkpoint', lock.checkpoint, keys);
  if (committed.size !== lock.size || !equalBytes(committed.root, lock.root)) {
    throw new RecoveryError('the committed checkpoint is not the committed head');
  }
  if (published && published.size > lock.size) throw new RecoveryError('more is published than was committed');
  if (published && published.size === lock.size && !equalBytes(published.root, lock.root)) {
    throw new RecoveryError('another tree of the committed size is published');
  }
  await uploadStaged(tables, store);
  const head = await readHead(store, lock.size, lock.root);
  if (published && published.size < lock.size) {
    const root = await rootFromTiles(tileReader(store), published.size);
    if (!root.ok || !equalBytes(root.value, published.root)) {
      throw new RecoveryError('the stored tiles do not hash to the published root');
    }
  }
  return { head, checkpoint: lock.checkpoint, visible };
}

/** Uploads everything staged, then forgets it. Repeating it is harmless: every object has one possible content. */
export async function uploadStaged(tables: LogTables, store: ObjectStore): Promise<void> {
  const staged = tables.staged();
  await Promise.all(staged.map(({ key, value }) => store.put(key, value)));
  if (staged.length > 0) tables.clearStaged(staged.map(({ key }) => key));
}

async function readHead(store: ObjectStore, size: number, root: Uint8Array): Promise<Head> {
  const read = tileReader(store);
  const edge = await readRightEdge(read, size);
  if (!equalBytes(rootFromRightEdge(size, edge), root))
    throw new RecoveryError('the stored tiles do not hash to the committed root');
  const last = Math.floor((size - 1) / TILE_WIDTH);
  const bundle = await readBundle(store, last, size);
  const width = size - last * TILE_WIDTH;
  const hashes = await read(0, last, width);
  const rehashed = bundle?.every((entry, i) => {
    const stored = hashes?.subarray(i * 32, i * 32 + 32);
    return stored !== undefined && equalBytes(leafHash(entry), stored);
  });
  if (!bundle || !rehashed) throw new RecoveryError('the last entries do not hash to the last tile');
  return { size, root, edge, tail: width === TILE_WIDTH ? [] : bundle };
}

/** The stored partial tile of every level. */
async function readRightEdge(read: ReadTile, size: number): Promise<RightEdge> {
  const edge: Uint8Array[] = [];
  for (let hashes = size, level = 0; hashes > 0; hashes = Math.floor(hashes / TILE_WIDTH), level++) {
    const width = hashes % TILE_WIDTH;
    const bytes = width === 0 ? new Uint8Array() : await read(level, Math.floor(hashes / TILE_WIDTH), width);
    if (bytes?.length !== width * 32) throw new RecoveryError(`a tile of level ${level} is missing`);
    edge.push(bytes);
  }
  return edge;
}
