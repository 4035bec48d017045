/**
 * A proof trail from what is stored: the entry, its claim, inclusion in the newest checkpoint at quorum, and every key
 * event about its signing key with its own proof. Never a verdict: the reader's machine gives that.
 */

import { type Config, type Env, sequencerOf } from '../env.ts';
import { AppError } from '../errors.ts';
import { findEntry } from '../shards/find-entry.ts';
import { openShardOf, type Shard } from '../shards/shards.ts';
import { readContent } from '../storage/content.ts';
import { COSIGNED_KEY, readText } from '../storage/log-store.ts';
import { RememberingStore } from '../storage/remembering-store.ts';
import { ShardStore } from '../storage/shard-store.ts';
import { covering } from './inclusion.ts';
import { proverOf, readStatement, type TrailSource } from './prove.ts';
import { brought, type Part, trailParts } from './trail-bytes.ts';

/** The stored parts of a shard. */
export const trailSource = (env: Env, shard: Shard): TrailSource => ({
  store: new ShardStore(new RememberingStore(env.LOG_BUCKET), () => shard.prefix),
  logKey: shard.note,
  locate: (digest) => sequencerOf(env, shard).locate(digest),
});

/**
 * The trail of an attestation, in the parts that are served.
 * @throws AppError `trail-not-found`, `trail-pending`, `claim-withdrawn`, `claim-unknown`, `log-unavailable`
 */
export async function trailOf(env: Env, config: Config, id: string): Promise<Part[]> {
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
  const proved = await proverOf(source, tree)(entry);
  return trailParts(brought({ statement: bytes, claim: content.preimage, ...content.attachments }), proved);
}
