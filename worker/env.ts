/**
 * What the worker is given to run with. Incomplete or impossible settings stop it at the first request, with a message
 * that says what to set; nothing runs on a default key.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { fromBase64, toBase64 } from '#shared/bytes/base64.ts';
import { equalBytes } from '#shared/bytes/bytes.ts';
import { mlDsa44KeyPair } from '#shared/bytes/ml-dsa.ts';
import type { WitnessKey } from '#shared/log/add-checkpoint.ts';
import { encodeVkey, type NoteKey, noteKey } from '#shared/log/note.ts';
import { type Policy, parsePolicy } from '#shared/log/policy.ts';
import type { LookupDO } from './lookup/lookup-do.ts';
import type { BatcherDO } from './sequencer/batcher-do.ts';
import type { SequencerDO } from './sequencer/sequencer-do.ts';

/** Bindings, variables and secrets, as wrangler.toml and `wrangler secret put` give them. */
export interface Env {
  readonly SEQUENCER: DurableObjectNamespace<SequencerDO>;
  readonly BATCHER: DurableObjectNamespace<BatcherDO>;
  readonly LOOKUP: DurableObjectNamespace<LookupDO>;
  readonly LOG_BUCKET: R2Bucket;
  readonly ASSETS?: Fetcher;
  readonly WRITE_LIMIT?: RateLimit;
  readonly LOG_ORIGIN?: string;
  readonly PUBLIC_URL?: string;
  readonly LOG_KEY?: string;
  readonly LOG_KEY_ML_DSA?: string;
  readonly REGISTRAR_KEY?: string;
  readonly RECEIPT_KEY?: string;
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
}

/** A signing key of ours. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** The settings after every check. */
export interface Config {
  readonly origin: string;
  readonly publicUrl: string;
  /** `https://` and the origin's host: who signs key events. */
  readonly registrarIssuer: string;
  /** `mlDsa` signs checkpoints beside it. */
  readonly logKey: KeyPair & { readonly note: NoteKey; readonly mlDsa?: WitnessKey };
  readonly registrar: KeyPair;
  /** Signs COSE Receipts. */
  readonly receipts: KeyPair;
  readonly adminToken: string;
  /** The whole policy: this log and its witnesses, as readers are given it. */
  readonly policyText: string;
  readonly policy: Policy;
  readonly allowLoopbackIssuers: boolean;
}

/** The settings are incomplete or contradict each other. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const ORIGIN = /^[a-z0-9.-]+(:[0-9]{1,5})?(\/[\w.-]+)+$/;
const MIN_TOKEN = 16;

function seedOf(name: string, text: string | undefined): Uint8Array {
  const seed = fromBase64(text?.trim() ?? '');
  if (seed?.length === 32) return seed;
  throw new ConfigError(`${name}: set it to 32 random bytes in base64 (openssl rand -base64 32)`);
}

/** A key pair from a 32-byte seed in base64. */
export function keyPair(name: string, text: string | undefined): KeyPair {
  const secretKey = seedOf(name, text);
  return { secretKey, publicKey: ed25519.getPublicKey(secretKey) };
}

function mlDsaKey(origin: string, text: string): WitnessKey {
  const { publicKey, secretKey } = mlDsa44KeyPair(seedOf('LOG_KEY_ML_DSA', text));
  return { key: noteKey(origin, 6, publicKey), secretKey };
}

function readOrigin(text: string | undefined): string {
  if (text !== undefined && ORIGIN.test(text)) return text;
  throw new ConfigError('LOG_ORIGIN: set it to <host>/log/<year>, for example log.example.org/log/2026');
}

function readPublicUrl(text: string | undefined): string {
  const url = URL.canParse(text ?? '') ? new URL(text ?? '') : undefined;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:') && url.pathname === '/') return url.origin;
  throw new ConfigError('PUBLIC_URL: set it to the address readers use, without a path');
}

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
  const mlDsa = env.LOG_KEY_ML_DSA ? mlDsaKey(origin, env.LOG_KEY_ML_DSA) : undefined;
  const logLines = [note, ...(mlDsa ? [mlDsa.key] : [])].map((key) => `log ${encodeVkey(key)} ${publicUrl}/log`);
  const { text, policy } = readPolicy(env, logLines);
  const config: Config = {
    origin,
    publicUrl,
    registrarIssuer: `https://${origin.split('/')[0]}`,
    logKey: { ...pair, note, ...(mlDsa && { mlDsa }) },
    registrar,
    receipts,
    adminToken: env.ADMIN_TOKEN ?? '',
    policyText: text,
    policy,
    allowLoopbackIssuers: env.ALLOW_LOOPBACK_ISSUERS === '1',
  };
  read.set(env, config);
  return config;
}

/** Every key that signs our checkpoints. */
export const logNoteKeys = ({ logKey: { note, mlDsa } }: Config): NoteKey[] => [note, ...(mlDsa ? [mlDsa.key] : [])];

/** The trust document readers are offered: a convenience, confirmed by comparing fingerprints elsewhere. */
export const trustDocument = (config: Config): string =>
  JSON.stringify({
    trust: 1,
    policy: config.policyText,
    registrars: [
      {
        log: config.origin,
        key: toBase64(config.registrar.publicKey),
        receipts: toBase64(config.receipts.publicKey),
      },
    ],
  });

const BATCHERS = 8;

/** The name of a statement's batcher: the same one for the same bytes. */
export const batcherName = (config: Config, leaf: Uint8Array): string =>
  `${config.origin} ${(leaf[0] ?? 0) % BATCHERS}`;

/** The batcher of that name. */
export const batcherOf = (env: Env, name: string): DurableObjectStub<BatcherDO> => env.BATCHER.getByName(name);

/** The one sequencer of this log. */
export const sequencerOf = (env: Env, config: Config): DurableObjectStub<SequencerDO> =>
  env.SEQUENCER.getByName(config.origin);
