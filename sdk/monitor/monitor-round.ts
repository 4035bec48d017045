/**
 * One look at a log: its checkpoint under the policy, every new entry, and that they continue what was kept. Nothing is
 * told of entries, and nothing is kept, before the root they give is the one the log signed.
 */
import { parseStatement } from '#shared/attestation/statement.ts';
import { equalBytes, fromUtf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { HASH_BYTES } from '#shared/hashing/hasher.ts';
import type { Checkpoint } from '#shared/log/checkpoint.ts';
import { type Comparison, compareCheckpoints } from '#shared/log/compare-checkpoints.ts';
import { DerivedTree } from '#shared/log/derived-tree.ts';
import {
  type LogSource,
  LogUnreachable,
  readAhead,
  readBundleFile,
  readCheckpointFile,
  tilesOf,
  widthOf,
} from '#shared/log/log-files.ts';
import { entriesPath, TILE_WIDTH } from '#shared/log/tile.ts';
import type { ReadTile } from '#shared/log/tile-proofs.ts';
import { type ReadCheckpoint, readCheckpoint } from '#shared/trust/read-checkpoint.ts';
import type { Trust } from '#shared/trust/trust.ts';
import { nodeHasher } from '../hashing/node-hasher.ts';
import { registrarsOf } from '../log/examine-entry.ts';
import { receiptKeysOf } from '../log/examine-genesis.ts';
import { auditEntry, type Finding, readPreimage, type Watch } from './audit-entry.ts';
import type { MonitorEvent, Round } from './events.ts';
import { KeyLedger } from './key-ledger.ts';
import { encodeMonitorState, type MonitorState } from './state.ts';

export interface MonitoredLog {
  /** The log's files. */
  readonly tiles: LogSource;
  /** The service they belong to, which also serves the preimages. */
  readonly service: LogSource;
}

const MAX_FINDINGS = 1000;

/**
 * Looks once. What `state` holds is used up, whether or not the round is good: read it anew for the next.
 *
 * @param now - Unix seconds
 */
export async function monitorRound(
  log: MonitoredLog,
  trust: Trust,
  watch: Watch,
  state: MonitorState | undefined,
  now: number,
): Promise<Round> {
  try {
    const file = await readCheckpointFile(log.tiles);
    if (file === undefined) return unreadable('checkpoint-missing', `there is none at ${log.tiles.name}`);
    const note = fromUtf8(file) ?? '';
    const read = readCheckpoint(note, trust);
    if (!read.ok) return unreadable('checkpoint-malformed', read.detail ?? read.reason);
    const { checkpoint, signature, detail = '' } = read.value;
    if (signature !== 'passed') return unreadable(signature === 'failed' ? 'signature-invalid' : 'log-unknown', detail);
    const { origin } = checkpoint;
    if (state !== undefined && state.checkpoint.origin !== origin) return unreadable('origin-changed', origin);
    if (registrarsOf(trust, origin).length === 0) return unreadable('registrar-unknown', origin);
    return await new Look(log, trust, watch, read.value, note, now).round(state);
  } catch (cause) {
    if (cause instanceof LogUnreachable) return unreadable('log-unreachable', cause.message);
    throw cause;
  }
}

type Unreadable = Extract<MonitorEvent, { event: 'unreadable' }>;
const unreadable = (reason: Unreadable['reason'], detail: string): Round => ({
  outcome: 'unproven',
  events: [{ event: 'unreadable', reason, detail }],
});

/** A log that went back no longer serves the right edge of the kept tree, but the monitor still has it. */
function ownEdgeFirst(tree: DerivedTree, log: LogSource): ReadTile {
  const read = tilesOf(log);
  const own = tree.unfilled();
  return async (level, n, width) => {
    const edge = own.find((tile) => tile.level === level && tile.n === n && tile.bytes.length === HASH_BYTES * width);
    return edge ? edge.bytes : read(level, n, width);
  };
}

class Look {
  private readonly findings: Finding[] = [];
  private omitted = 0;
  private readonly log: MonitoredLog;
  private readonly trust: Trust;
  private readonly watch: Watch;
  private readonly read: ReadCheckpoint;
  private readonly note: string;
  private readonly now: number;

  constructor(log: MonitoredLog, trust: Trust, watch: Watch, read: ReadCheckpoint, note: string, now: number) {
    this.log = log;
    this.trust = trust;
    this.watch = watch;
    this.read = read;
    this.note = note;
    this.now = now;
  }

  async round(state: MonitorState | undefined): Promise<Round> {
    const { checkpoint } = this.read;
    const kept = state?.checkpoint;
    if (kept !== undefined && checkpoint.size < kept.size) return this.compare(state);
    const tree = state?.tree ?? new DerivedTree(nodeHasher());
    const keys = state?.keys ?? new KeyLedger();
    const before = tree.size;
    const missing = await this.readEntries(tree, keys);
    if (missing !== undefined) return unreadable('entries-missing', missing);
    if (!equalBytes(tree.root(), checkpoint.root)) return this.compare(state);
    return this.accepted(tree, keys, tree.size - before);
  }

  /** Takes every new entry; answers with the bundle that is not there. */
  private async readEntries(tree: DerivedTree, keys: KeyLedger): Promise<string | undefined> {
    const { origin, size } = this.read.checkpoint;
    const receiptKeys = receiptKeysOf(this.trust, origin);
    const context = { registrars: registrarsOf(this.trust, origin), receiptKeys, keys, watch: this.watch };
    const first = Math.floor(tree.size / TILE_WIDTH);
    const last = tree.size < size ? Math.ceil(size / TILE_WIDTH) : first;
    const bundles = readAhead(first, last, async (n) => {
      const width = widthOf(n, size);
      return { n, width, bundle: await readBundleFile(this.log.tiles, n, width) };
    });
    for await (const { n, width, bundle } of bundles) {
      if (!bundle.ok) return `${entriesPath(n, width)}: ${bundle.reason}`;
      const entries = bundle.value.slice(tree.size - n * TILE_WIDTH);
      const preimages = readAhead(0, entries.length, async (i) => {
        const statement = parseStatement(entries[i] ?? new Uint8Array());
        return statement.ok ? readPreimage(this.log.service, statement.value, context) : undefined;
      });
      let index = tree.size;
      for (const entry of entries) {
        const { value: preimage } = await preimages.next();
        this.find(auditEntry(entry, index++, preimage ?? undefined, context));
      }
      tree.add(nodeHasher().leafHashes(entries));
      tree.takeFilled();
    }
    return undefined;
  }

  private find(found: readonly Finding[]): void {
    const room = MAX_FINDINGS - this.findings.length;
    this.findings.push(...found.slice(0, room));
    this.omitted += Math.max(0, found.length - room);
  }

  private accepted(tree: DerivedTree, keys: KeyLedger, entries: number): Round {
    const { checkpoint, quorum, witnesses } = this.read;
    const { origin, size, root } = checkpoint;
    const met = quorum === 'passed' ? quorum : 'failed';
    const more = this.omitted === 0 ? {} : { omitted: this.omitted };
    const problem = this.omitted > 0 || this.findings.some(({ event }) => event === 'problem');
    return {
      outcome: problem ? 'problem' : met === 'passed' ? 'clean' : 'unproven',
      events: [
        { event: 'checkpoint', origin, size, root: toHex(root), quorum: met, witnesses, entries, ...more },
        ...this.findings,
      ],
      state: encodeMonitorState({ note: this.note, tree, keys }),
    };
  }

  /** The offered checkpoint does not simply continue the kept one: what do the log's tiles say? */
  private async compare(state: MonitorState | undefined): Promise<Round> {
    const { checkpoint } = this.read;
    if (state === undefined) return this.unproven(checkpoint, 0, 'entries-differ');
    const kept = state.checkpoint;
    const sizes = { origin: checkpoint.origin, size: checkpoint.size, keptSize: kept.size };
    const read = checkpoint.size < kept.size ? ownEdgeFirst(state.tree, this.log.tiles) : tilesOf(this.log.tiles);
    const compared = await compareCheckpoints(read, kept, checkpoint);
    const pair = { at: this.now, kept: state.note, offered: this.note };
    switch (compared.state) {
      case 'fork': {
        const proof = compared.evidence === undefined ? pair : { ...pair, evidence: compared.evidence };
        return { outcome: 'fork', events: [{ event: 'fork', ...sizes }], proof };
      }
      case 'unproven':
        return { ...this.unproven(checkpoint, kept.size, compared.reason), proof: pair };
      case 'consistent':
        return checkpoint.size < kept.size
          ? { outcome: 'unproven', events: [{ event: 'rollback', ...sizes }] }
          : this.unproven(checkpoint, kept.size, 'entries-differ');
    }
  }

  private unproven(
    { origin, size }: Checkpoint,
    keptSize: number,
    reason: Extract<Comparison, { state: 'unproven' }>['reason'] | 'entries-differ',
  ): Round {
    return { outcome: 'unproven', events: [{ event: 'unproven', origin, size, keptSize, reason }] };
  }
}
