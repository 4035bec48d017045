/** Failing parts for a sequencer: every read, write and commit passes here and may fail, before or after it is done. */
import { LogTables } from '../../../worker/storage/log-tables.ts';
import type { ByteRange, ObjectStore, Versioned } from '../../../worker/storage/object-store.ts';

/** How an operation can go wrong. `failed`: it throws now, and is done all the same when `arrive` is called. */
export type Fault = 'failed' | 'failed but persisted' | 'slow';

/** What is about to happen. */
export interface Operation {
  readonly kind: 'read' | 'write' | 'delete' | 'commit' | 'call';
  /** Object key, or the method of the tables or of another object. */
  readonly name: string;
}

const SLOW_MS = 15;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SLOW_MS));

/** Writes of one object fail. */
export const writesOf =
  (key: string) =>
  ({ kind, name }: Operation): Fault | undefined =>
    kind === 'write' && name === key ? 'failed' : undefined;

/** Decides on every operation of one sequencer and keeps what it decided. */
export class Faults {
  /** Asked before every operation; the answer is what goes wrong. */
  decide: (operation: Operation) => Fault | undefined = () => undefined;
  #late: (() => Promise<unknown>)[] = [];

  /** Everything works again; what has failed may still arrive. */
  clear(): void {
    this.decide = () => undefined;
  }

  /** What had failed and was on its way all the same arrives now. */
  async arrive(): Promise<void> {
    for (const operation of this.#late.splice(0)) await operation();
  }

  async run<T>(operation: Operation, perform: () => Promise<T>): Promise<T> {
    const fault = this.decide(operation);
    const failure = new Error(`injected: ${operation.kind} ${operation.name} ${fault}`);
    if (fault === 'slow') await pause();
    if (fault === 'failed but persisted') await perform();
    if (fault === 'failed') this.#late.push(perform);
    if (fault !== undefined && fault !== 'slow') throw failure;
    return perform();
  }

  /** A transaction is never late or slow: it is done or not. */
  runSync(name: string, perform: () => void): void {
    const fault = this.decide({ kind: 'commit', name });
    if (fault === 'failed but persisted') perform();
    if (fault !== undefined && fault !== 'slow') throw new Error(`injected: commit ${name} ${fault}`);
    perform();
  }
}

/** An object store that fails as `faults` says. */
export class FaultyStore implements ObjectStore {
  readonly #inner: ObjectStore;
  readonly #faults: Faults;
  constructor(inner: ObjectStore, faults: Faults) {
    this.#inner = inner;
    this.#faults = faults;
  }

  get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    return this.#faults.run({ kind: 'read', name: key }, () => this.#inner.get(key, range));
  }

  getVersioned(key: string): Promise<Versioned | undefined> {
    return this.#faults.run({ kind: 'read', name: key }, () => this.#inner.getVersioned(key));
  }

  put(key: string, value: Uint8Array): Promise<void> {
    return this.#faults.run({ kind: 'write', name: key }, () => this.#inner.put(key, value));
  }

  putNew(key: string, value: Uint8Array): Promise<boolean> {
    return this.#faults.run({ kind: 'write', name: key }, () => this.#inner.putNew(key, value));
  }

  replace(key: string, value: Uint8Array, version: string | undefined): Promise<string | undefined> {
    return this.#faults.run({ kind: 'write', name: key }, () => this.#inner.replace(key, value, version));
  }

  delete(...keys: readonly string[]): Promise<void> {
    return this.#faults.run({ kind: 'delete', name: keys.join(' ') }, () => this.#inner.delete(...keys));
  }
}

/** Tables whose transactions fail as `faults` says. */
export class FaultyTables extends LogTables {
  readonly #faults: Faults;
  constructor(storage: DurableObjectStorage, faults: Faults) {
    super(storage);
    this.#faults = faults;
  }

  override commit(...args: Parameters<LogTables['commit']>): void {
    this.#faults.runSync('commit', () => super.commit(...args));
  }

  override clearStaged(...args: Parameters<LogTables['clearStaged']>): void {
    this.#faults.runSync('clearStaged', () => super.clearStaged(...args));
  }

  override forgetPartials(...args: Parameters<LogTables['forgetPartials']>): void {
    this.#faults.runSync('forgetPartials', () => super.forgetPartials(...args));
  }
}
