/** The files of a log by what they are, each bounded; where many are needed, some are fetched ahead. */
import { err, ok, type Result } from '../result.ts';
import { entriesPath, MAX_ENTRY_BYTES, parseEntryBundle, TILE_WIDTH, tilePath } from './tile.ts';
import type { ReadTile } from './tile-proofs.ts';

const MAX_TILE_BYTES = TILE_WIDTH * 32;
const MAX_BUNDLE_BYTES = TILE_WIDTH * (2 + MAX_ENTRY_BYTES);
const MAX_CHECKPOINT_BYTES = 128 * 1024;
const AHEAD = 8;

/** Where a log is read from. */
export interface LogSource {
  /** For people: its address or folder. */
  readonly name: string;
  /** Bytes at a path below the log's prefix; `undefined` where the log says that there are none. Must not throw. */
  read(path: string, maxBytes: number): Promise<Result<Uint8Array | undefined, 'log-unreachable'>>;
}

/**
 * The log did not answer: nothing is known about it, for or against.
 *
 * @example
 * import { LogUnreachable } from '#shared/log/log-files.ts';
 * new LogUnreachable('no route') instanceof Error; // => true
 */
export class LogUnreachable extends Error {}

/**
 * Hashes or entries in file `n` of a level (or of the bundles) that has `count` of them.
 *
 * @example
 * import { widthOf } from '#shared/log/log-files.ts';
 * widthOf(1, 300); // => 44
 */
export const widthOf = (n: number, count: number): number => Math.min(TILE_WIDTH, count - n * TILE_WIDTH);

/**
 * The bytes of a file of at most `maxBytes`.
 *
 * @throws LogUnreachable
 * @example
 * import { ok } from '#shared/result.ts';
 * import { readLogFile } from '#shared/log/log-files.ts';
 * await readLogFile({ name: 'empty', read: async () => ok(undefined) }, 'checkpoint', 100); // => undefined
 */
export async function readLogFile(source: LogSource, path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const file = await source.read(path, maxBytes);
  if (!file.ok) throw new LogUnreachable(file.detail ?? file.reason);
  return file.value;
}

/**
 * The signed end of the log as bytes.
 *
 * @throws LogUnreachable
 * @example
 * import { ok } from '#shared/result.ts';
 * import { readCheckpointFile } from '#shared/log/log-files.ts';
 * await readCheckpointFile({ name: 'empty', read: async () => ok(undefined) }); // => undefined
 */
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
 * @example
 * import { ok } from '#shared/result.ts';
 * import { readTileFile } from '#shared/log/log-files.ts';
 * await readTileFile({ name: 'empty', read: async () => ok(undefined) }, 0, 0, 5); // => undefined
 */
export const readTileFile = (
  source: LogSource,
  level: number,
  n: number,
  width: number,
): Promise<Uint8Array | undefined> => readWidth(source, (wanted) => tilePath(level, n, wanted), width, MAX_TILE_BYTES);

/**
 * The source's tiles for proofs.
 *
 * @example
 * import { err } from '#shared/result.ts';
 * import { tilesOf } from '#shared/log/log-files.ts';
 * const read = tilesOf({ name: 'gone', read: async () => err('log-unreachable') });
 * await read(0, 0, 5).catch((cause) => cause.message); // => 'log-unreachable'
 */
export const tilesOf =
  (source: LogSource): ReadTile =>
  (level, n, width) =>
    readLogFile(source, tilePath(level, n, width), MAX_TILE_BYTES);

/**
 * The first `width` entries of a bundle; why there are none otherwise.
 *
 * @returns `missing`, `bundle-malformed`, `too few entries`, `too many entries`
 * @throws LogUnreachable
 * @example
 * import { ok } from '#shared/result.ts';
 * import { readBundleFile } from '#shared/log/log-files.ts';
 * const result = await readBundleFile({ name: 'one', read: async () => ok(Uint8Array.of(0, 1, 7)) }, 0, 1);
 * result; // => { ok: true, value: [Uint8Array.of(7)] }
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

/**
 * Reads `from` up to, not including, `to`, in order, a few at once.
 *
 * @example
 * import { readAhead } from '#shared/log/log-files.ts';
 * const read = await Array.fromAsync(readAhead(2, 4, async (n) => n * n));
 * read; // => [4, 9]
 */
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
