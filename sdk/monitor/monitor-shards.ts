/**
 * One look at every shard of a log: those that have ended once and for good, the open one at each look. A log without
 * shards, or one whose shard list is refused, is looked at as it was given.
 */
import { equalBytes } from '#shared/bytes/bytes.ts';
import { type LogSource, LogUnreachable } from '#shared/log/log-files.ts';
import type { Shard } from '#shared/shards/shard-list.ts';
import type { Trust } from '#shared/trust/trust.ts';
import { httpLogSource } from '../log/log-source.ts';
import { readShards } from '../log/read-shards.ts';
import type { Round, ShardEvent } from './events.ts';
import type { MonitoredLog } from './monitor-round.ts';
import type { MonitorState } from './state.ts';

/** A log to look at, with what is trusted of it. */
export interface Followed {
  readonly log: MonitoredLog;
  readonly trust: Trust;
  /** Absent for the log that was given. */
  readonly shard?: Shard;
  /** Last part of the shard's origin, where it is another than the one that was given. */
  readonly name?: string;
}

/** What to look at, and what is to be told about that. */
export interface Following {
  readonly logs: readonly Followed[];
  readonly events: readonly ShardEvent[];
}

/** The shards of a log, oldest first. */
export async function followLog(
  log: MonitoredLog,
  trust: Trust,
  open: (url: string) => LogSource | undefined = httpLogSource,
): Promise<Following> {
  const alone = { logs: [{ log, trust }], events: [] };
  try {
    const read = await readShards(log.service, trust);
    if (read === undefined) return alone;
    if (!read.ok) {
      const { reason, detail = '' } = read;
      return { ...alone, events: [{ event: 'shards-refused', reason, detail }] };
    }
    const { shards, trust: widened } = read.value;
    // A mirror is not followed away from: who reads one asks about that.
    if (!shards.some(({ url }) => url === log.tiles.name)) return alone;
    const logs = shards.flatMap((shard): Followed[] => {
      const tiles = open(shard.url);
      if (tiles === undefined) return [];
      const given = shard.url === log.tiles.name;
      const name = shard.origin.slice(shard.origin.lastIndexOf('/') + 1);
      return [{ log: { ...log, tiles }, trust: widened, shard, ...(!given && { name }) }];
    });
    return { logs, events: [] };
  } catch (cause) {
    if (cause instanceof LogUnreachable) return alone;
    throw cause;
  }
}

/** What is kept of a shard against the end that the registrar has given it. */
export function shardEnd({ shard }: Followed, state: MonitorState | undefined): 'reached' | 'contradicted' | undefined {
  const kept = state?.checkpoint;
  if (!shard?.final || kept === undefined || kept.size < shard.final.size) return undefined;
  return kept.size === shard.final.size && equalBytes(kept.root, shard.final.root) ? 'reached' : 'contradicted';
}

const WORST: readonly Round['outcome'][] = ['clean', 'unproven', 'problem', 'fork'];

/** The outcome of several looks together. */
export const worstOf = (outcomes: readonly Round['outcome'][]): Round['outcome'] =>
  WORST.findLast((outcome) => outcomes.includes(outcome)) ?? 'clean';
