/**
 * A sequencer over real SQLite and real R2 with failing parts between, and what must hold about it: after any step the
 * whole log is folded again from what is stored and compared with everything that was ever acknowledged or visible.
 */
import { runInDurableObject } from 'cloudflare:test';
import { expect } from 'vitest';
import { parseStatement } from '#shared/attestation/statement.ts';
import { equalBytes, fromUtf8, utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { openCheckpoint } from '#shared/log/checkpoint.ts';
import { leafHash } from '#shared/log/merkle.ts';
import { LookupIndex } from '../../../worker/lookup/lookup-index.ts';
import type { Submission } from '../../../worker/sequencer/admission.ts';
import type { Outcome } from '../../../worker/sequencer/admit-batch.ts';
import { SequencerDO } from '../../../worker/sequencer/sequencer-do.ts';
import { CHECKPOINT_KEY } from '../../../worker/storage/log-store.ts';
import { LogTables } from '../../../worker/storage/log-tables.ts';
import { Faults, FaultyStore, FaultyTables } from './faults.ts';
import { refold } from './refold.ts';
import { seedLog } from './seed.ts';
import { sharedIndex } from './shared-index.ts';
import { bindings, config } from './submissions.ts';
import { checkpointIn, WatchedStore } from './watched-store.ts';

const leafNames = new WeakMap<Submission, string>();
function leafName(submission: Submission): string {
  const name = leafNames.get(submission) ?? toHex(leafHash(submission.entry));
  leafNames.set(submission, name);
  return name;
}

interface Lease {
  held: boolean;
}

/** Storage that throws at every use once the lease is lost. */
const leased = (storage: DurableObjectStorage, lease: Lease): DurableObjectStorage =>
  new Proxy(storage, {
    get(target, name) {
      if (!lease.held) throw new Error('the object has been replaced');
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** See the file's header. */
export class LogUnderTest {
  /** What is truly there, past all faults. */
  readonly stored: WatchedStore;
  readonly tables: LogTables;
  readonly faults = new Faults();
  /** Index by leaf hash in hex, for everything that was answered with an index. */
  readonly acknowledged = new Map<string, number>();
  sequencer: SequencerDO;
  readonly lookup: LookupIndex;
  readonly #state: DurableObjectState;
  #lease: Lease = { held: true };

  constructor(state: DurableObjectState, name: string, index: LookupIndex) {
    this.#state = state;
    this.tables = new LogTables(state.storage);
    this.stored = new WatchedStore(bindings.LOG_BUCKET, name, () => this.tables.lock()?.size ?? 0);
    this.lookup = index;
    this.sequencer = this.#create();
  }

  #create(): SequencerDO {
    const sequencer = new SequencerDO(this.#state, bindings);
    sequencer.origin = config.origin;
    sequencer.store = new FaultyStore(this.stored, this.faults);
    this.#lease = { held: true };
    sequencer.tables = new FaultyTables(leased(this.#state.storage, this.#lease), this.faults);
    // Some of every log is merged, some is not.
    sequencer.tables.hashes.least = 100;
    sequencer.lookup = this.lookup;
    sequencer.pool.roundMs = 0;
    return sequencer;
  }

  /**
   * Memory is lost. What the old object has under way in the bucket goes on, as on a machine that is replaced; its
   * database is no longer its own (a Durable Object's storage has one owner).
   */
  restart(): void {
    this.#lease.held = false;
    this.sequencer = this.#create();
  }

  /** The log as earlier rounds left it. */
  seed(size: number): Promise<void> {
    return seedLog(this.tables, this.stored, size);
  }

  /** Submits at once and notes what was acknowledged; an answer that is false when given is a violation. */
  submit(batch: readonly Submission[]): Promise<Outcome[]> {
    const { sequencer, stored } = this;
    return Promise.all(
      batch.map(async (submission) => {
        const outcome = await sequencer.submit(submission);
        if (!outcome.ok) return outcome;
        const { index } = outcome;
        const before = this.acknowledged.get(leafName(submission));
        if (before !== undefined && before !== index)
          stored.violations.push(`I6: ${before} was then answered ${index}`);
        if (index >= stored.visibleSize) stored.violations.push(`I1: ${index} of ${stored.visibleSize} acknowledged`);
        const told = checkpointIn(utf8(outcome.checkpoint)).size;
        if (told <= index || !stored.visible.some(({ size }) => size === told))
          stored.violations.push(`I1: ${index} acknowledged with a checkpoint of ${told}`);
        this.acknowledged.set(leafName(submission), index);
        return outcome;
      }),
    );
  }

  /** Submits what is refused for the moment again, as clients do, until all of it is logged. */
  async submitUntilLogged(batch: readonly Submission[]): Promise<number[]> {
    for (let attempt = 0; attempt < 8; attempt++) {
      const outcomes = await this.submit(batch);
      const indices = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.index] : []));
      if (indices.length === batch.length) return indices;
    }
    throw new Error('the log did not recover');
  }

  /** Every invariant, from what is stored alone. */
  async check(): Promise<void> {
    expect(this.stored.violations).toEqual([]);
    const signed = await this.stored.get(CHECKPOINT_KEY);
    if (signed) expect(openCheckpoint(fromUtf8(signed) ?? '', [config.logKey.note])).toMatchObject({ ok: true });
    const { entries, leaves, rootAt, problems } = await refold(this.stored, this.stored.visibleSize);
    expect(problems).toEqual([]);
    for (const { size, root } of this.stored.visible) {
      expect(equalBytes(rootAt(size), root), `I2: the checkpoint of ${size} is of this tree`).toBe(true);
    }
    for (const [leaf, index] of this.acknowledged) {
      const found = leaves[index];
      if (!found || toHex(found) !== leaf) expect.fail(`I1: entry ${index} is not where it was acknowledged`);
    }
    const times = entries.flatMap((entry) => {
      const parsed = parseStatement(entry);
      return parsed.ok && parsed.value.type === 'key' ? [parsed.value.issuedAt] : [];
    });
    expect(times, 'I7: times of the log’s own statements never fall').toEqual(times.toSorted((a, b) => a - b));
  }
}

let logs = 0;

/** Runs `body` with a new log inside its own Durable Object. Alarms ring only when the test calls them. */
export const withLog = (body: (log: LogUnderTest) => Promise<void>): Promise<void> => runLog(body, () => sharedIndex);

/** The same with a lookup index of the log's own. */
export const withIndexedLog = (body: (log: LogUnderTest) => Promise<void>): Promise<void> =>
  runLog(body, (name) => new LookupIndex(bindings.LOOKUP, () => name));

async function runLog(body: (log: LogUnderTest) => Promise<void>, index: (name: string) => LookupIndex): Promise<void> {
  const name = `log-${++logs}`;
  await runInDurableObject(bindings.SEQUENCER.getByName(name), async (instance, state) => {
    instance.alarm = () => Promise.resolve();
    await body(new LogUnderTest(state, name, index(name)));
  });
}
