/**
 * A proof trail from what is stored: the entry, its claim, inclusion in the newest checkpoint at quorum, and every key
 * event about its signing key with its own proof. Never a verdict: the reader's machine gives that.
 */

import { parseStatement, type Statement } from '#shared/attestation/statement.ts';
import { MAX_EVENTS } from '#shared/limits.ts';
import type { NoteKey } from '#shared/log/note.ts';
import { encodeTlogProof } from '#shared/log/proof.ts';
import { encodeTrail, type LoggedStatement } from '#shared/trail/trail.ts';
import { type Config, type Env, sequencerOf } from '../env.ts';
import { AppError } from '../errors.ts';
import { findEntry } from '../shards/find-entry.ts';
import { openShardOf, type Shard } from '../shards/shards.ts';
import { readContent, readKept } from '../storage/content.ts';
import type { Located } from '../storage/content-tables.ts';
import { COSIGNED_KEY, readEntry, readText } from '../storage/log-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { RememberingStore } from '../storage/remembering-store.ts';
import { ShardStore } from '../storage/shard-store.ts';
import { covering, inclusionPath, type Published } from './inclusion.ts';

/** What trails are put together from. */
export interface TrailSource {
  readonly store: ObjectStore;
  readonly logKey: NoteKey;
  /** Where the preimage of a statement of the log's own stands. */
  readonly locate: (digest: Uint8Array) => Promise<Located | 'withdrawn' | undefined>;
}

/** Everything in a trail that depends on the tree. */
export interface Proved {
  /** The entry's tlog-proof. */
  readonly proof: string;
  /** Key events about its signing key, each with its own proof in the same tree. */
  readonly events: readonly LoggedStatement[];
  readonly asOf: number;
}

/** The stored parts of a shard. */
export const trailSource = (env: Env, shard: Shard): TrailSource => ({
  store: new ShardStore(new RememberingStore(env.LOG_BUCKET), () => shard.prefix),
  logKey: shard.note,
  locate: (digest) => sequencerOf(env, shard).locate(digest),
});

/**
 * The trail of an attestation as the text that is served.
 * @throws AppError `trail-not-found`, `trail-pending`, `claim-withdrawn`, `claim-unknown`, `log-unavailable`
 */
export async function trailOf(env: Env, config: Config, id: string): Promise<string> {
  // A tree that was there before the events were asked for has none that is missing among them.
  const before = await readText(trailSource(env, openShardOf(config)).store, COSIGNED_KEY);
  const found = await findEntry(env, config, id);
  const source = trailSource(env, found.shard);
  const tree = await covering(source.store, found.entry.index, source.logKey, before);
  const { entry } = tree.text === before ? found : await findEntry(env, config, id);
  const { bytes, statement } = await readStatement(source.store, entry.index, tree);
  const content = await readContent(source.store, entry.content, statement.payload);
  if (content === 'withdrawn') throw new AppError('claim-withdrawn');
  if (!content) throw new AppError('claim-unknown');
  const proved = await prove(source, tree, entry);
  return encodeTrail({ statement: bytes, claim: content.preimage, ...content.attachments, ...proved });
}

/**
 * Proves an entry in a tree that has it.
 * @throws AppError `log-unavailable`
 */
export async function prove(
  source: TrailSource,
  tree: Published,
  { index, events }: { readonly index: number; readonly events: readonly number[] },
): Promise<Proved> {
  const { size } = tree.checkpoint;
  const indices = events.filter((event) => event < size).slice(0, MAX_EVENTS);
  return {
    proof: await proofOf(source.store, index, tree),
    events: await Promise.all(indices.map((event) => keyEvent(source, event, tree))),
    asOf: size,
  };
}

/**
 * Key events with their proofs in one tree: between two rounds every trail of an issuer carries the same. A quiet log
 * keeps one tree for long, and a proof may have 64 KB: not every key of a large log is remembered with it.
 */
const MAX_REMEMBERED = 256;
const keyEvents = new WeakMap<Published, Map<number, LoggedStatement>>();

async function keyEvent(source: TrailSource, index: number, tree: Published): Promise<LoggedStatement> {
  const known = keyEvents.get(tree) ?? new Map<number, LoggedStatement>();
  keyEvents.set(tree, known);
  const event = known.get(index) ?? (await registrarStatement(source, index, tree));
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
): Promise<LoggedStatement> {
  const [{ bytes, statement }, proof] = await Promise.all([
    readStatement(store, index, tree),
    proofOf(store, index, tree),
  ]);
  const claim = await readKept(store, locate, statement.payload);
  if (!claim) throw new AppError('log-unavailable', 'a statement of the registrar could not be read');
  return { statement: bytes, claim, proof };
}

async function proofOf(store: ObjectStore, index: number, { text, checkpoint }: Published): Promise<string> {
  const hashes = await inclusionPath(store, index, checkpoint.size);
  return encodeTlogProof({ index, hashes, checkpoint: text });
}

async function readStatement(
  store: ObjectStore,
  index: number,
  { checkpoint }: Published,
): Promise<{ readonly bytes: Uint8Array; readonly statement: Statement }> {
  const bytes = await readEntry(store, index, checkpoint.size);
  const parsed = bytes && parseStatement(bytes);
  if (!bytes || !parsed?.ok) throw new AppError('log-unavailable', 'an entry could not be read');
  return { bytes, statement: parsed.value };
}
