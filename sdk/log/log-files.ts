/** The files of a log by what they are, each bounded; where many are needed, some are fetched ahead. */

import { entriesPath, MAX_ENTRY_BYTES, parseEntryBundle, TILE_WIDTH, tilePath } from '#shared/log/tile.ts';
import type { ReadTile } from '#shared/log/tile-proofs.ts';
import { err, ok, type Result } from '#shared/result.ts';
import type { LogSource } from './log-source.ts';

const MAX_TILE_BYTES = TILE_WIDTH * 32;
const MAX_BUNDLE_BYTES = TILE_WIDTH * (2 + MAX_ENTRY_BYTES);
const MAX_CHECKPOINT_BYTES = 128 * 1024;
const AHEAD = 8;

/** The log did not answer: nothing is known about it, for or against. */
export class LogUnreachable extends Error {}

/** Hashes or entries in file `n` of a level (or of the bundles) that has `count` of them. */
export const widthOf = (n: number, count: number): number => Math.min(TILE_WIDTH, count - n * TILE_WIDTH);

/** @throws LogUnreachable */
export async function readLogFile(source: LogSource, path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const file = await source.read(path, maxBytes);
  if (!file.ok) throw new LogUnreachable(file.detail ?? file.reason);
  return file.value;
}

/** @throws LogUnreachable */
export const readCheckpointFile = (source: LogSource): Promise<Uint8Array | undefined> =>
  readLogFile(source, 'checkpoint', MAX_CHECKPOINT_BYTES);

/** A partial file may be gone once the log has grown past it: the full one begins with the same bytes. */
async function readWidth(
  source: LogSource,
  path: (width: number) => string,
  width: number,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const file = await readLogFile(source, path(width), maxBytes);
  return file ?? (width < TILE_WIDTH ? readLogFile(source, path(TILE_WIDTH), maxBytes) : undefined);
}

/**
 * The tile's bytes, possibly of the full tile where a partial one was asked for.
 *
 * @throws LogUnreachable
 */
export const readTileFile = (
  source: LogSource,
  level: number,
  n: number,
  width: number,
): Promise<Uint8Array | undefined> => readWidth(source, (wanted) => tilePath(level, n, wanted), width, MAX_TILE_BYTES);

/** The source's tiles for proofs. */
export const tilesOf =
  (source: LogSource): ReadTile =>
  (level, n, width) =>
    readLogFile(source, tilePath(level, n, width), MAX_TILE_BYTES);

/**
 * The first `width` entries of a bundle; why there are none otherwise.
 *
 * @throws LogUnreachable
 */
export async function readBundleFile(source: LogSource, n: number, width: number): Promise<Result<Uint8Array[]>> {
  const file = await readWidth(source, (wanted) => entriesPath(n, wanted), width, MAX_BUNDLE_BYTES);
  if (file === undefined) return err('missing');
  const bundle = parseEntryBundle(file);
  if (!bundle.ok) return bundle;
  const { length } = bundle.value;
  if (length < width) return err('too few entries');
  return length === width || length === TILE_WIDTH ? ok(bundle.value.slice(0, width)) : err('too many entries');
}

/** Reads `from` up to, not including, `to`, in order, a few at once. */
export async function* readAhead<T>(from: number, to: number, read: (n: number) => Promise<T>): AsyncGenerator<T> {
  const pending: Promise<T>[] = [];
  for (let next = from; next < to || pending.length > 0; ) {
    for (; next < to && pending.length < AHEAD; next++) {
      const reading = read(next);
      // What fails while an earlier one is still awaited is thrown in its turn, not out of nowhere.
      reading.catch(() => undefined);
      pending.push(reading);
    }
    const first = pending.shift();
    if (first !== undefined) yield await first;
  }
}
