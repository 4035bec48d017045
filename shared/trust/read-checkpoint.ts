/** The signed end of the log: read, and its signatures checked as far as the given trust allows. */
import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../log/checkpoint.ts';
import { verifyCosignatures } from '../log/cosignature.ts';
import { parseNote } from '../log/note.ts';
import { NOTE_ALGORITHMS } from '../log/note-algorithms.ts';
import { quorumMet } from '../log/policy.ts';
import { err, ok, type Result } from '../result.ts';
import type { Trust } from './trust.ts';

export interface ReadCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly signature: 'passed' | 'failed' | 'skipped';
  readonly quorum: 'passed' | 'failed' | 'skipped';
  /** Names of the witnesses whose cosignatures hold. */
  readonly witnesses: readonly string[];
  readonly detail?: string;
}

/**
 * Reads a checkpoint and checks the log's signature and the witness quorum under `trust`.
 * Without a key for the checkpoint's origin both are `skipped`, which is not `passed`. Attacker-controlled input.
 *
 * @returns `note-malformed`, `note-too-large`, `checkpoint-malformed`
 * @example
 * import { readCheckpoint } from '#shared/trust/read-checkpoint.ts';
 * readCheckpoint('', undefined).reason; // => 'note-malformed'
 */
export function readCheckpoint(text: string, trust: Trust | undefined): Result<ReadCheckpoint, string> {
  const note = parseNote(text);
  if (!note.ok) return err(note.reason, note.detail);
  const claimed = parseCheckpoint(note.value.text);
  if (!claimed.ok) return err(claimed.reason, claimed.detail);
  const unsigned = { checkpoint: claimed.value, witnesses: [] };
  const { origin } = claimed.value;
  const keys = (trust?.policy.logs ?? []).map(({ key }) => key).filter(({ name }) => name === origin);
  if (trust === undefined || keys.length === 0) {
    const detail = trust === undefined ? 'no policy was given' : `the policy does not name the log ${origin}`;
    return ok({ ...unsigned, signature: 'skipped', quorum: 'skipped', detail });
  }
  const opened = openCheckpoint(text, keys, NOTE_ALGORITHMS);
  if (!opened.ok) return ok({ ...unsigned, signature: 'failed', quorum: 'skipped', detail: opened.reason });
  const cosigned = verifyCosignatures(
    note.value,
    trust.policy.witnesses.map((witness) => witness.key),
    NOTE_ALGORITHMS,
  );
  if (!cosigned.ok) return ok({ ...unsigned, signature: 'passed', quorum: 'failed', detail: cosigned.reason });
  const cosigners = cosigned.value.map((cosignature) => cosignature.witness);
  return ok({
    checkpoint: claimed.value,
    witnesses: [...new Set(cosigners.map((key) => key.name))],
    signature: 'passed',
    quorum: quorumMet(trust.policy, cosigners) ? 'passed' : 'failed',
  });
}
