/** One round from waiting submissions to a durable head: admitted, grown, signed, committed in one transaction, uploaded. */
import type { Shard } from '../shards/shards.ts';
import { blank } from '../storage/content.ts';
import type { LogTables } from '../storage/log-tables.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { encodePack, type Place, packKey } from '../storage/packs.ts';
import type { Carried } from '../storage/shard-tables.ts';
import { Admission } from './admission.ts';
import { type Admitted, admitBatch, type Pending } from './admit-batch.ts';
import { uploadStaged } from './recovery.ts';
import { grow, type Head, signHead } from './sequence.ts';

/** What one round leaves: the next head, and everybody's answer. */
export interface CommittedRound {
  readonly signed: SignedHead;
  readonly settle: () => void;
}

/** A committed tree and its checkpoint under the log's own signature. */
export interface SignedHead {
  readonly head: Head;
  readonly checkpoint: string;
}

/** What a round works on. */
export interface RoundLog {
  readonly tables: LogTables;
  readonly store: ObjectStore;
  /** Without what it signs with, a shard can be read and keep content, but not grow. */
  readonly shard: Pick<Shard, 'origin' | 'signing'>;
  /** Whether what the round was decided on still holds; asked right before the commit. */
  readonly isCurrent: () => boolean;
  /** How far the keys of the shard before are carried over with this round. */
  readonly carried?: Carried | undefined;
}

/**
 * Content is stored before the commit: whatever is logged with content can be read from then on. When it throws,
 * memory is not to be trusted: the round may have been committed, and the next load uploads what is staged.
 */
export async function commitRound(
  { tables, store, shard, isCurrent, carried }: RoundLog,
  current: SignedHead,
  batch: readonly Pending[],
): Promise<CommittedRound> {
  const { size } = current.head;
  const admission = new Admission((kid) => tables.key(kid), tables.shard.end() !== undefined);
  const { admitted, bringing, settle } = admitBatch(batch, size, admission, {
    entries: tables.entries.indexesOf(batch.map(({ leaf }) => leaf)),
    isWithdrawn: (digest) => tables.content.isWithdrawn(digest),
  });
  if (admitted.length + bringing.length === 0 && !carried) return { signed: current, settle };
  const pack = await storePack(store, bringing);
  if (!isCurrent()) {
    if (pack) await forgetWithdrawn(tables, store, pack, bringing);
    throw new Error('the log has changed while content was stored');
  }
  const { head, objects } = grow(
    current.head,
    admitted.map(({ pending }) => ({ entry: pending.submission.entry, leaf: pending.leaf })),
  );
  const signed = admitted.length === 0 ? current : { head, checkpoint: sign(head, shard) };
  const end = admitted.find(({ pending }) => pending.submission.isEnd);
  tables.commit({
    oldSize: size,
    lock: { size: head.size, root: head.root, checkpoint: signed.checkpoint },
    staged: admitted.length === 0 ? [] : objects,
    entries: admitted.map(({ pending, index }) => ({
      leaf: pending.leaf,
      index,
      kid: pending.submission.kid,
      isKeyEvent: pending.submission.change !== undefined,
      digest: pending.submission.digest,
      place: pack?.places.get(index),
    })),
    keys: admission.changes,
    ...(pack && {
      pack: {
        key: pack.key,
        brought: [...pack.places].flatMap(([index, place]) => (index < size ? [{ index, place }] : [])),
      },
    }),
    carried,
    end: end && { index: end.index, digest: end.pending.submission.digest },
  });
  await uploadStaged(tables, store);
  return { signed, settle };
}

function sign(head: Head, { origin, signing }: RoundLog['shard']): string {
  if (!signing) throw new Error(`the key of ${origin} is not configured`);
  return signHead(head, signing);
}

interface StoredPack {
  readonly key: string;
  /** By the index of the entry. */
  readonly places: ReadonlyMap<number, Place>;
}

/** A pack whose commit fails leads nowhere. */
async function storePack(store: ObjectStore, bringing: readonly Admitted[]): Promise<StoredPack | undefined> {
  if (bringing.length === 0) return undefined;
  const items = bringing.flatMap(({ pending: { leaf, submission } }) =>
    submission.content ? [{ leaf, ...submission.content }] : [],
  );
  const { bytes, places } = encodePack(items);
  const key = await packKey(bytes);
  await store.putNew(key, bytes);
  return { key, places: new Map(places.map((place, i) => [(bringing[i] as Admitted).index, place])) };
}

/** What was withdrawn while it was stored again: no entry leads to this pack, so nobody else would overwrite it there. */
async function forgetWithdrawn(
  { content }: LogTables,
  store: ObjectStore,
  { key, places }: StoredPack,
  bringing: readonly Admitted[],
): Promise<void> {
  const withdrawn = bringing.flatMap(({ pending, index }) => {
    const place = content.isWithdrawn(pending.submission.digest) && places.get(index);
    return place ? [place] : [];
  });
  if (withdrawn.length > 0) await blank(store, key, withdrawn);
}
