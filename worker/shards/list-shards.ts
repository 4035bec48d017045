/** The shard list as it is logged, and the document that carries it to readers: both from what is stored of each shard. */
import { parseStatement } from '#shared/attestation/statement.ts';
import { encodeShardDocument } from '#shared/shards/shard-document.ts';
import { type Shard as ListedShard, parseSuccessor, SHARD_LIST_INDEX } from '#shared/shards/shard-list.ts';
import type { LoggedStatement } from '#shared/trail/trail.ts';
import type { Config, Env } from '../env.ts';
import { AppError } from '../errors.ts';
import { CHECKPOINT_KEY, readEntry, readText } from '../storage/log-store.ts';
import { trailSource } from '../trails/assemble-trail.ts';
import { covering, type Published, published } from '../trails/inclusion.ts';
import { registrarStatement, type TrailSource } from '../trails/prove.ts';
import { openShardOf, type Shard, shardAt, signedName } from './shards.ts';

/**
 * The list for a shard that is being opened.
 * @param openedAt - Unix seconds
 * @throws AppError `log-unavailable` where an earlier shard has not ended in favour of the next
 */
export async function listShards(env: Env, config: Config, openedAt: number): Promise<ListedShard[]> {
  const earlier = config.shards.slice(0, -1).map(async (shard): Promise<ListedShard> => {
    const source = trailSource(env, shard);
    const text = (await readText(source.store, CHECKPOINT_KEY)) ?? '';
    const tree = published(text, shard.note);
    if (!tree) throw new AppError('log-unavailable', `${shard.origin}: its last checkpoint cannot be read`);
    await endOf(config, shard, source, tree);
    const { size, root } = tree.checkpoint;
    const genesis = parseStatement((await readEntry(source.store, 0, size)) ?? new Uint8Array());
    if (!genesis.ok) throw new AppError('log-unavailable', `${shard.origin}: its first entry cannot be read`);
    return { ...signedName(shard, config), openedAt: genesis.value.issuedAt, final: { size, root } };
  });
  return [...(await Promise.all(earlier)), { ...signedName(openShardOf(config), config), openedAt }];
}

/** The last entry of a shard, which must name the one that follows. */
async function endOf(config: Config, shard: Shard, source: TrailSource, tree: Published): Promise<LoggedStatement> {
  const end = await registrarStatement(source, tree.checkpoint.size - 1, tree);
  const successor = parseSuccessor(end.claim);
  const next = shardAt(config, shard.origin)?.next;
  if (successor.ok && successor.value.origin === next?.origin) return end;
  throw new AppError('log-unavailable', `${shard.origin} has not ended in favour of ${next?.origin}`);
}

/**
 * The document at `/.well-known/witnessmark-shards`.
 * @throws AppError `not-found` where there is one shard only; `log-unavailable` before the new one is open
 */
export async function shardDocument(env: Env, config: Config): Promise<string> {
  const earlier = config.shards.slice(0, -1);
  if (earlier.length === 0) throw new AppError('not-found', 'this log has one shard');
  const newest = trailSource(env, openShardOf(config));
  const tree = await covering(newest.store, SHARD_LIST_INDEX, newest.logKey);
  const list = await registrarStatement(newest, SHARD_LIST_INDEX, tree);
  const ends = earlier.map(async (shard) => {
    const source = trailSource(env, shard);
    const text = (await readText(source.store, CHECKPOINT_KEY)) ?? '';
    const size = published(text, shard.note)?.checkpoint.size ?? 0;
    return endOf(config, shard, source, await covering(source.store, size - 1, shard.note));
  });
  return encodeShardDocument({ list, ends: await Promise.all(ends) });
}
