/** Which submissions of one round become entries, and at which index; what to tell everybody else. Pure. */
import { toHex } from '#shared/bytes/hex.ts';
import { leafHash } from '#shared/log/merkle.ts';
import type { Admission, AdmissionRefusal, Submission } from './admission.ts';

/** A submission that is an entry. */
export interface Logged {
  readonly ok: true;
  readonly index: number;
  readonly duplicate: boolean;
}

/** A submission that is none. */
export interface Refused {
  readonly ok: false;
  readonly reason: AdmissionRefusal | 'log-unavailable' | 'log-busy';
}

/** What became of a submission. */
export type Outcome = Logged | Refused;

/** An entry that readers can see. */
export interface Published extends Logged {
  /** A visible checkpoint that covers it. */
  readonly checkpoint: string;
  /** Entries that say something about the signing key: all that this checkpoint covers, perhaps later ones. */
  readonly events: readonly number[];
}

/** What a submission is answered. */
export type PublishedOutcome = Published | Refused;

/** A submission and whoever waits for it. */
export interface Pending {
  readonly submission: Submission;
  readonly leaf: Uint8Array;
  readonly settle: (outcome: Outcome) => void;
}

/** A submission of the log's own. */
export const waitedForByNobody = (submission: Submission): Pending => ({
  submission,
  leaf: leafHash(submission.entry),
  settle: () => {},
});

/** A submission with the index of its entry. */
export interface Admitted {
  readonly pending: Pending;
  readonly index: number;
}

/** What one round does: entries to append, content to keep, and everybody's answer once all of it is durable. */
export interface Round {
  readonly admitted: readonly Admitted[];
  /** Those whose content is kept; of an entry that has none yet, also if it was logged in an earlier round. */
  readonly bringing: readonly Admitted[];
  readonly settle: () => void;
}

/** What earlier rounds have stored, as far as a round depends on it. */
export interface Stored {
  /** Entries of the batch that are logged already, by leaf hash in hexadecimal. */
  readonly entries: ReadonlyMap<string, { readonly index: number; readonly hasContent: boolean }>;
  readonly isWithdrawn: (digest: Uint8Array) => boolean;
}

/** Decides on a round in order; a statement that is logged already, or twice in the round, keeps its one index. */
export function admitBatch(batch: readonly Pending[], size: number, admission: Admission, stored: Stored): Round {
  const admitted = new Map<string, Admitted>();
  const bringing = new Map<string, Admitted>();
  const answers: (readonly [Pending, Outcome])[] = [];
  for (const pending of batch) {
    const { leaf, submission } = pending;
    const id = toHex(leaf);
    const known = stored.entries.get(id);
    const earlier = admitted.get(id)?.index ?? known?.index;
    const brings = submission.content !== undefined && !known?.hasContent && !bringing.has(id);
    const withdrawn = brings && stored.isWithdrawn(submission.digest) ? 'claim-withdrawn' : undefined;
    const reason = withdrawn ?? (earlier === undefined ? admission.refuse(submission) : undefined);
    if (reason) {
      answers.push([pending, { ok: false, reason }]);
      continue;
    }
    const index = earlier ?? size + admitted.size;
    if (earlier === undefined) admitted.set(id, { pending, index });
    if (brings) bringing.set(id, { pending, index });
    answers.push([pending, { ok: true, index, duplicate: earlier !== undefined }]);
  }
  return {
    admitted: [...admitted.values()],
    bringing: [...bringing.values()],
    settle: () => {
      for (const [pending, outcome] of answers) pending.settle(outcome);
    },
  };
}
