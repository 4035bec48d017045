/**
 * Finding things in all shards: the open one is asked first, then the others at once. A shard that cannot answer hides
 * nothing that another one has.
 */
import { fromBase64Url } from '#shared/bytes/base64.ts';
import { type Config, type Env, sequencerOf } from '../env.ts';
import { AppError } from '../errors.ts';
import type { SequencerDO } from '../sequencer/sequencer-do.ts';
import type { KnownEntry, Located } from '../storage/content-tables.ts';
import { earlierShardsOf, openShardOf, type Shard } from './shards.ts';

/** An entry and the shard it is in. */
export interface FoundEntry {
  readonly shard: Shard;
  readonly entry: KnownEntry;
}

/**
 * The entry with an id, whichever shard it is in.
 * @throws AppError `trail-not-found`; what a shard throws where it cannot be known
 */
export async function findEntry(env: Env, config: Config, id: string): Promise<FoundEntry> {
  const leaf = fromBase64Url(id);
  const found = leaf && (await inAnyShard(env, config, (sequencer) => sequencer.entry(leaf)));
  if (!found) throw new AppError('trail-not-found');
  return { shard: found.shard, entry: found.answer };
}

/** Where something with this digest stands, in any shard. */
export async function locateAnywhere(
  env: Env,
  config: Config,
  digest: Uint8Array,
): Promise<Located | 'withdrawn' | undefined> {
  return (await inAnyShard<Located | 'withdrawn'>(env, config, async (sequencer) => sequencer.locate(digest)))?.answer;
}

/** Ceases to serve content for good, wherever it was brought or may yet be. */
export async function withdrawEverywhere(env: Env, config: Config, digest: Uint8Array): Promise<void> {
  await Promise.all(config.shards.map((shard) => sequencerOf(env, shard).withdraw(digest)));
}

async function inAnyShard<T>(
  env: Env,
  config: Config,
  ask: (sequencer: DurableObjectStub<SequencerDO>) => Promise<T | undefined>,
): Promise<{ shard: Shard; answer: T } | undefined> {
  const failures: unknown[] = [];
  const asked = async (shard: Shard): Promise<{ shard: Shard; answer: T } | undefined> => {
    try {
      const answer = await ask(sequencerOf(env, shard));
      return answer === undefined ? undefined : { shard, answer };
    } catch (thrown) {
      failures.push(thrown);
      return undefined;
    }
  };
  const found =
    (await asked(openShardOf(config))) ??
    (await Promise.all(earlierShardsOf(config).map(asked))).find((each) => each !== undefined);
  if (!found && failures.length > 0) throw failures[0];
  return found;
}
