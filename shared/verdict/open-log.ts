/**
 * Opens the signed checkpoint inside a proof: whose log it is, whether the log signed it and which witnesses saw it.
 */

import { type Checkpoint, type CheckpointReason, openCheckpoint } from '../log/checkpoint.ts';
import { type Cosignature, verifyCosignatures } from '../log/cosignature.ts';
import type { NoteKey } from '../log/note.ts';
import { quorumMet } from '../log/policy.ts';
import { type Err, err, ok, type Result } from '../result.ts';
import type { Trust } from '../trust/trust.ts';
import type { VerifyTrailInput } from './established.ts';
import type { Reason } from './reasons.ts';

export interface OpenedLog {
  readonly checkpoint: Checkpoint;
  /** The trust document that knows this log. */
  readonly trust: Trust;
  /** One for each name, so that a witness with two keys is not taken for two witnesses. */
  readonly cosignatures: Result<readonly Cosignature[], 'cosignature-invalid'>;
  readonly quorum: boolean;
}

/** What each fault of a checkpoint is called in a verdict. */
const FAULTS = {
  'note-malformed': 'checkpoint-malformed',
  'note-too-large': 'checkpoint-malformed',
  'checkpoint-malformed': 'checkpoint-malformed',
  'checkpoint-origin-mismatch': 'log-unknown',
  'signature-missing': 'log-signature-invalid',
  'signature-invalid': 'log-signature-invalid',
  'signature-incomplete': 'log-signature-incomplete',
} as const satisfies Record<CheckpointReason, Reason>;

export type OpenLogReason = (typeof FAULTS)[CheckpointReason];

/** Checkpoints already opened by one reader, by their text. */
export type OpenedLogs = Map<string, Result<OpenedLog, OpenLogReason>>;

/** The reader's own trust documents, and the algorithms it can check beside Ed25519. */
export type LogReader = Pick<VerifyTrailInput, 'trust' | 'noteAlgorithms'>;

/**
 * Opens a signed checkpoint under the first trust document that knows its origin. Attacker-controlled text.
 *
 * @param opened - remembers outcomes; share it between trails only for the same reader
 * @returns the log; `checkpoint-malformed`, `log-unknown`, `log-signature-invalid`, `log-signature-incomplete`
 * @example
 * import { openLog } from '#shared/verdict/open-log.ts';
 * openLog('', { trust: [], noteAlgorithms: [] }, new Map()).ok; // => false
 */
export function openLog(text: string, reader: LogReader, opened: OpenedLogs): Result<OpenedLog, OpenLogReason> {
  const log = opened.get(text) ?? open(text, reader);
  opened.set(text, log);
  return log;
}

function open(text: string, { trust: trusts, noteAlgorithms }: LogReader): Result<OpenedLog, OpenLogReason> {
  const keysOf = (named: readonly { readonly key: NoteKey }[]) => named.map(({ key }) => key);
  // Without a key nothing opens.
  let fault = openCheckpoint(text, []) as Err<CheckpointReason>;
  for (const trust of trusts) {
    const { logs, witnesses } = trust.policy;
    const tried = openCheckpoint(text, keysOf(logs), noteAlgorithms);
    if (tried.ok) {
      const { checkpoint, note } = tried.value;
      const all = verifyCosignatures(note, keysOf(witnesses), noteAlgorithms);
      if (!all.ok) return ok({ checkpoint, trust, cosignatures: all, quorum: false });
      const byName = new Map(all.value.map((each) => [each.witness.name, each]));
      const cosigned = all.value.map(({ witness }) => witness);
      return ok({
        checkpoint,
        trust,
        cosignatures: ok([...byName.values()]),
        quorum: quorumMet(trust.policy, cosigned),
      });
    }
    if (tried.reason !== 'checkpoint-origin-mismatch') fault = tried;
  }
  return err(FAULTS[fault.reason], fault.detail ?? fault.reason);
}
