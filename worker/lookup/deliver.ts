/** Which shard holds which bucket, and how rows get there. */
import { toHex } from '#shared/bytes/hex.ts';

import { PREFIX_LENGTH } from './bucket.ts';
import type { LookupDO } from './lookup-do.ts';
import type { LookupRow } from './rows.ts';

/** 16 shards per algorithm: a round of new entries touches each at most once, and one holds 10 GB of rows. */
export const shardName = (alg: string, prefix: string): string => `${alg}/${prefix.slice(0, 1)}`;

/** Delivers rows to their shards; repeating it changes nothing. */
export async function lookupShards(
  namespace: DurableObjectNamespace<LookupDO>,
  rows: readonly LookupRow[],
): Promise<void> {
  const shards = new Map<string, { alg: string; prefix: string; suffix: string; id: string }[]>();
  for (const { alg, digest, id } of rows) {
    const hex = toHex(digest);
    const row = { alg, prefix: hex.slice(0, PREFIX_LENGTH), suffix: hex.slice(PREFIX_LENGTH), id };
    const shard = shardName(alg, row.prefix);
    const shardRows = shards.get(shard);
    if (shardRows) shardRows.push(row);
    else shards.set(shard, [row]);
  }
  await Promise.all([...shards].map(([name, shardRows]) => namespace.getByName(name).add(shardRows)));
}
