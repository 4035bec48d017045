/**
 * Which shards this worker serves: the earlier ones, which take no entries any more, and the open one. Each is a log of
 * its own, with its own origin, key, sequencer and objects (decision 0010).
 */
import { equalBytes } from '#shared/bytes/bytes.ts';
import type { WitnessKey } from '#shared/log/add-checkpoint.ts';
import { encodeVkey, type NoteKey, parseVkey } from '#shared/log/note.ts';
import type { ShardName } from '#shared/shards/shard-list.ts';
import type { Config, Env } from '../env.ts';
import { ConfigError, type KeyPair, keyPair, mlDsaKey } from '../settings.ts';

/** What signs the checkpoints of one log; `mlDsa` beside the other. */
export interface LogKey extends KeyPair {
  readonly note: NoteKey;
  readonly mlDsa?: WitnessKey;
}

/** A shard as it is configured. */
export interface Shard {
  readonly origin: string;
  /** Its Ed25519 key, by which it is told from others. */
  readonly note: NoteKey;
  /** Every key that signs its checkpoints. */
  readonly keys: readonly NoteKey[];
  /** Last part of the origin, as in `/log/<name>/checkpoint`. */
  readonly name: string;
  /** Where its tiles are, for readers. */
  readonly url: string;
  /** What its objects' keys begin with. */
  readonly prefix: string;
  /** Gone once a shard is frozen for good. */
  readonly signing?: LogKey;
}

type ShardSettings = Pick<Env, (typeof SHARD_SETTINGS)[number] | 'PREVIOUS_LOG_KEY' | 'PREVIOUS_LOG_KEY_ML_DSA'>;

/** Cloudflare keeps at most 5 KB in one variable, less than three ML-DSA-44 keys. */
const SHARD_SETTINGS = [
  'EARLIER_SHARDS',
  'EARLIER_SHARDS_2',
  'EARLIER_SHARDS_3',
  'EARLIER_SHARDS_4',
  'EARLIER_SHARDS_5',
] as const;
/** Paths below `/log/` that belong to the first shard. */
const TAKEN = ['tile', 'checkpoint'];

/**
 * Every shard, oldest first; the last is the open one.
 * @throws ConfigError
 */
export function readShards(env: ShardSettings, open: LogKey, publicUrl: string): Shard[] {
  const given = SHARD_SETTINGS.flatMap((name) => (env[name] ?? '').split(/\s+|\\n/)).filter((vkey) => vkey !== '');
  const earlier = [...Map.groupBy(given.map(readVkey), ({ name }) => name).values()];
  const own = [open.note, ...(open.mlDsa ? [open.mlDsa.key] : [])];
  const all = [...earlier, own];
  const origins = all.map(([key]) => key?.name ?? '');
  const names = origins.map((origin) => origin.slice(origin.lastIndexOf('/') + 1));
  if (new Set(names).size < names.length || new Set(origins.map((origin) => origin.split('/')[0])).size > 1) {
    throw new ConfigError('EARLIER_SHARDS: shards are of one host and differ in the last part of their origins');
  }
  if (names.some((name, i) => i > 0 && TAKEN.includes(name))) throw new ConfigError('LOG_ORIGIN: ends in a taken name');
  const previous = previousKey(env, earlier.at(-1) ?? []);
  return all.map((keys, i) => {
    const [name = '', origin = ''] = [names[i], origins[i]];
    // The first shard keeps the place it had before there were others: readers' policies name it.
    const path = i === 0 ? 'log' : `log/${name}`;
    const signing = i === all.length - 1 ? open : i === all.length - 2 ? previous : undefined;
    const place = { name, url: `${publicUrl}/${path}`, prefix: `${path}/` };
    return { origin, note: ed25519KeyOf(keys), keys, ...place, ...(signing && { signing }) };
  });
}

/** The key of the shard before the open one, where it is given. */
function previousKey(env: ShardSettings, keys: readonly NoteKey[]): LogKey | undefined {
  if (env.PREVIOUS_LOG_KEY === undefined) return undefined;
  const pair = keyPair('PREVIOUS_LOG_KEY', env.PREVIOUS_LOG_KEY);
  const origin = keys[0]?.name ?? '';
  const second = env.PREVIOUS_LOG_KEY_ML_DSA;
  const mlDsa = second ? mlDsaKey('PREVIOUS_LOG_KEY_ML_DSA', origin, second) : undefined;
  const publicKeys = [pair.publicKey, ...(mlDsa ? [mlDsa.key.publicKey] : [])];
  const known = keys.every(({ publicKey }) => publicKeys.some((each) => equalBytes(each, publicKey)));
  if (!known || keys.length !== publicKeys.length) {
    throw new ConfigError('PREVIOUS_LOG_KEY, PREVIOUS_LOG_KEY_ML_DSA: must be the keys of the last of EARLIER_SHARDS');
  }
  return { ...pair, note: ed25519KeyOf(keys), ...(mlDsa && { mlDsa }) };
}

function readVkey(text: string): NoteKey {
  const key = parseVkey(text);
  if (key.ok && key.value.type !== 4 && key.value.name.includes('/')) return key.value;
  throw new ConfigError('EARLIER_SHARDS: set it to the verifier keys of earlier shards, oldest first');
}

function ed25519KeyOf(keys: readonly NoteKey[]): NoteKey {
  const key = keys.find(({ type }) => type === 1);
  if (key) return key;
  throw new ConfigError('EARLIER_SHARDS: each shard has an Ed25519 key');
}

/** The shard that takes entries. */
export const openShardOf = ({ shards }: Pick<Config, 'shards'>): Shard => {
  const open = shards.at(-1);
  if (!open) throw new RangeError('no shard');
  return open;
};

/** The shards that take no entries any more, newest first. */
export const earlierShardsOf = ({ shards }: Pick<Config, 'shards'>): Shard[] => shards.slice(0, -1).reverse();

/** A configured shard by its origin, and the one after it. */
export function shardAt(
  { shards }: Pick<Config, 'shards'>,
  origin: string,
): { shard: Shard; next?: Shard } | undefined {
  const i = shards.findIndex((each) => each.origin === origin);
  const [shard, next] = [shards[i], shards[i + 1]];
  return shard && { shard, ...(next && { next }) };
}

/**
 * The shard that an object with this origin is for.
 * @throws Error where it is none of this worker's: nothing may be written in its name
 */
export function ownShard(config: Pick<Config, 'shards'>, origin: string): Shard {
  const place = shardAt(config, origin);
  if (!place) throw new Error(`"${origin}" is no shard of this worker`);
  return place.shard;
}

/** How a shard is named in what the registrar signs. */
export const signedName = (
  { origin, keys, url }: Shard,
  { registrar, receipts }: Pick<Config, 'registrar' | 'receipts'>,
): ShardName => ({ origin, keys, registrar: registrar.publicKey, receipts: receipts.publicKey, url });

/** A shard's lines in a policy. */
export const policyLines = ({ keys, url }: Shard): string[] => keys.map((key) => `log ${encodeVkey(key)} ${url}`);
