/** Keys, leaves and readers that the log's tests share. Fixed, so that a failure repeats. */
import { expect } from 'vitest';
import type { Bytes32 } from '#shared/bytes/bytes.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { encodeCheckpoint } from '#shared/log/checkpoint.ts';
import { leafHash, nodeHash } from '#shared/log/merkle.ts';
import { newTiles } from '#shared/log/new-tiles.ts';
import { encodeNote, type NoteKeyType, noteKey, signNote } from '#shared/log/note.ts';
import { type ReadTile, tilePath } from '#shared/log/tile.ts';
import type { Result } from '#shared/result.ts';

export const signer = (name: string, type: NoteKeyType, seed: number) => {
  const secretKey = new Uint8Array(32).fill(seed);
  return { key: noteKey(name, type, ed25519PublicKey(secretKey)), secretKey };
};

export const ORIGIN = 'log.example/log/2026';
export const log = signer(ORIGIN, 1, 1);
export const witnesses = [2, 3, 4].map((seed) => signer(`witness${seed}.example`, 4, seed));

export const leaves = (count: number): Bytes32[] =>
  Array.from({ length: count }, (_, index) => leafHash(utf8(`entry ${index}`)));

export const checkpointText = (size: number, root: Bytes32): string => {
  const text = encodeCheckpoint({ origin: ORIGIN, size, root });
  return encodeNote({ text, signatures: [signNote(text, log)] });
};

/** The value of a result that must be there. */
export function accepted<T>(result: Result<T>): T {
  if (!result.ok) expect.fail(`${result.reason} ${result.detail ?? ''}`);
  return result.value;
}

/** What a result refuses with, or `accepted`. */
export const outcome = (result: Result<unknown>): string => (result.ok ? 'accepted' : result.reason);

/** MTH straight from RFC 6962 §2.1, an oracle that shares no code with the implementation's recursion. */
export function textbookRoot(hashes: readonly Bytes32[]): Bytes32 {
  const [only] = hashes;
  if (only !== undefined && hashes.length === 1) return only;
  const k = 2 ** Math.floor(Math.log2(hashes.length - 1));
  return nodeHash(textbookRoot(hashes.slice(0, k)), textbookRoot(hashes.slice(k)));
}

/** PATH straight from RFC 6962 §2.1.1. */
export function textbookInclusion(index: number, hashes: readonly Bytes32[]): Bytes32[] {
  if (hashes.length === 1) return [];
  const k = 2 ** Math.floor(Math.log2(hashes.length - 1));
  const [left, right] = [hashes.slice(0, k), hashes.slice(k)];
  return index < k
    ? [...textbookInclusion(index, left), textbookRoot(right)]
    : [...textbookInclusion(index - k, right), textbookRoot(left)];
}

/** SUBPROOF straight from RFC 6962 §2.1.2. */
export function textbookConsistency(size1: number, hashes: readonly Bytes32[], whole = true): Bytes32[] {
  if (size1 === hashes.length) return whole ? [] : [textbookRoot(hashes)];
  const k = 2 ** Math.floor(Math.log2(hashes.length - 1));
  const [left, right] = [hashes.slice(0, k), hashes.slice(k)];
  return size1 <= k
    ? [...textbookConsistency(size1, left, whole), textbookRoot(right)]
    : [...textbookConsistency(size1 - k, right, false), textbookRoot(left)];
}

/** The tiles of a tree as a log would store them, every batch's partial tiles included. */
export function storedTiles(hashes: readonly Bytes32[], batch: number) {
  const tiles = new Map<string, Uint8Array>();
  let tree = newTiles(0, [], []);
  while (tree.size < hashes.length) {
    tree = newTiles(tree.size, tree.rightEdge, hashes.slice(tree.size, tree.size + batch));
    for (const { level, n, width, bytes } of tree.tiles) tiles.set(tilePath(level, n, width), bytes);
  }
  const read: ReadTile = async (level, n, width) => tiles.get(tilePath(level, n, width));
  return { read, stored: tiles, size: tree.size, root: tree.root, rightEdge: tree.rightEdge };
}
