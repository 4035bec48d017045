/**
 * A log that goes from one shard to the next, with failing parts between: two real sequencers that call each other over
 * real SQLite and R2, in the namespace of the worker, each with the configuration and the faults that a test gives it.
 */
import { runInDurableObject } from 'cloudflare:test';
import { encodeVkey, noteKey } from '#shared/log/note.ts';
import { type Config, type Env, readConfig } from '../../../worker/env.ts';
import type { Submission } from '../../../worker/sequencer/admission.ts';
import type { PublishedOutcome } from '../../../worker/sequencer/admit-batch.ts';
import type { SequencerDO } from '../../../worker/sequencer/sequencer-do.ts';
import { keyPair } from '../../../worker/settings.ts';
import { ownShard } from '../../../worker/shards/shards.ts';
import { R2ObjectStore } from '../../../worker/storage/object-store.ts';
import { ShardStore } from '../../../worker/storage/shard-store.ts';
import { Faults, FaultyTables } from './faults.ts';
import { sharedIndex } from './shared-index.ts';
import { bindings } from './submissions.ts';

const SEEDS = [21, 22, 23].map((byte) => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte))));

/** A bucket whose keys begin with a name, and whose operations may fail. */
function faultyBucket(name: string, faults: Faults): R2Bucket {
  const { LOG_BUCKET: bucket } = bindings;
  const there = (key: string): string => `${name}/${key}`;
  return {
    get: (key: string, options?: R2GetOptions) =>
      faults.run({ kind: 'read', name: key }, () => bucket.get(there(key), options)),
    put: (key: string, value: Uint8Array, options?: R2PutOptions) =>
      faults.run({ kind: 'write', name: key }, () => bucket.put(there(key), value, options)),
    delete: (keys: string[]) =>
      faults.run({ kind: 'delete', name: keys.join(' ') }, () => bucket.delete(keys.map(there))),
  } as unknown as R2Bucket;
}

let logs = 0;

/** See the file's header. */
export class RotationUnderTest {
  readonly faults = new Faults();
  readonly origins: readonly string[];
  readonly #bucket: R2Bucket;

  constructor() {
    const name = `rotation-${++logs}`;
    this.origins = SEEDS.map((_, i) => `log.test.example/log/${name}.${i}`);
    this.#bucket = faultyBucket(name, this.faults);
  }

  /** The worker's environment when the n-th shard is open. */
  env(n: number, change: Partial<Env> = {}): Env {
    const vkeys = this.origins
      .slice(0, n)
      .map((origin, i) => encodeVkey(noteKey(origin, 1, keyPair('LOG_KEY', SEEDS[i]).publicKey)));
    return {
      ...bindings,
      SEQUENCER: { getByName: (origin: string) => this.#stub(origin) } as unknown as Env['SEQUENCER'],
      LOG_BUCKET: this.#bucket,
      LOG_ORIGIN: this.origins[n] ?? '',
      LOG_KEY: SEEDS[n] ?? '',
      EARLIER_SHARDS: vkeys.join('\n'),
      ...(n > 0 && { PREVIOUS_LOG_KEY: SEEDS[n - 1] ?? '' }),
      ...change,
    };
  }

  config(n: number): Config {
    return readConfig(this.env(n));
  }

  /** A sequencer as others call it: each call may fail before or after it is done. */
  #stub(origin: string): unknown {
    const call = (method: string, given: readonly unknown[]): Promise<unknown> => {
      const stub = bindings.SEQUENCER.getByName(origin) as unknown as Record<
        string,
        (...all: unknown[]) => Promise<unknown>
      >;
      return stub[method]?.(...given) ?? Promise.reject(new Error(method));
    };
    return new Proxy({} as Record<string, unknown>, {
      get:
        (_, method: string) =>
        (...all: unknown[]) =>
          this.faults.run({ kind: 'call', name: method }, () => call(method, all)),
    });
  }

  /** Every object is new, and runs with the configuration in which the n-th shard is open. */
  async deploy(n: number, change: Partial<Env> = {}): Promise<void> {
    const env = this.env(n, change);
    for (const origin of this.origins.slice(0, n + 1)) {
      const stub = bindings.SEQUENCER.getByName(origin);
      await runInDurableObject(stub, (_, state) => state.abort('deployed')).catch(() => undefined);
      await runInDurableObject(bindings.SEQUENCER.getByName(origin), (instance, state) => {
        Object.assign(instance, { env });
        instance.tables = new FaultyTables(state.storage, this.faults);
        instance.store = new ShardStore(
          new R2ObjectStore(env.LOG_BUCKET),
          () => ownShard(readConfig(env), origin).prefix,
        );
        instance.lookup = sharedIndex;
        instance.alarm = () => Promise.resolve();
        instance.pool.roundMs = 0;
      });
    }
  }

  submit(n: number, submission: Submission): Promise<PublishedOutcome> {
    return this.within(n, (sequencer) => sequencer.submit(submission));
  }

  /** Runs something inside the object of a shard. */
  within<T>(n: number, body: (sequencer: SequencerDO) => Promise<T>): Promise<T> {
    return runInDurableObject(bindings.SEQUENCER.getByName(this.origins[n] ?? ''), body);
  }
}
