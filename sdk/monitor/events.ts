/** What a monitor says, one JSON line each; `cli/monitor.schema.json` describes them. Keys and reasons are only ever added. */
import type { StatementType } from '#shared/attestation/statement.ts';
import type { Comparison } from '#shared/log/compare-checkpoints.ts';
import type { ForkProof } from '#shared/log/fork-proof.ts';
import type { ShardsReason } from '#shared/shards/follow-shards.ts';
import type { EntryFault } from '../log/examine-entry.ts';
import type { GenesisFault } from '../log/examine-genesis.ts';
import type { KeyEventFault } from './key-ledger.ts';

/** What a monitor was asked to look out for has been logged. */
export interface AlertEvent {
  readonly event: 'alert';
  readonly alert: 'issuer' | 'text';
  readonly index: number;
  readonly id: string;
  readonly issuer: string;
  readonly type: StatementType;
  /** Of a key event: what it does to which key. */
  readonly action?: string;
  readonly kid?: string;
  /** The file whose text was attested. */
  readonly text?: string;
}

/** An entry that a log must not hold, or that nobody can check. */
export interface ProblemEvent {
  readonly event: 'problem';
  readonly index: number;
  readonly id: string;
  readonly reason:
    | EntryFault['reason']
    | GenesisFault['reason']
    | KeyEventFault
    | 'key-event-unavailable'
    | 'issuer-key-unknown'
    | 'issuer-key-inactive'
    | 'issuer-signature-invalid';
  readonly detail: string;
}

interface CheckpointEvent {
  readonly event: 'checkpoint';
  readonly origin: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly root: string;
  readonly quorum: 'passed' | 'failed';
  readonly witnesses: readonly string[];
  /** How many were read since the last checkpoint. */
  readonly entries: number;
  /** Alerts and problems beyond the most that are told at once. */
  readonly omitted?: number;
}

/** Nothing could be learned this time; what is kept stays. */
interface UnreadableEvent {
  readonly event: 'unreadable';
  readonly reason:
    | 'log-unreachable'
    | 'checkpoint-missing'
    | 'checkpoint-malformed'
    | 'signature-invalid'
    | 'log-unknown'
    | 'registrar-unknown'
    | 'origin-changed'
    | 'entries-missing';
  readonly detail: string;
}

/** The log shows an older checkpoint than it did; it is the beginning of the kept one. */
interface RollbackEvent {
  readonly event: 'rollback';
  readonly origin: string;
  readonly size: number;
  readonly keptSize: number;
}

/** The log cannot show that the offered checkpoint continues the kept one (0: none yet). Not a proof against it. */
interface UnprovenEvent {
  readonly event: 'unproven';
  readonly origin: string;
  readonly size: number;
  readonly keptSize: number;
  readonly reason: Extract<Comparison, { state: 'unproven' }>['reason'] | 'entries-differ';
}

/** The log signed two histories; the proof convinces anybody. */
interface ForkEvent {
  readonly event: 'fork';
  readonly origin: string;
  readonly size: number;
  readonly keptSize: number;
}

/** A shard that is looked at for the first time. */
interface ShardFollowedEvent {
  readonly event: 'shard';
  readonly origin: string;
  readonly url: string;
  readonly state: 'open' | 'frozen';
  /** Of a frozen one: what it ends with. */
  readonly size?: number;
}

/** The log offers a list of its shards that cannot be followed; it is looked at as it was given. */
interface ShardsRefusedEvent {
  readonly event: 'shards-refused';
  readonly reason: ShardsReason;
  readonly detail: string;
}

/** A shard that has ended goes on, or ends otherwise than its registrar says. */
interface ShardContinuedEvent {
  readonly event: 'shard-continued';
  readonly origin: string;
  readonly size: number;
  readonly finalSize: number;
}

export type ShardEvent = ShardFollowedEvent | ShardsRefusedEvent | ShardContinuedEvent;

export type MonitorEvent =
  | CheckpointEvent
  | AlertEvent
  | ProblemEvent
  | UnreadableEvent
  | RollbackEvent
  | UnprovenEvent
  | ForkEvent;

/** What one look at the log gave. */
export interface Round {
  readonly outcome: 'clean' | 'problem' | 'unproven' | 'fork';
  readonly events: readonly MonitorEvent[];
  /** The state to keep; absent where the old one stays. */
  readonly state?: string;
  /** Both notes, of a fork or of what is not proven to be one. */
  readonly proof?: ForkProof;
}
