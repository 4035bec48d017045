/**
 * What a monitor remembers: the last checkpoint it verified, the tree it derived up to there, and the keys recorded.
 * Read as strictly as anything else: the checkpoint must be signed by the log, and the tree must have its root.
 */
import { equalBytes } from '#shared/bytes/bytes.ts';
import type { Hasher } from '#shared/hashing/hasher.ts';
import { type Checkpoint, openCheckpoint } from '#shared/log/checkpoint.ts';
import { DerivedTree } from '#shared/log/derived-tree.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import type { Policy } from '#shared/log/policy.ts';
import { KeyLedger } from './key-ledger.ts';

export interface MonitorState {
  /** The signed note, verbatim. */
  readonly note: string;
  readonly checkpoint: Checkpoint;
  readonly tree: DerivedTree;
  readonly keys: KeyLedger;
}

export const encodeMonitorState = ({ note, tree, keys }: Pick<MonitorState, 'note' | 'tree' | 'keys'>): string =>
  `${JSON.stringify({ monitor: 1, checkpoint: note, edge: tree.saved(), keys: keys.saved() })}\n`;

/** The state, or `undefined` where the text is not one that a monitor of these logs has written. */
export function parseMonitorState(text: string, policy: Policy, hasher: Hasher): MonitorState | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof document !== 'object' || document === null) return undefined;
  const { monitor, checkpoint: note, edge, keys: events } = document as Record<string, unknown>;
  if (monitor !== 1 || typeof note !== 'string') return undefined;
  const opened = openCheckpoint(
    note,
    policy.logs.map(({ key }) => key),
    NOTE_ALGORITHMS,
  );
  if (!opened.ok) return undefined;
  const { checkpoint } = opened.value;
  const tree = DerivedTree.resume(hasher, checkpoint.size, edge);
  const keys = KeyLedger.resume(events);
  return tree && keys && equalBytes(tree.root(), checkpoint.root) ? { note, checkpoint, tree, keys } : undefined;
}
