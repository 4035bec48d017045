/** What trails say of a tree: the paths of entries in it, and the registrar's statements about keys with their own proofs. */
import { parseStatement, type Statement } from '#shared/attestation/statement.ts';
import { concatBytes } from '#shared/bytes/bytes.ts';
import { MAX_EVENTS } from '#shared/limits.ts';
import type { NoteKey } from '#shared/log/note.ts';
import { encodeTlogProof } from '#shared/log/proof.ts';
import type { LoggedStatement } from '#shared/trail/trail.ts';
import { AppError } from '../errors.ts';
import { readKept } from '../storage/content.ts';
import type { Located } from '../storage/content-tables.ts';
import { readEntry } from '../storage/log-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type InclusionPaths, type Published, pathsIn } from './inclusion.ts';

/** What trails are put together from. */
export interface TrailSource {
  readonly store: ObjectStore;
  readonly logKey: NoteKey;
  /** Where the preimage of a statement of the log's own stands. */
  readonly locate: (digest: Uint8Array) => Promise<Located | 'withdrawn' | undefined>;
}

/** What a tree says in every trail of one signing key. */
export interface TreeProof {
  readonly checkpoint: string;
  /** Key events about the key, each with its own proof in the same tree. */
  readonly events: readonly LoggedStatement[];
  readonly asOf: number;
}

/** Everything in a trail that depends on the tree. Entries proved together share the part that is the same. */
export interface Proved {
  readonly index: number;
  /** The hashes of its inclusion path in one string: many small ones are dear to hand from one object to another. */
  readonly path: Uint8Array;
  readonly tree: TreeProof;
}

/** One entry of a log, as it is to be proved. */
export interface Provable {
  readonly index: number;
  /** Entries that say something about the signing key. */
  readonly events: readonly number[];
}

/** Answers proofs of entries in one tree; rejects with AppError `log-unavailable`. */
export type Prove = (entry: Provable) => Promise<Proved>;

/** Proves entries in a tree that has them. Every tile that is read is held as long as the answer is. */
export function proverOf(source: TrailSource, tree: Published): Prove {
  const paths = pathsIn(source.store, tree.checkpoint.size);
  const known = new Map<string, Promise<TreeProof>>();
  return async ({ index, events }) => {
    const name = events.join();
    const shared = known.get(name) ?? treeProof(source, tree, paths, events);
    known.set(name, shared);
    const [path, proof] = await Promise.all([paths(index), shared]);
    return { index, path: concatBytes(...path), tree: proof };
  };
}

/**
 * The events of a tree that a trail has room for. The first gives the key and the last say how it stands; whoever lists and
 * withdraws a key over and over does not push out what is said of it then.
 */
function shownEvents(events: readonly number[], size: number): readonly number[] {
  const covered = events.filter((event) => event < size);
  return covered.length > MAX_EVENTS ? [...covered.slice(0, 1), ...covered.slice(1 - MAX_EVENTS)] : covered;
}

async function treeProof(
  source: TrailSource,
  tree: Published,
  paths: InclusionPaths,
  events: readonly number[],
): Promise<TreeProof> {
  const { size } = tree.checkpoint;
  return {
    checkpoint: tree.text,
    events: await Promise.all(shownEvents(events, size).map((event) => keyEvent(source, event, tree, paths))),
    asOf: size,
  };
}

/**
 * Key events with their proofs in one tree: between two rounds every trail of an issuer carries the same. A quiet log
 * keeps one tree for long, and a proof may have 64 KB: not every key of a large log is remembered with it.
 */
const MAX_REMEMBERED = 256;
const keyEvents = new WeakMap<Published, Map<number, LoggedStatement>>();

async function keyEvent(
  source: TrailSource,
  index: number,
  tree: Published,
  paths: InclusionPaths,
): Promise<LoggedStatement> {
  const known = keyEvents.get(tree) ?? new Map<number, LoggedStatement>();
  keyEvents.set(tree, known);
  const event = known.get(index) ?? (await registrarStatement(source, index, tree, paths));
  if (known.size >= MAX_REMEMBERED) known.clear();
  known.set(index, event);
  return event;
}

/**
 * A statement of the registrar's with its preimage and proof.
 * @throws AppError `log-unavailable`
 */
export async function registrarStatement(
  { store, locate }: TrailSource,
  index: number,
  tree: Published,
  paths: InclusionPaths = pathsIn(store, tree.checkpoint.size),
): Promise<LoggedStatement> {
  const [{ bytes, statement }, hashes] = await Promise.all([readStatement(store, index, tree), paths(index)]);
  const claim = await readKept(store, locate, statement.payload);
  if (!claim) throw new AppError('log-unavailable', 'a statement of the registrar could not be read');
  return { statement: bytes, claim, proof: encodeTlogProof({ index, hashes, checkpoint: tree.text }) };
}

/**
 * An entry of a tree.
 * @throws AppError `log-unavailable`
 */
export async function readStatement(
  store: ObjectStore,
  index: number,
  { checkpoint }: Published,
): Promise<{ readonly bytes: Uint8Array; readonly statement: Statement }> {
  const bytes = await readEntry(store, index, checkpoint.size);
  const parsed = bytes && parseStatement(bytes);
  if (!bytes || !parsed?.ok) throw new AppError('log-unavailable', 'an entry could not be read');
  return { bytes, statement: parsed.value };
}
