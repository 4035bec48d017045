/**
 * A sequencer over real SQLite and real R2 with failing parts between, and what must hold about it: after any step the
 * whole log is folded again from what is stored and compared with everything that was ever acknowledged or visible.
 */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { ed25519 } from '@noble/curves/ed25519.js';
import { expect } from 'vitest';
import { keyThumbprint } from '#shared/attestation/key.ts';
import { parseStatement, signStatement } from '#shared/attestation/statement.ts';
import { equalBytes, utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { CLAIM_MEDIA_TYPE } from '#shared/claim/claim.ts';
import { leafHash, treeRoot } from '#shared/log/merkle.ts';
import { ok } from '#shared/result.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import { fsck } from '../../sdk/fsck/fsck.ts';
import type { LogSource } from '../../sdk/fsck/log-source.ts';
import { type Env, readConfig, trustDocument } from '../../worker/env.ts';
import type { Submission } from '../../worker/sequencer/admission.ts';
import type { Outcome } from '../../worker/sequencer/admit-batch.ts';
import { SequencerDO } from '../../worker/sequencer/sequencer-do.ts';
import { readBundle } from '../../worker/storage/log-store.ts';
import { Faults, FaultyStore, FaultyTables } from './faults.ts';
import { WatchedStore } from './watched-store.ts';

/** The bindings of the tests; `vitest.config.worker.ts` sets them. */
export const bindings = env as unknown as Env;
export const config = readConfig(bindings);

const ISSUER = 'https://issuer.test.example';
export const issuerKey = ed25519.keygen(new Uint8Array(32).fill(7));
export const issuerKid = keyThumbprint(issuerKey.publicKey);

const statement = (n: number): Uint8Array =>
  signStatement(
    {
      type: 'output',
      issuer: ISSUER,
      subject: `s${n}`,
      issuedAt: 1_790_000_000,
      preimage: utf8(`claim ${n}`),
      preimageType: CLAIM_MEDIA_TYPE,
      location: 'https://issuer.test.example/claims/1',
    },
    issuerKey,
  );
const made: Submission[] = [];

/** The n-th submission; always the same. It skips key state, which is not what fails here. */
export function submissionOf(n: number): Submission {
  for (let i = made.length; i <= n; i++) {
    made.push({ entry: statement(i), kid: issuerKid, issuer: ISSUER, lookups: [], isEpoch: true });
  }
  const submission = made[n];
  if (!submission) throw new RangeError(`no submission ${n}`);
  return submission;
}

/** A range of submissions. */
export const submissions = (from: number, count: number): Submission[] =>
  Array.from({ length: count }, (_, i) => submissionOf(from + i));

/** See the file's header. */
export class LogUnderTest {
  readonly stored: WatchedStore;
  readonly faults = new Faults();
  /** Index by leaf hash in hex, for everything that was answered with an index. */
  readonly acknowledged = new Map<string, number>();
  sequencer: SequencerDO;
  readonly #state: DurableObjectState;

  constructor(state: DurableObjectState, name: string) {
    this.#state = state;
    const truth = new FaultyTables(state.storage, new Faults());
    this.stored = new WatchedStore(bindings.LOG_BUCKET, name, () => truth.lock()?.size ?? 0);
    this.sequencer = this.#create();
  }

  #create(): SequencerDO {
    const sequencer = new SequencerDO(this.#state, bindings);
    sequencer.store = new FaultyStore(this.stored, this.faults);
    sequencer.tables = new FaultyTables(this.#state.storage, this.faults);
    sequencer.pool.roundMs = 0;
    return sequencer;
  }

  /** Memory is lost; what the old object still had under way goes on, as on a machine that is replaced. */
  restart(): void {
    this.sequencer = this.#create();
  }

  /** Submits at once and notes what was acknowledged; an answer that is false when given is a violation. */
  submit(batch: readonly Submission[]): Promise<Outcome[]> {
    const { sequencer } = this;
    return Promise.all(
      batch.map(async (submission) => {
        const outcome = await sequencer.submit(submission);
        if (!outcome.ok) return outcome;
        const leaf = toHex(leafHash(submission.entry));
        const before = this.acknowledged.get(leaf);
        if (before !== undefined && before !== outcome.index)
          this.stored.violations.push(`I6: ${before} was also answered as ${outcome.index}`);
        if (outcome.index >= this.stored.visibleSize)
          this.stored.violations.push(`I1: ${outcome.index} acknowledged, visible are ${this.stored.visibleSize}`);
        this.acknowledged.set(leaf, outcome.index);
        return outcome;
      }),
    );
  }

  /** Submits what is refused for the moment again, as clients do, until all of it is logged. */
  async submitUntilLogged(batch: readonly Submission[]): Promise<number[]> {
    for (let attempt = 0; attempt < 8; attempt++) {
      const outcomes = await this.submit(batch);
      if (outcomes.every(({ ok }) => ok)) return outcomes.map((outcome) => (outcome.ok ? outcome.index : -1));
    }
    throw new Error('the log did not recover');
  }

  /** Grows the log to exactly `size`. */
  async growTo(size: number): Promise<void> {
    await this.sequencer.ready();
    for (let next = this.stored.visibleSize; next < size; next = this.stored.visibleSize) {
      await this.submitUntilLogged(submissions(10_000 + next, Math.min(256, size - next)));
    }
  }

  /** Every invariant, from what is stored alone. */
  async check(): Promise<void> {
    expect(this.stored.violations).toEqual([]);
    const { visibleSize: size } = this.stored;
    if (size === 0) {
      expect(this.acknowledged.size).toBe(0);
      return;
    }
    const source: LogSource = { name: 'the bucket', read: async (path) => ok(await this.stored.get(`log/${path}`)) };
    const trust = parseTrust(trustDocument(config));
    const report = await fsck(source, trust.ok ? { trust: trust.value } : {});
    expect(report).toMatchObject({ ok: true, value: { verdict: 'verified', size, problems: [] } });
    const entries = await this.entries(size);
    const leaves = entries.map(leafHash);
    for (const checkpoint of this.stored.visible) {
      expect(equalBytes(treeRoot(leaves.slice(0, checkpoint.size)), checkpoint.root), 'I2: one growing tree').toBe(
        true,
      );
    }
    for (const [leaf, index] of this.acknowledged) {
      expect(toHex(leaves[index] ?? new Uint8Array()), `I1: entry ${index} is where it was acknowledged`).toBe(leaf);
    }
    const times = entries.flatMap((entry) => {
      const parsed = parseStatement(entry);
      return parsed.ok && parsed.value.type === 'key' ? [parsed.value.issuedAt] : [];
    });
    expect(times, 'I7: times of the log’s own statements never fall').toEqual(times.toSorted((a, b) => a - b));
  }

  /** All entries of the first `size`. */
  async entries(size: number): Promise<Uint8Array[]> {
    const bundles = Array.from({ length: Math.ceil(size / 256) }, (_, n) => readBundle(this.stored, n, size));
    return (await Promise.all(bundles)).flatMap((bundle) => bundle ?? []);
  }
}

let logs = 0;

/** Runs `body` with a new log inside its own Durable Object. Alarms ring only when the test calls them. */
export async function withLog(body: (log: LogUnderTest) => Promise<void>): Promise<void> {
  const name = `log-${++logs}`;
  await runInDurableObject(bindings.SEQUENCER.getByName(name), async (instance, state) => {
    instance.alarm = () => Promise.resolve();
    await body(new LogUnderTest(state, name));
  });
}
