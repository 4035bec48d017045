/**
 * Re-derives a whole log from its entries and compares everything it publishes: each tile on each level, the root and
 * the signed checkpoint; and reads each entry as a statement.
 *
 * Not checked here: signatures of issuers, whose keys are in preimages that the log never holds.
 */
import { parseStatement, type Statement, verifyStatement } from '#shared/attestation/statement.ts';
import { equalBytes, fromUtf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { leafHash, treeRoot } from '#shared/log/merkle.ts';
import { entriesPath, parseEntryBundle, tilePath } from '#shared/log/tile.ts';
import { err, ok, type Result } from '#shared/result.ts';
import type { Trust } from '#shared/trust/trust.ts';
import { type ReadCheckpoint, readCheckpoint } from './checkpoint.ts';
import type { LogSource } from './log-source.ts';

export interface FsckProblem {
  /** Path of the file, or `entry N`. */
  readonly where: string;
  readonly what: string;
}

export interface FsckReport {
  readonly verdict: 'verified' | 'unproven' | 'invalid';
  readonly origin: string;
  readonly size: number;
  /** Root of the checkpoint, lower-case hex. */
  readonly root: string;
  readonly signature: ReadCheckpoint['signature'];
  readonly quorum: ReadCheckpoint['quorum'];
  readonly witnesses: readonly string[];
  readonly detail?: string;
  /** How many entries of each statement type were read. */
  readonly entries: Readonly<Record<string, number>>;
  /** At most `MAX_PROBLEMS`, in the order of the log. */
  readonly problems: readonly FsckProblem[];
}

export type FsckReason = 'log-unreachable' | 'log-not-found' | 'checkpoint-malformed';

export interface FsckOptions {
  /** Keys to check the checkpoint and the log's own statements with. */
  readonly trust?: Trust;
  /** Called as entries are read. */
  readonly progress?: (entries: number, size: number) => void;
}

const TILE_WIDTH = 256;
const MAX_TILE_BYTES = TILE_WIDTH * 32;
const MAX_BUNDLE_BYTES = TILE_WIDTH * (2 + 65_535);
const MAX_CHECKPOINT_BYTES = 64 * 1024;
const MAX_PROBLEMS = 100;
const PARALLEL_READS = 8;

class Unreachable extends Error {}

async function readFile(source: LogSource, path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const file = await source.read(path, maxBytes);
  if (!file.ok) throw new Unreachable(file.detail ?? file.reason);
  return file.value;
}

/** A partial file may be gone once the log has grown past it: the full one begins with the same bytes. */
async function readWidth(
  source: LogSource,
  path: (width?: number) => string,
  width: number,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  if (width === TILE_WIDTH) return readFile(source, path(), maxBytes);
  return (await readFile(source, path(width), maxBytes)) ?? (await readFile(source, path(), maxBytes));
}

const widthOf = (tile: number, hashes: number): number => Math.min(TILE_WIDTH, hashes - tile * TILE_WIDTH);

/** Checks one log. Never throws on what the log says; gives a reason where nothing could be read. */
export async function fsck(source: LogSource, options: FsckOptions = {}): Promise<Result<FsckReport, FsckReason>> {
  try {
    return await examine(source, options);
  } catch (cause) {
    if (cause instanceof Unreachable) return err('log-unreachable', cause.message);
    throw cause;
  }
}

async function examine(source: LogSource, options: FsckOptions): Promise<Result<FsckReport, FsckReason>> {
  const file = await readFile(source, 'checkpoint', MAX_CHECKPOINT_BYTES);
  if (file === undefined) return err('log-not-found', `there is no checkpoint at ${source.name}`);
  const text = fromUtf8(file);
  const read = text === undefined ? err('not UTF-8') : readCheckpoint(text, options.trust);
  if (!read.ok) return err('checkpoint-malformed', read.detail ?? read.reason);
  const { checkpoint, signature, quorum, witnesses, detail } = read.value;

  const problems: FsckProblem[] = [];
  const note = (where: string, what: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push({ where, what });
  };
  if (signature === 'failed') note('checkpoint', detail ?? 'signature-invalid');
  const entries: Record<string, number> = {};
  const hashes = await readEntries(source, checkpoint, options, entries, note);
  await compareTiles(source, hashes, note);
  const complete = hashes.length === checkpoint.size;
  if (!complete) note('checkpoint', `entries end at ${hashes.length} of ${checkpoint.size}`);
  else if (!equalBytes(treeRoot(hashes), checkpoint.root)) note('checkpoint', 'root-mismatch');

  const proven = signature === 'passed' && quorum === 'passed';
  return ok({
    verdict: problems.length > 0 ? 'invalid' : proven ? 'verified' : 'unproven',
    origin: checkpoint.origin,
    size: checkpoint.size,
    root: toHex(checkpoint.root),
    signature,
    quorum,
    witnesses,
    ...(detail === undefined ? {} : { detail }),
    entries,
    problems,
  });
}

type Note = (where: string, what: string) => void;

/** Leaf hashes of all entries up to the first gap; a gap is noted. */
async function readEntries(
  source: LogSource,
  log: { origin: string; size: number },
  options: FsckOptions,
  counts: Record<string, number>,
  note: Note,
): Promise<Uint8Array[]> {
  const hashes: Uint8Array[] = [];
  const bundles = Math.ceil(log.size / TILE_WIDTH);
  for (let first = 0; first < bundles; first += PARALLEL_READS) {
    const numbers = Array.from({ length: Math.min(PARALLEL_READS, bundles - first) }, (_, i) => first + i);
    const files = await Promise.all(
      numbers.map((n) => readWidth(source, (width) => entriesPath(n, width), widthOf(n, log.size), MAX_BUNDLE_BYTES)),
    );
    for (const [i, n] of numbers.entries()) {
      const width = widthOf(n, log.size);
      const path = entriesPath(n, width === TILE_WIDTH ? undefined : width);
      const file = files[i];
      const bundle = file === undefined ? undefined : parseEntryBundle(file);
      if (bundle === undefined || !bundle.ok || bundle.value.length < width) {
        note(path, bundle === undefined ? 'missing' : bundle.ok ? 'too few entries' : bundle.reason);
        return hashes;
      }
      for (const entry of bundle.value.slice(0, width)) {
        examineEntry(entry, hashes.length, log.origin, options.trust, counts, note);
        hashes.push(leafHash(entry));
      }
      options.progress?.(hashes.length, log.size);
    }
  }
  return hashes;
}

const FIRST_TYPES = ['epoch', 'policy'];
const REGISTRAR_TYPES = ['epoch', 'policy', 'key'];

function examineEntry(
  entry: Uint8Array,
  index: number,
  origin: string,
  trust: Trust | undefined,
  counts: Record<string, number>,
  note: Note,
): void {
  const where = `entry ${index}`;
  const statement = parseStatement(entry);
  if (!statement.ok) {
    note(where, statement.detail === undefined ? statement.reason : `${statement.reason}: ${statement.detail}`);
    return;
  }
  const { type } = statement.value;
  counts[type] = (counts[type] ?? 0) + 1;
  const expected = FIRST_TYPES[index];
  if (expected !== undefined && type !== expected) note(where, `is of type ${type}, must be ${expected}`);
  if (REGISTRAR_TYPES.includes(type) && !byRegistrar(statement.value, origin, trust)) {
    note(where, `${type} statement is not signed by a registrar of this log`);
  }
}

/** True also where the trust names no registrar: nothing is then known against the statement. */
function byRegistrar(statement: Statement, origin: string, trust: Trust | undefined): boolean {
  const registrars = (trust?.registrars ?? []).filter((registrar) => registrar.log === origin);
  if (registrars.length === 0) return true;
  return registrars.some((registrar) => verifyStatement(statement, registrar.publicKey));
}

/** Compares every published tile with the hashes derived from the entries, level by level. */
async function compareTiles(source: LogSource, leafHashes: readonly Uint8Array[], note: Note): Promise<void> {
  let hashes = leafHashes;
  for (let level = 0; hashes.length > 0; level++) {
    const above: Uint8Array[] = [];
    for (let n = 0; n * TILE_WIDTH < hashes.length; n++) {
      const width = widthOf(n, hashes.length);
      const expected = hashes.slice(n * TILE_WIDTH, n * TILE_WIDTH + width);
      const path = tilePath(level, n, width === TILE_WIDTH ? undefined : width);
      const tile = await readWidth(source, (wanted) => tilePath(level, n, wanted), width, MAX_TILE_BYTES);
      const differs = expected.findIndex(
        (hash, i) => tile === undefined || !equalBytes(hash, tile.subarray(32 * i, 32 * i + 32)),
      );
      if (tile === undefined) note(path, 'missing');
      else if (differs >= 0) note(path, `differs from the entries at hash ${differs}`);
      if (width === TILE_WIDTH) above.push(treeRoot(expected));
    }
    hashes = above;
  }
}
