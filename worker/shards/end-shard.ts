/** How a shard ends: with a record that names its successor, under a checkpoint that every witness it needs has seen. */
import { sha256 } from '@noble/hashes/sha2.js';
import { equalBytes } from '#shared/bytes/bytes.ts';
import { openCheckpoint } from '#shared/log/checkpoint.ts';
import { encodeSuccessor, SUCCESSOR_MEDIA_TYPE } from '#shared/shards/shard-list.ts';
import type { Config } from '../env.ts';
import type { Submission } from '../sequencer/admission.ts';
import type { Outcome } from '../sequencer/admit-batch.ts';
import type { SignedHead } from '../sequencer/commit-round.ts';
import { registrarRecord } from '../sequencer/genesis.ts';
import type { Publisher } from '../sequencer/publisher.ts';
import { COSIGNED_KEY, readText } from '../storage/log-store.ts';
import type { LogTables } from '../storage/log-tables.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type Shard, shardAt, signedName } from './shards.ts';

/**
 * Ends a shard in favour of the next one of the configuration; ending it again changes nothing.
 *
 * @returns the size with which it ends
 * @throws Error where no shard follows, or it has ended in favour of another
 */
export async function endShard(
  config: Config,
  origin: string,
  tables: LogTables,
  submit: (submission: Submission) => Promise<Outcome>,
): Promise<number> {
  const next = shardAt(config, origin)?.next;
  if (!next) throw new Error(`${origin}: no later shard is configured`);
  const preimage = encodeSuccessor(signedName(next, config));
  const end = tables.shard.end();
  if (end && !equalBytes(end.digest, sha256(preimage)))
    throw new Error(`${origin} has ended in favour of another shard`);
  if (end) return end.index + 1;
  const issuedAt = tables.eventTime(Math.floor(Date.now() / 1000));
  const said = { type: 'epoch', subject: 'successor', issuedAt, preimageType: SUCCESSOR_MEDIA_TYPE } as const;
  const outcome = await submit({ ...registrarRecord(config, { ...said, preimage }), isEnd: true });
  if (!outcome.ok) throw new Error(`${origin} did not end: ${outcome.reason}`);
  return outcome.index + 1;
}

/**
 * Has the last checkpoint of an ended shard cosigned, which nothing after it will do.
 * @returns whether there is nothing left to do
 */
export async function cosignEnd(
  { tables, store, shard }: { readonly tables: LogTables; readonly store: ObjectStore; readonly shard: Shard },
  { head, checkpoint }: SignedHead,
  publisher: Publisher,
): Promise<boolean> {
  if (!tables.shard.end()) return true;
  const cosigned = openCheckpoint((await readText(store, COSIGNED_KEY)) ?? '', [shard.note]);
  if (cosigned.ok && cosigned.value.checkpoint.size === head.size) return true;
  return (await publisher.publish({ size: head.size, checkpoint })).quorum;
}
