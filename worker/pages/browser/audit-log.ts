/** The audit as the page's worker makes it: all of a log, with word of how far it is and one answer at the end. */

import type { Hasher } from '#shared/hashing/hasher.ts';
import { Audit, type AuditFault } from '#shared/log/audit.ts';
import type { Checkpoint } from '#shared/log/checkpoint.ts';
import { type LogSource, LogUnreachable } from '#shared/log/log-files.ts';
import { TILE_WIDTH } from '#shared/log/tile.ts';

/** The signed state, and the earlier one that the trail was proven in. */
export interface AuditQuestion {
  readonly checkpoint: Pick<Checkpoint, 'size' | 'root'>;
  readonly earlier?: Pick<Checkpoint, 'size' | 'root'>;
}

/** The same for a thread, which must be told where the log is. */
export interface PlacedQuestion extends AuditQuestion {
  /** Path of the log on this server, such as `/log`. */
  readonly place: string;
}

export interface AuditProgress {
  readonly entries: number;
  /** Bytes read from the log. */
  readonly bytes: number;
  /** Hashes of the tree, leaves included. */
  readonly nodes: number;
  /** Since the beginning. */
  readonly seconds: number;
  readonly engine: Hasher['engine'];
}

export type AuditAnswer =
  | { readonly end: 'holds' }
  /** In the order of the log, at most `MAX_FAULTS`; `more` were found besides. */
  | { readonly end: 'faults'; readonly faults: readonly AuditFault[]; readonly more: number }
  | { readonly end: 'unreachable'; readonly detail: string }
  /** The audit itself broke, for example for want of memory. */
  | { readonly end: 'failed' };

const MAX_FAULTS = 20;

/** Leaves and inner nodes hashed for so many entries: each full tile of any level gives 255. */
function nodesOf(entries: number): number {
  let nodes = entries;
  for (let tiles = Math.floor(entries / TILE_WIDTH); tiles > 0; tiles = Math.floor(tiles / TILE_WIDTH)) {
    nodes += tiles * (TILE_WIDTH - 1);
  }
  return nodes;
}

/** Audits the log. Never throws on what the log answers. */
export async function auditLog(
  log: LogSource,
  { checkpoint, earlier }: AuditQuestion,
  hasher: Hasher,
  tell: (progress: AuditProgress) => void,
): Promise<AuditAnswer> {
  const started = performance.now();
  let bytes = 0;
  const source: LogSource = {
    name: log.name,
    async read(path, maxBytes) {
      const file = await log.read(path, maxBytes);
      if (file.ok) bytes += file.value?.length ?? 0;
      return file;
    },
  };
  const otherwise = 'does not lead through the state that this trail was proven in';
  const audit = new Audit({ source, checkpoint, hasher, through: earlier ? [{ ...earlier, otherwise }] : [] });
  const faults: AuditFault[] = [];
  let found = 0;
  const note = (more: readonly AuditFault[]): void => {
    found += more.length;
    faults.push(...more.slice(0, MAX_FAULTS - faults.length));
  };
  if (earlier && earlier.size > checkpoint.size) note([{ where: 'checkpoint', what: otherwise }]);
  try {
    for await (const bundle of audit.bundles()) {
      note(bundle.faults);
      const entries = audit.derived.size;
      const seconds = (performance.now() - started) / 1000;
      tell({ entries, bytes, nodes: nodesOf(entries), seconds, engine: hasher.engine });
    }
    note(await audit.finish());
  } catch (cause) {
    if (cause instanceof LogUnreachable) return { end: 'unreachable', detail: cause.message };
    throw cause;
  }
  return found === 0 ? { end: 'holds' } : { end: 'faults', faults, more: found - faults.length };
}
