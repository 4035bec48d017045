/** How the keys of attestations reach the filters. */
import { fromBigEndian } from '#shared/bytes/bytes.ts';
import type { FilterCatalogueDO } from './filter-catalogue-do.ts';
import type { FilterShardDO } from './filter-shard-do.ts';
import { type IndexedItem, placedKeys } from './keys.ts';

/** Where filters are built. */
export interface FilterObjects {
  readonly shard: (name: string) => DurableObjectStub<FilterShardDO>;
  readonly catalogue: DurableObjectStub<FilterCatalogueDO>;
}

/** The digest of a whole output is asked for by who has the output, not for a page. */
const UNFILTERED = 'sha-256';
/** Bytes of a fingerprint or digest that are its key in a filter. */
const KEY_LENGTH = 6;

/** A filter for each algorithm and first digit. */
const filterName = (alg: string, key: Uint8Array): string => `${alg}/${((key[0] ?? 0) >> 4).toString(16)}`;

/** Delivers keys to their shards and notes which have some; repeating it changes nothing. */
export async function feedFilters(
  { shard, catalogue }: FilterObjects,
  items: readonly Pick<IndexedItem, 'keys'>[],
): Promise<void> {
  const byShard = new Map<string, number[]>();
  for (const { keys } of items) {
    for (const { alg, key } of placedKeys(keys)) {
      if (alg === UNFILTERED) continue;
      const name = filterName(alg, key);
      const list = byShard.get(name) ?? [];
      list.push(fromBigEndian(key.subarray(0, KEY_LENGTH)));
      byShard.set(name, list);
    }
  }
  if (byShard.size === 0) return;
  await Promise.all([...byShard].map(([name, list]) => shard(name).add(list)));
  await catalogue.note([...byShard.keys()]);
}
