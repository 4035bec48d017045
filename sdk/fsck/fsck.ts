/**
 * Re-derives a whole log from its entries and compares everything it publishes: each tile on each level, the root and
 * the signed checkpoint; and reads each entry as a statement. Memory does not grow with the log.
 *
 * Not checked here: signatures of issuers, whose keys are in preimages that the log never holds (`monitor`).
 */
import { equalBytes, fromUtf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import type { Checkpoint } from '#shared/log/checkpoint.ts';
import { leafHash } from '#shared/log/merkle.ts';
import { entriesPath, TILE_WIDTH, tilePath } from '#shared/log/tile.ts';
import { err, ok, type Result } from '#shared/result.ts';
import type { Trust } from '#shared/trust/trust.ts';
import { type DerivedTile, DerivedTree } from '../log/derived-tree.ts';
import { examineEntry, registrarsOf } from '../log/examine-entry.ts';
import {
  LogUnreachable,
  readAhead,
  readBundleFile,
  readCheckpointFile,
  readTileFile,
  widthOf,
} from '../log/log-files.ts';
import type { LogSource } from '../log/log-source.ts';
import { type ReadCheckpoint, readCheckpoint } from '../log/read-checkpoint.ts';
import { encodeFsckState, type FsckProblem, parseFsckState } from './state.ts';

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
  readonly problems: readonly FsckProblem[];
}

export type FsckReason = 'log-unreachable' | 'log-not-found' | 'checkpoint-malformed';

export interface FsckOptions {
  /** Keys to check the checkpoint and the log's own statements with. */
  readonly trust?: Trust;
  /** Called as entries are read. */
  readonly progress?: (entries: number, size: number) => void;
  /** What an interrupted run saved. */
  readonly state?: string;
  /** Called from time to time with what a later run can resume from. */
  readonly save?: (state: string) => Promise<void>;
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
  const resumedAt = await run.resume();
  try {
    await run.readEntries();
    await run.finish();
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
  problems: FsckProblem[] = [];
  entries: Record<string, number> = {};
  private tree = new DerivedTree();
  /** The checkpoint an interrupted run began with: the same history must lead through it. */
  private earlier: Checkpoint | undefined;
  private readonly source: LogSource;
  private readonly checkpoint: Checkpoint;
  private readonly text: string;
  private readonly options: FsckOptions;
  private readonly registrars: readonly Uint8Array[];

  constructor(source: LogSource, checkpoint: Checkpoint, text: string, options: FsckOptions) {
    this.source = source;
    this.checkpoint = checkpoint;
    this.text = text;
    this.options = options;
    this.registrars = registrarsOf(options.trust, checkpoint.origin);
  }

  note(where: string, what: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ where, what });
  }

  /**
   * Goes on where an interrupted run was saved, if the log still serves the tiles of that moment. The root at the end
   * then proves that what was derived before is the beginning of this tree.
   */
  async resume(): Promise<number> {
    const state = this.options.state === undefined ? undefined : parseFsckState(this.options.state);
    if (state === undefined) return 0;
    const earlier = readCheckpoint(state.checkpoint, this.options.trust);
    if (!earlier.ok || earlier.value.checkpoint.origin !== this.checkpoint.origin) return 0;
    if (earlier.value.signature !== 'failed') this.earlier = earlier.value.checkpoint;
    const { tree, registrars } = state;
    if (tree.size > this.checkpoint.size || tree.size % TILE_WIDTH !== 0) return 0;
    if (registrars.join() !== this.registrars.map(toHex).join()) return 0;
    for (const tile of tree.unfilled()) {
      if ((await this.fault(tile)) !== undefined) return 0;
    }
    this.tree = tree;
    this.entries = { ...state.entries };
    this.problems = [...state.problems];
    return tree.size;
  }

  /** Reads all entries up to the first gap; a gap is noted. Compares each tile as it fills. */
  async readEntries(): Promise<void> {
    const { size } = this.checkpoint;
    const first = this.tree.size / TILE_WIDTH;
    const files = readAhead(first, Math.ceil(size / TILE_WIDTH), async (n) => {
      const width = widthOf(n, size);
      const full = width === TILE_WIDTH ? readTileFile(this.source, 0, n, width) : undefined;
      const [bundle, tile] = await Promise.all([readBundleFile(this.source, n, width), full]);
      return { n, width, bundle, tile };
    });
    for await (const { n, width, bundle, tile } of files) {
      if (!bundle.ok) return this.note(entriesPath(n, width), bundle.reason);
      for (const entry of bundle.value) this.readEntry(entry);
      for (const filled of this.tree.takeFilled()) {
        await (filled.level === 0 ? this.compare(filled, tile) : this.compare(filled));
      }
      this.options.progress?.(this.tree.size, size);
      if ((n - first + 1) % BUNDLES_BETWEEN_SAVES === 0) await this.save();
    }
  }

  private readEntry(entry: Uint8Array): void {
    const index = this.tree.size;
    const { statement, faults } = examineEntry(entry, index, this.registrars);
    if (statement) this.entries[statement.type] = (this.entries[statement.type] ?? 0) + 1;
    for (const { reason, detail } of faults) this.note(`entry ${index}`, `${reason}: ${detail}`);
    this.tree.add(leafHash(entry));
    if (this.tree.size === this.earlier?.size && !equalBytes(this.tree.root(), this.earlier.root)) {
      this.note('checkpoint', 'does not continue the checkpoint that the interrupted run saw');
    }
  }

  /** Compares the right edge and the root. */
  async finish(): Promise<void> {
    for (const tile of this.tree.unfilled()) await this.compare(tile);
    const { size, root } = this.checkpoint;
    if (this.tree.size < size) this.note('checkpoint', `entries end at ${this.tree.size} of ${size}`);
    else if (!equalBytes(this.tree.root(), root)) this.note('checkpoint', 'root-mismatch');
  }

  private async compare(tile: DerivedTile, published?: Uint8Array): Promise<void> {
    const fault = await this.fault(tile, published);
    const width = this.publishedWidth(tile);
    if (fault !== undefined) this.note(tilePath(tile.level, tile.n, width), fault);
  }

  private async fault(tile: DerivedTile, published?: Uint8Array): Promise<string | undefined> {
    const { level, n, hashes } = tile;
    const width = this.publishedWidth(tile);
    const bytes = published ?? (await readTileFile(this.source, level, n, width));
    if (bytes === undefined) return 'missing';
    const differs = hashes.findIndex((hash, i) => !equalBytes(hash, bytes.subarray(32 * i, 32 * i + 32)));
    if (differs >= 0) return `differs from the entries at hash ${differs}`;
    return [width, TILE_WIDTH].some((hashes) => bytes.length === 32 * hashes) ? undefined : 'has the wrong length';
  }

  private publishedWidth({ level, n }: DerivedTile): number {
    return widthOf(n, Math.floor(this.checkpoint.size / TILE_WIDTH ** level));
  }

  async save(): Promise<void> {
    const { tree, entries, problems } = this;
    if (tree.size === 0 || tree.size % TILE_WIDTH !== 0) return;
    const registrars = this.registrars.map(toHex);
    await this.options.save?.(encodeFsckState({ checkpoint: this.text, registrars, tree, entries, problems }));
  }
}
