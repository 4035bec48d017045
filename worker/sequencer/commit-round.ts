/** One round from waiting submissions to a durable head: admitted, grown, signed, committed in one transaction, uploaded. */
import type { Config } from '../env.ts';
import type { LogTables } from '../storage/log-tables.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { Admission } from './admission.ts';
import { admitBatch, type Pending } from './admit-batch.ts';
import { uploadStaged } from './recovery.ts';
import { grow, type Head, signHead } from './sequence.ts';

/** What one round leaves: the next head, and everybody's answer. */
export interface CommittedRound {
  readonly signed: SignedHead;
  readonly settle: () => void;
}

/** A committed tree and its checkpoint under the log's own signature. */
export interface SignedHead {
  readonly head: Head;
  readonly checkpoint: string;
}

/**
 * Commits before its first await, so that what the caller saw of the log until then is what grows. When it
 * throws, memory is not to be trusted: the round may have been committed, and the next load uploads what is staged.
 */
export async function commitRound(
  log: { readonly tables: LogTables; readonly store: ObjectStore; readonly logKey: Config['logKey'] },
  current: SignedHead,
  batch: readonly Pending[],
): Promise<CommittedRound> {
  const { tables, store, logKey } = log;
  const admission = new Admission((kid) => tables.key(kid));
  const { size } = current.head;
  const { admitted, settle } = admitBatch(batch, size, admission, (leaf) => tables.indexOf(leaf));
  if (admitted.length === 0) return { signed: current, settle };
  const { head, objects } = grow(
    current.head,
    admitted.map(({ pending }) => ({ entry: pending.submission.entry, leaf: pending.leaf })),
  );
  const checkpoint = signHead(head, logKey);
  tables.commit({
    oldSize: size,
    lock: { size: head.size, root: head.root, checkpoint },
    staged: objects,
    entries: admitted.map(({ pending, index }) => ({
      leaf: pending.leaf,
      index,
      kid: pending.submission.kid,
      isKeyEvent: pending.submission.change !== undefined,
    })),
    keys: admission.changes,
    lookups: admitted.flatMap(({ pending }) => pending.submission.lookups),
  });
  await uploadStaged(tables, store);
  return { signed: { head, checkpoint }, settle };
}
