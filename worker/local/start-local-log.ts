/**
 * A whole log on one machine: the log's worker and its witnesses in real workerd, state and keys in one folder. The
 * witnesses are separate workers with separate keys, but under one roof: good for trying, no protection. Node only.
 */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { buildPages } from '../pages/build.ts';
import { bundle, COMPATIBILITY_DATE } from './bundle.ts';
import { freePort } from './free-port.ts';
import { localKeys, localShard, vkeyOf } from './keys.ts';

/** What may be chosen. */
export interface LocalLogOptions {
  /** Folder for keys and state; the same folder is the same log. */
  readonly folder: string;
  readonly witnesses?: number;
  /** How many must cosign; a majority by default. */
  readonly quorum?: number;
  /** The log's port; a free one by default. Witnesses take free ports. */
  readonly port?: number;
  /** Of the open shard. */
  readonly origin?: string;
  /** Origins of the shards before it, oldest first. */
  readonly earlier?: readonly string[];
  /** Whether loopback addresses may register as issuers, which is what a local run is for; yes by default. */
  readonly loopbackIssuers?: boolean;
  /** Writes a minute for each client, counted by the binding; by default the worker counts by itself. */
  readonly writesPerMinute?: number;
  /** For load tests: no limit on writes, no log line for each request, no simulated asset router before the worker. */
  readonly bare?: boolean;
  /** How long new fingerprints wait until they are in the filters; five seconds by default. */
  readonly filterSeconds?: number;
  /** 32 bytes in base64: the log offers oblivious lookup under this key. */
  readonly oprfKey?: string;
  /** Witnesses that run elsewhere; they count with ours towards the quorum. */
  readonly otherWitnesses?: readonly { readonly vkey: string; readonly url: string }[];
  /** Verifier keys of further logs that our witnesses cosign. */
  readonly otherLogs?: readonly string[];
  /** Each line the workers log. */
  readonly onLog?: (line: string) => void;
}

/** A running log. */
export interface LocalLog {
  readonly logUrl: string;
  readonly witnessUrls: readonly string[];
  /** The trust document as text. */
  readonly trust: string;
  readonly adminToken: string;
  readonly stop: () => Promise<void>;
}

const HOST = '127.0.0.1';
const FILTER_SECONDS = 5;
const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The witness lines of the policy. One with two keys counts once, and only when it has signed with both. */
function policyOf(
  asked: readonly { readonly vkeys: readonly string[]; readonly url: string }[],
  quorum: number,
): string {
  if (asked.length === 0) return 'quorum none';
  const members: string[] = [];
  const lines = asked.flatMap(({ vkeys, url }, i) => {
    const names = vkeys.map((_, n) => (n === 0 ? `w${i + 1}` : `w${i + 1}-${n + 1}`));
    const witnesses = vkeys.map((vkey, n) => `witness ${names[n]} ${vkey} ${url}`);
    members.push(vkeys.length === 1 ? `w${i + 1}` : `w${i + 1}-all`);
    return vkeys.length === 1 ? witnesses : [...witnesses, `group w${i + 1}-all all ${names.join(' ')}`];
  });
  return [...lines, `group demo ${quorum} ${members.join(' ')}`, 'quorum demo'].join('\n');
}

/**
 * Starts the log and its witnesses and waits until the log has published its genesis.
 * @throws Error with what workerd said, for example that the port is taken
 */
export async function startLocalLog(options: LocalLogOptions): Promise<LocalLog> {
  const { folder, witnesses = 3, origin = 'localhost/log/2026' } = options;
  const { otherWitnesses = [], otherLogs = [] } = options;
  const keys = localKeys(folder, witnesses);
  const shards = [...(options.earlier ?? []), origin].map((name, i) => localShard(keys, name, i));
  const [open, previous] = shards.toReversed();
  const [logScript, witnessScript] = await Promise.all([
    bundle('../index.ts'),
    bundle('../witness/index.ts'),
    buildPages(),
  ]);
  const port = options.port || (await freePort());
  const logUrl = `http://${HOST}:${port}`;
  const witnessPorts = await Promise.all(keys.witnesses.map(freePort));
  const names = keys.witnesses.map((_, i) => `witness-${i + 1}.localhost`);
  const witnessUrls = witnessPorts.map((witnessPort) => `http://${HOST}:${witnessPort}`);
  const { mlDsa } = keys;
  const ours = keys.witnesses.map((seed, i) => {
    const name = names[i] ?? '';
    const second = mlDsa && i === 0 ? [vkeyOf(name, 6, mlDsa.witness)] : [];
    return { vkeys: [vkeyOf(name, 4, seed), ...second], url: witnessUrls[i] ?? '' };
  });
  const asked = [...ours, ...otherWitnesses.map(({ vkey, url }) => ({ vkeys: [vkey], url }))];
  const policy = policyOf(asked, options.quorum ?? Math.floor(asked.length / 2) + 1);
  const common = { compatibilityDate: COMPATIBILITY_DATE, unsafeEphemeralDurableObjects: false };
  const logWorker = {
    ...common,
    name: 'log',
    modules: [logScript],
    durableObjects: {
      SEQUENCER: { className: 'SequencerDO', useSQLite: true },
      BATCHER: { className: 'BatcherDO', useSQLite: true },
      LOOKUP: { className: 'LookupDO', useSQLite: true },
      FILTER_SHARD: { className: 'FilterShardDO', useSQLite: true },
      FILTER_CATALOGUE: { className: 'FilterCatalogueDO', useSQLite: true },
    },
    r2Buckets: { LOG_BUCKET: 'witnessmark-log' },
    ...(!options.bare && {
      assets: {
        directory: source('../assets'),
        binding: 'ASSETS',
        routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
      },
    }),
    bindings: {
      LOG_ORIGIN: origin,
      PUBLIC_URL: logUrl,
      LOG_KEY: open?.seed ?? '',
      ...(open?.mlDsa && { LOG_KEY_ML_DSA: open.mlDsa }),
      ...(previous && { PREVIOUS_LOG_KEY: previous.seed }),
      ...(previous?.mlDsa && { PREVIOUS_LOG_KEY_ML_DSA: previous.mlDsa }),
      EARLIER_SHARDS: shards
        .slice(0, -1)
        .flatMap(({ vkeys }) => vkeys)
        .join('\n'),
      REGISTRAR_KEY: keys.registrar,
      RECEIPT_KEY: keys.receipts,
      ADMIN_TOKEN: keys.adminToken,
      WITNESSES: policy,
      FILTER_SECONDS: String(options.filterSeconds ?? FILTER_SECONDS),
      ...(options.oprfKey !== undefined && { OPRF_KEY: options.oprfKey }),
      ...(options.bare && { LOCAL_WRITES_PER_MINUTE: '1e9', REQUEST_LOG: 'off' }),
      ...(options.loopbackIssuers !== false && { ALLOW_LOOPBACK_ISSUERS: '1' }),
    },
    ...(options.writesPerMinute !== undefined && {
      ratelimits: {
        WRITE_LIMIT: { namespace_id: 'writes', simple: { limit: options.writesPerMinute, period: 60 as const } },
      },
    }),
    unsafeDirectSockets: [{ host: HOST, port }],
  };
  const witnessWorkers = keys.witnesses.map((seed, i) => ({
    ...common,
    name: `witness-${i + 1}`,
    modules: [witnessScript],
    durableObjects: { WITNESS: { className: 'WitnessDO', useSQLite: true } },
    bindings: {
      WITNESS_NAME: names[i] ?? '',
      WITNESS_KEY: seed,
      ...(mlDsa && i === 0 && { WITNESS_KEY_ML_DSA: mlDsa.witness }),
      LOGS: [...shards.flatMap(({ vkeys }) => vkeys), ...otherLogs].join('\n'),
    },
    unsafeDirectSockets: [{ host: HOST, port: witnessPorts[i] ?? 0 }],
  }));
  const miniflare = new Miniflare({
    ...convertV4MiniflareOptions({ workers: [logWorker, ...witnessWorkers], host: HOST, port: 0, cf: false }),
    resourcePersistencePath: join(folder, 'state'),
    handleStructuredLogs: ({ message }) => options.onLog?.(message),
  });
  await miniflare.ready;
  const ready = await fetch(`${logUrl}/health/ready`);
  if (ready.status !== 200) {
    await miniflare.dispose();
    throw new Error(`the log did not become ready: ${ready.status} ${await ready.text()}`);
  }
  const trust = await (await fetch(`${logUrl}/.well-known/witnessmark-trust`)).text();
  return { logUrl, witnessUrls, trust, adminToken: keys.adminToken, stop: () => miniflare.dispose() };
}
