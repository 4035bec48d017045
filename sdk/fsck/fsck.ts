/**
 * Re-derives a whole log from its entries and compares everything it publishes: each tile on each level, the root and
 * the signed checkpoint; and reads each entry as a statement. Memory does not grow with the log.
 *
 * Not checked here: signatures of issuers, whose keys are in preimages that the log never holds (`monitor`).
 */
import type { Statement } from '#shared/attestation/statement.ts';
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import type { Hasher } from '#shared/hashing/hasher.ts';
import { Audit, type AuditFault } from '#shared/log/audit.ts';
import type { Checkpoint } from '#shared/log/checkpoint.ts';
import { type LogSource, LogUnreachable, readCheckpointFile } from '#shared/log/log-files.ts';
import { TILE_WIDTH } from '#shared/log/tile.ts';
import { err, ok, type Result } from '#shared/result.ts';
import { SUCCESSOR_MEDIA_TYPE } from '#shared/shards/shard-list.ts';
import { type ReadCheckpoint, readCheckpoint } from '#shared/trust/read-checkpoint.ts';
import type { Trust } from '#shared/trust/trust.ts';
import { nodeHasher } from '../hashing/node-hasher.ts';
import { examineEntry, registrarsOf } from '../log/examine-entry.ts';
import { examineGenesis, fetchPreimage, receiptKeysOf } from '../log/examine-genesis.ts';
import { encodeFsckState, parseFsckState } from './state.ts';

export interface FsckReport {
  readonly verdict: 'verified' | 'unproven' | 'invalid';
  readonly origin: string;
  readonly size: number;
  /** Root of the checkpoint, lower-case hex. */
  readonly root: string;
  readonly signature: ReadCheckpoint['signature'];
  readonly quorum: ReadCheckpoint['quorum'];
  readonly witnesses: readonly string[];
  readonly detail?: string;
  /** Entries before this index were read by the run that this one resumed; 0 for a run from the start. */
  readonly resumedAt: number;
  /** How many entries of each statement type were read. */
  readonly entries: Readonly<Record<string, number>>;
  /** At most `MAX_PROBLEMS`, in the order of the log. */
  readonly problems: readonly AuditFault[];
}

export type FsckReason = 'log-unreachable' | 'log-not-found' | 'checkpoint-malformed';

export interface FsckOptions {
  /** Keys to check the checkpoint and the log's own statements with. */
  readonly trust?: Trust;
  /** The service the log belongs to, where there is one: it has the preimage of genesis, which names the receipt key. */
  readonly service?: LogSource;
  /** Called as entries are read. */
  readonly progress?: (entries: number, size: number) => void;
  /** What an interrupted run saved. */
  readonly state?: string;
  /** Called from time to time with what a later run can resume from. */
  readonly save?: (state: string) => Promise<void>;
  /** The fastest of this Node by default. */
  readonly hasher?: Hasher;
}

const MAX_PROBLEMS = 100;
const BUNDLES_BETWEEN_SAVES = 64;

/** Checks one log. Never throws on what the log says; gives a reason where nothing could be read. */
export async function fsck(source: LogSource, options: FsckOptions = {}): Promise<Result<FsckReport, FsckReason>> {
  try {
    return await examine(source, options);
  } catch (cause) {
    if (cause instanceof LogUnreachable) return err('log-unreachable', cause.message);
    throw cause;
  }
}

async function examine(source: LogSource, options: FsckOptions): Promise<Result<FsckReport, FsckReason>> {
  const file = await readCheckpointFile(source);
  if (file === undefined) return err('log-not-found', `there is no checkpoint at ${source.name}`);
  const text = fromUtf8(file) ?? '';
  const read = readCheckpoint(text, options.trust);
  if (!read.ok) return err('checkpoint-malformed', read.detail ?? read.reason);
  const { checkpoint, signature, quorum, witnesses, detail } = read.value;
  const run = new Run(source, checkpoint, text, options);
  if (signature === 'failed') run.note('checkpoint', detail ?? 'signature-invalid');
  const resumedAt = await run.begin();
  try {
    await run.readEntries();
  } catch (cause) {
    await run.save();
    throw cause;
  }
  const proven = signature === 'passed' && quorum === 'passed';
  return ok({
    verdict: run.problems.length > 0 ? 'invalid' : proven ? 'verified' : 'unproven',
    origin: checkpoint.origin,
    size: checkpoint.size,
    root: toHex(checkpoint.root),
    signature,
    quorum,
    witnesses,
    ...(detail === undefined ? {} : { detail }),
    resumedAt,
    entries: run.entries,
    problems: run.problems,
  });
}

class Run {
  problems: AuditFault[] = [];
  entries: Record<string, number> = {};
  private audit: Audit;
  /** Index of the record that ends the shard. */
  private endedAt: number | undefined;
  private readonly source: LogSource;
  private readonly checkpoint: Checkpoint;
  private readonly text: string;
  private readonly options: FsckOptions;
  private readonly hasher: Hasher;
  private readonly registrars: readonly Uint8Array[];

  constructor(source: LogSource, checkpoint: Checkpoint, text: string, options: FsckOptions) {
    this.source = source;
    this.checkpoint = checkpoint;
    this.text = text;
    this.options = options;
    this.hasher = options.hasher ?? nodeHasher();
    this.registrars = registrarsOf(options.trust, checkpoint.origin);
    this.audit = this.auditThrough();
  }

  /** The same history must lead through the checkpoint that an interrupted run began with. */
  private auditThrough(earlier?: Checkpoint): Audit {
    const { source, checkpoint, hasher } = this;
    const otherwise = 'does not continue the checkpoint that the interrupted run saw';
    return new Audit({ source, checkpoint, hasher, through: earlier ? [{ ...earlier, otherwise }] : [] });
  }

  note(where: string, what: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ where, what });
  }

  /** Goes on where an interrupted run was saved, if that can be; answers how many entries were read before. */
  async begin(): Promise<number> {
    const state = this.options.state === undefined ? undefined : parseFsckState(this.options.state, this.hasher);
    if (state === undefined) return 0;
    const earlier = readCheckpoint(state.checkpoint, this.options.trust);
    if (!earlier.ok || earlier.value.checkpoint.origin !== this.checkpoint.origin) return 0;
    if (earlier.value.signature !== 'failed') this.audit = this.auditThrough(earlier.value.checkpoint);
    if (state.registrars.join() !== this.registrars.map(toHex).join()) return 0;
    if (!(await this.audit.resume(state.tree))) return 0;
    this.entries = { ...state.entries };
    this.problems = [...state.problems];
    this.endedAt = state.endedAt;
    return state.tree.size;
  }

  /** Reads all entries up to the first gap, and compares the end. */
  async readEntries(): Promise<void> {
    let [index, bundles] = [this.audit.derived.size, 0];
    for await (const { entries, faults } of this.audit.bundles()) {
      for (const entry of entries) await this.readEntry(entry, index++);
      this.noteAll(faults);
      if (entries.length > 0) this.options.progress?.(index, this.checkpoint.size);
      if (++bundles % BUNDLES_BETWEEN_SAVES === 0) await this.save();
    }
    this.noteAll(await this.audit.finish());
  }

  private noteAll(faults: readonly AuditFault[]): void {
    for (const { where, what } of faults) this.note(where, what);
  }

  private async readEntry(entry: Uint8Array, index: number): Promise<void> {
    const { statement, faults } = examineEntry(entry, index, this.registrars);
    if (statement) this.entries[statement.type] = (this.entries[statement.type] ?? 0) + 1;
    for (const { reason, detail } of faults) this.note(`entry ${index}`, `${reason}: ${detail}`);
    if (index === 0 && statement?.type === 'epoch') await this.readGenesis(statement);
    if (this.endedAt !== undefined) this.note(`entry ${index}`, `after the end of the shard at ${this.endedAt}`);
    const ends = statement?.type === 'epoch' && statement.preimageType === SUCCESSOR_MEDIA_TYPE;
    if (ends && faults.length === 0) this.endedAt ??= index;
  }

  private async readGenesis(statement: Statement): Promise<void> {
    const { trust, service } = this.options;
    const receiptKeys = receiptKeysOf(trust, this.checkpoint.origin);
    if (service === undefined || receiptKeys.length === 0) return;
    const fault = examineGenesis(await fetchPreimage(service, statement), receiptKeys);
    if (fault) this.note('entry 0', `${fault.reason}: ${fault.detail}`);
  }

  async save(): Promise<void> {
    const { entries, problems, endedAt } = this;
    const tree = this.audit.derived;
    if (tree.size === 0 || tree.size % TILE_WIDTH !== 0) return;
    const registrars = this.registrars.map(toHex);
    await this.options.save?.(
      encodeFsckState({
        checkpoint: this.text,
        registrars,
        tree,
        entries,
        problems,
        ...(endedAt !== undefined && { endedAt }),
      }),
    );
  }
}
