/**
 * What the worker is given to run with. Incomplete or impossible settings stop it at the first request, with a message
 * that says what to set; nothing runs on a default key.
 */
import { toBase64 } from '#shared/bytes/base64.ts';
import { equalBytes } from '#shared/bytes/bytes.ts';
import { noteKey } from '#shared/log/note.ts';
import { type Policy, parsePolicy } from '#shared/log/policy.ts';
import { type OprfKey, oprfKey } from '#shared/oprf/oprf.ts';
import type { FilterObjects } from './lookup/feed-filters.ts';
import type { FilterCatalogueDO } from './lookup/filter-catalogue-do.ts';
import type { FilterShardDO } from './lookup/filter-shard-do.ts';
import type { LookupDO } from './lookup/lookup-do.ts';
import { LookupIndex } from './lookup/lookup-index.ts';
import type { BatcherDO } from './sequencer/batcher-do.ts';
import type { SequencerDO } from './sequencer/sequencer-do.ts';
import { ConfigError, type KeyPair, keyPair, mlDsaKey, secondsOf, seedOf } from './settings.ts';
import { type LogKey, policyLines, readShards, type Shard } from './shards/shards.ts';

/** Bindings, variables and secrets, as wrangler.toml and `wrangler secret put` give them. */
export interface Env {
  readonly SEQUENCER: DurableObjectNamespace<SequencerDO>;
  readonly BATCHER: DurableObjectNamespace<BatcherDO>;
  readonly LOOKUP: DurableObjectNamespace<LookupDO>;
  readonly FILTER_SHARD: DurableObjectNamespace<FilterShardDO>;
  readonly FILTER_CATALOGUE: DurableObjectNamespace<FilterCatalogueDO>;
  readonly LOG_BUCKET: R2Bucket;
  readonly ASSETS?: Fetcher;
  readonly WRITE_LIMIT?: RateLimit;
  readonly LOG_ORIGIN?: string;
  /** Verifier keys of the shards before LOG_ORIGIN, oldest first; see docs/operations/rotation.md. */
  readonly EARLIER_SHARDS?: string;
  readonly EARLIER_SHARDS_2?: string;
  readonly EARLIER_SHARDS_3?: string;
  readonly EARLIER_SHARDS_4?: string;
  readonly EARLIER_SHARDS_5?: string;
  readonly PUBLIC_URL?: string;
  readonly LOG_KEY?: string;
  readonly LOG_KEY_ML_DSA?: string;
  /** These sign the last checkpoint of the shard before LOG_ORIGIN; not needed once that one is frozen. */
  readonly PREVIOUS_LOG_KEY?: string;
  readonly PREVIOUS_LOG_KEY_ML_DSA?: string;
  readonly REGISTRAR_KEY?: string;
  readonly RECEIPT_KEY?: string;
  readonly OPRF_KEY?: string;
  readonly ADMIN_TOKEN?: string;
  readonly WITNESSES?: string;
  readonly WITNESSES_2?: string;
  readonly WITNESSES_3?: string;
  readonly WITNESSES_4?: string;
  readonly WITNESSES_5?: string;
  /** Without the binding WRITE_LIMIT: writes a minute for each client, counted in memory. */
  readonly LOCAL_WRITES_PER_MINUTE?: string;
  /** `off`: no log line for each request, for a log whose requests are counted elsewhere. */
  readonly REQUEST_LOG?: string;
  readonly ALLOW_LOOPBACK_ISSUERS?: string;
  /** How long new fingerprints wait until the filters are built again; ten minutes by default. */
  readonly FILTER_SECONDS?: string;
}

/** The settings after every check. */
export interface Config {
  /** Of the open shard. */
  readonly origin: string;
  /** Every shard, oldest first; the last is open. */
  readonly shards: readonly Shard[];
  readonly publicUrl: string;
  /** `https://` and the origin's host: who signs key events. */
  readonly registrarIssuer: string;
  readonly logKey: LogKey;
  readonly registrar: KeyPair;
  /** Signs COSE Receipts. */
  readonly receipts: KeyPair;
  readonly adminToken: string;
  /** The whole policy: this log and its witnesses, as readers are given it. */
  readonly policyText: string;
  /** The same with the logs of all shards. */
  readonly wholePolicyText: string;
  readonly policy: Policy;
  readonly allowLoopbackIssuers: boolean;
  /** From new fingerprints to new filters. */
  readonly filterSeconds: number;
  /** Names what issuers want unreadable in the index; without it that is not offered. */
  readonly oprf?: OprfKey;
}

const ORIGIN = /^[a-z0-9.-]+(:[0-9]{1,5})?(\/[\w.-]+)+$/;
const MIN_TOKEN = 16;

function readOrigin(text: string | undefined): string {
  if (text !== undefined && ORIGIN.test(text)) return text;
  throw new ConfigError('LOG_ORIGIN: set it to <host>/log/<year>, for example log.example.org/log/2026');
}

function readPublicUrl(text: string | undefined): string {
  const url = URL.canParse(text ?? '') ? new URL(text ?? '') : undefined;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:') && url.pathname === '/') return url.origin;
  throw new ConfigError('PUBLIC_URL: set it to the address readers use, without a path');
}

const FILTER_SECONDS = '600';

/** Cloudflare keeps at most 5 KB in one variable, less than three ML-DSA-44 keys. */
const WITNESS_SETTINGS = ['WITNESSES', 'WITNESSES_2', 'WITNESSES_3', 'WITNESSES_4', 'WITNESSES_5'] as const;

function readPolicy(env: Env, logLines: readonly string[]): { text: string; policy: Policy } {
  const parts = WITNESS_SETTINGS.map((name) => (env[name] ?? '').replaceAll('\\n', '\n').trim());
  const text = `${[...logLines, ...parts.filter((part) => part !== '')].join('\n')}\n`;
  const policy = parsePolicy(text);
  if (policy.ok) return { text, policy: policy.value };
  throw new ConfigError(
    `WITNESSES: set it to tlog-policy lines (witness, group, quorum; "quorum none" for no witnesses): ${policy.detail ?? policy.reason}`,
  );
}

const read = new WeakMap<object, Config>();

/**
 * Checks every setting once per isolate.
 * @throws ConfigError naming the setting and what it must be
 */
export function readConfig(env: Env): Config {
  const known = read.get(env);
  if (known) return known;
  const origin = readOrigin(env.LOG_ORIGIN);
  const publicUrl = readPublicUrl(env.PUBLIC_URL);
  const pair = keyPair('LOG_KEY', env.LOG_KEY);
  const registrar = keyPair('REGISTRAR_KEY', env.REGISTRAR_KEY);
  const receipts = keyPair('RECEIPT_KEY', env.RECEIPT_KEY);
  if (equalBytes(pair.publicKey, registrar.publicKey)) throw new ConfigError('REGISTRAR_KEY: must differ from LOG_KEY');
  if ([pair, registrar].some(({ publicKey }) => equalBytes(publicKey, receipts.publicKey))) {
    throw new ConfigError('RECEIPT_KEY: must differ from LOG_KEY and REGISTRAR_KEY');
  }
  if ((env.ADMIN_TOKEN?.length ?? 0) < MIN_TOKEN) {
    throw new ConfigError(`ADMIN_TOKEN: set it to a random word of at least ${MIN_TOKEN} characters`);
  }
  const note = noteKey(origin, 1, pair.publicKey);
  const mlDsa = env.LOG_KEY_ML_DSA ? mlDsaKey('LOG_KEY_ML_DSA', origin, env.LOG_KEY_ML_DSA) : undefined;
  const logKey = { ...pair, note, ...(mlDsa && { mlDsa }) };
  const shards = readShards(env, logKey, publicUrl);
  const lines = shards.map(policyLines).reverse();
  const { text, policy } = readPolicy(env, lines[0] ?? []);
  const whole = readPolicy(env, lines.flat());
  const config: Config = {
    origin,
    shards,
    publicUrl,
    registrarIssuer: `https://${origin.split('/')[0]}`,
    logKey,
    registrar,
    receipts,
    adminToken: env.ADMIN_TOKEN ?? '',
    policyText: text,
    wholePolicyText: whole.text,
    policy,
    allowLoopbackIssuers: env.ALLOW_LOOPBACK_ISSUERS === '1',
    filterSeconds: secondsOf('FILTER_SECONDS', env.FILTER_SECONDS ?? FILTER_SECONDS),
    ...(env.OPRF_KEY && { oprf: oprfKey(seedOf('OPRF_KEY', env.OPRF_KEY)) }),
  };
  read.set(env, config);
  return config;
}

/** The trust document readers are offered: a convenience, confirmed by comparing fingerprints elsewhere. */
export const trustDocument = (config: Config): string =>
  JSON.stringify({
    trust: 1,
    policy: config.wholePolicyText,
    registrars: config.shards
      .map(({ origin }) => ({
        log: origin,
        key: toBase64(config.registrar.publicKey),
        receipts: toBase64(config.receipts.publicKey),
      }))
      .reverse(),
  });

const BATCHERS = 8;

/** The name of a statement's batcher: the same one for the same bytes. */
export const batcherName = (config: Config, leaf: Uint8Array): string =>
  `${config.origin} ${(leaf[0] ?? 0) % BATCHERS}`;

/** The batcher of that name. */
export const batcherOf = (env: Env, name: string): DurableObjectStub<BatcherDO> => env.BATCHER.getByName(name);

/** The one sequencer of a shard; of the open one, given the configuration. */
export const sequencerOf = (env: Env, { origin }: Pick<Config, 'origin'>): DurableObjectStub<SequencerDO> =>
  env.SEQUENCER.getByName(origin);

/** The lookup index of a shard. */
export const lookupOf = (env: Env, { origin }: Pick<Config, 'origin'>): LookupIndex =>
  new LookupIndex(env.LOOKUP, () => origin);

/** Where filters are built: one set for all shards, like the index. */
export const filterObjects = (env: Env): FilterObjects => ({
  shard: (name) => env.FILTER_SHARD.getByName(name),
  catalogue: env.FILTER_CATALOGUE.getByName('filters'),
});
