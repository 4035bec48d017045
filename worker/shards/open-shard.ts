/**
 * What a new shard logs before it takes anything: genesis, configuration; and where another shard came before, that one's
 * end first, then the shard list, and the state of every issuer's key.
 *
 * Each step is durable before the next begins, and a step that was interrupted is done again from where it was:
 *
 * 1. the earlier shard ends: one round of its own. From here on it refuses, and nothing is open;
 * 2. genesis, configuration and list: one round, with which carrying begins;
 * 3. keys, a page a round, each with how far it has come; the last says that it is done.
 *
 * Until then the shard is not loaded, so whoever submits is told to come back. There are never two open shards: this one
 * begins after the other has ended, and an end names one successor.
 */
import { toBase64Url } from '#shared/bytes/base64.ts';
import { encodeShardList, SHARD_LIST_MEDIA_TYPE } from '#shared/shards/shard-list.ts';
import { type Config, type Env, sequencerOf } from '../env.ts';
import { prepareKeyEvent } from '../issuers/key-events.ts';
import type { Submission } from '../sequencer/admission.ts';
import { genesis, registrarRecord } from '../sequencer/genesis.ts';
import type { LogTables } from '../storage/log-tables.ts';
import type { Carried } from '../storage/shard-tables.ts';
import { carriedEvents } from './carried-keys.ts';
import { listShards } from './list-shards.ts';
import { earlierShardsOf } from './shards.ts';

/** Keys of one page: with two events each they fit into a round. */
const KEYS_OF_PAGE = 64;
/** Pages of one attempt: what is left is done by the next, so that no call works for minutes. */
const PAGES_OF_ATTEMPT = 32;

/** What opening needs of the sequencer. */
export interface Opening {
  readonly env: Env;
  readonly config: Config;
  readonly tables: LogTables;
  /** Committed entries. */
  readonly size: number;
  /** Commits a round. */
  readonly grow: (submissions: readonly Submission[], carried?: Carried) => Promise<void>;
}

/**
 * Opens the shard, or goes on with it; does nothing in one that is open.
 * @throws Error when it is not open yet; trying again goes on
 */
export async function openShard({ env, config, tables, size, grow }: Opening): Promise<void> {
  const now = (): number => tables.eventTime(Math.floor(Date.now() / 1000));
  const [previous] = earlierShardsOf(config);
  if (size === 0) {
    if (previous) await sequencerOf(env, previous).freeze();
    const first = genesis(config, now());
    if (!previous) return grow(first);
    const preimage = encodeShardList(await listShards(env, config, now()));
    const said = { type: 'epoch', subject: 'shards', issuedAt: now(), preimageType: SHARD_LIST_MEDIA_TYPE } as const;
    await grow([...first, registrarRecord(config, { ...said, preimage })], { after: new Uint8Array(), done: false });
  }
  if (!previous) return;
  for (let page = 0; page < PAGES_OF_ATTEMPT; page++) {
    const carried = tables.shard.carried();
    if (!carried || carried.done) return;
    const keys = await sequencerOf(env, previous).carriedKeys(carried.after, KEYS_OF_PAGE);
    const events = keys.flatMap((key) => carriedEvents(key).map((event) => ({ event, publicKey: key.publicKey })));
    const submissions = events.map(({ event, publicKey }) => {
      const subject = toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
      return prepareKeyEvent(config, event, publicKey, { issuedAt: now(), subject }).submission;
    });
    await grow(submissions, { after: keys.at(-1)?.kid ?? carried.after, done: keys.length < KEYS_OF_PAGE });
  }
  if (!tables.shard.carried()?.done) throw new Error('keys are still being carried over');
}
