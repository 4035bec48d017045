/**
 * Brings the lookup index to what the log holds: the keys of new packs go to their shards, pack by pack in the order
 * they were committed, and those of withdrawn content come out again.
 */
import { toHex } from '#shared/bytes/hex.ts';
import type { NumberedPack, WithdrawnEntry } from '../storage/content-tables.ts';
import type { LogTables } from '../storage/log-tables.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { parsePack } from '../storage/packs.ts';
import { type FilterObjects, feedFilters } from './feed-filters.ts';
import { type IndexedItem, lookupKeys } from './keys.ts';
import type { LookupIndex } from './lookup-index.ts';

/** Packs of one delivery: about half a second of rounds. In memory is one at a time. */
const PACKS_BATCH = 4;
/** Keys of one round of calls: some 40,000 fingerprints, which a shard takes in a moment. */
const CALL_BYTES = 256 * 1024;

/** What delivery works on. */
export interface Delivery {
  readonly tables: LogTables;
  readonly store: ObjectStore;
  readonly lookup: LookupIndex;
  readonly filters: FilterObjects;
  /** Origin of this log, while it is the open one. */
  readonly open?: string;
}

/**
 * Delivers what no shard has confirmed.
 * @throws Error where a shard has lost what it had: the next call builds the whole index again
 */
export async function deliverLookups({ tables, store, lookup, filters, open }: Delivery): Promise<void> {
  const { content } = tables;
  const { pack, isWhole } = content.indexed();
  if (pack === 0) await lookup.begin();
  let isNew = false;
  for (let packs = content.undelivered(PACKS_BATCH); packs.length > 0; packs = content.undelivered(PACKS_BATCH)) {
    for await (const items of portions(itemsOf(packs, tables, store))) {
      if (await lookup.add(items)) {
        await feedFilters(filters, items);
        continue;
      }
      content.delivered(0);
      throw new Error('a lookup shard has lost its rows; the index is built again');
    }
    content.delivered(packs.at(-1)?.id ?? 0);
    isNew = true;
  }
  // Nothing was waited for since the last pack: everything committed is delivered.
  if (isNew && open !== undefined) await filters.catalogue.note([], { log: open, size: tables.lock()?.size ?? 0 });
  if (isWhole) return;
  await lookup.complete();
  content.indexIsWhole();
}

/** What is to be found of packs, by the index of each entry. */
async function* itemsOf(
  packs: readonly NumberedPack[],
  tables: LogTables,
  store: ObjectStore,
): AsyncGenerator<IndexedItem> {
  for (const { key } of packs) {
    const items = [...parsePack((await store.get(key)) ?? new Uint8Array())];
    const entries = tables.entries.indexesOf(items.map(({ leaf }) => leaf));
    for (const item of items) {
      const keys = lookupKeys(item);
      const entry = entries.get(toHex(item.leaf));
      // What is withdrawn may not be overwritten yet.
      if (!keys || !entry || entry.isWithdrawn) continue;
      yield { index: entry.index, leaf: item.leaf, keys };
    }
  }
}

const sizeOf = ({ keys }: IndexedItem): number => Object.values(keys).reduce((sum, { length }) => sum + length, 0);

/** Items for one round of calls each, so that what one round may bring is too much neither for memory nor for a call. */
async function* portions(items: AsyncIterable<IndexedItem>): AsyncGenerator<IndexedItem[]> {
  let portion: IndexedItem[] = [];
  let bytes = 0;
  for await (const item of items) {
    portion.push(item);
    bytes += sizeOf(item);
    if (bytes < CALL_BYTES) continue;
    yield portion;
    [portion, bytes] = [[], 0];
  }
  if (portion.length > 0) yield portion;
}

/** Takes withdrawn content out of the index while its keys can still be read from where it stands. */
export async function withdrawLookups(
  { store, lookup }: Delivery,
  { leaf, index, place: { pack, at: offset, preimageLength, attachmentsLength } }: WithdrawnEntry,
): Promise<void> {
  const bytes = await store.get(pack, { offset, length: preimageLength + attachmentsLength });
  if (!bytes) return;
  const [preimage, attachments] = [bytes.subarray(0, preimageLength), bytes.subarray(preimageLength)];
  const keys = lookupKeys({ leaf, preimage, attachments });
  if (keys) await lookup.remove([{ index, leaf, keys }]);
}
