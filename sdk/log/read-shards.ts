/** The shards of a log, as far as the reader's trust leads to them. */
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { type LogSource, readLogFile } from '#shared/log/log-files.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import type { Result } from '#shared/result.ts';
import { type FollowedShards, followShards, type ShardsReason } from '#shared/shards/follow-shards.ts';
import { MAX_SHARD_DOCUMENT_CHARS } from '#shared/shards/shard-document.ts';
import type { Trust } from '#shared/trust/trust.ts';

/** Where a service tells of its shards. */
export const SHARDS_PATH = '.well-known/witnessmark-shards';

/**
 * Reads and follows the shard document of a service; `undefined` where it has one shard only.
 *
 * @throws LogUnreachable
 */
export async function readShards(
  service: LogSource,
  trust: Trust,
): Promise<Result<FollowedShards, ShardsReason> | undefined> {
  const bytes = await readLogFile(service, SHARDS_PATH, MAX_SHARD_DOCUMENT_CHARS);
  return bytes && followShards(fromUtf8(bytes) ?? '', trust, NOTE_ALGORITHMS);
}
