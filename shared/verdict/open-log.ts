/**
 * Opens the signed checkpoint inside a proof: whose log it is, whether the log signed it and which witnesses saw it.
 */

import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../log/checkpoint.ts';
import { type Cosignature, verifyCosignatures } from '../log/cosignature.ts';
import { parseNote } from '../log/note.ts';
import { quorumMet } from '../log/policy.ts';
import { err, ok, type Result } from '../result.ts';
import type { Trust } from '../trust/trust.ts';

export interface OpenedLog {
  readonly checkpoint: Checkpoint;
  /** The trust document that knows this log. */
  readonly trust: Trust;
  readonly cosignatures: Result<readonly Cosignature[], 'cosignature-invalid'>;
  readonly quorum: boolean;
}

export type OpenLogReason = 'checkpoint-malformed' | 'log-unknown' | 'log-signature-invalid';

/** Checkpoints already opened under one list of trust documents, by their text. */
export type OpenedLogs = Map<string, Result<OpenedLog, OpenLogReason>>;

/**
 * Opens a signed checkpoint under the first trust document that knows its origin. Attacker-controlled text.
 *
 * @param opened - remembers outcomes; share it between trails only under the same `trusts`
 * @returns the log; `checkpoint-malformed`, `log-unknown`, `log-signature-invalid`
 * @example
 * import { openLog } from '#shared/verdict/open-log.ts';
 * openLog('', [], new Map()).ok; // => false
 */
export function openLog(text: string, trusts: readonly Trust[], opened: OpenedLogs): Result<OpenedLog, OpenLogReason> {
  const known = opened.get(text);
  if (known) return known;
  const log = open(text, trusts);
  opened.set(text, log);
  return log;
}

function open(text: string, trusts: readonly Trust[]): Result<OpenedLog, OpenLogReason> {
  const note = parseNote(text);
  if (!note.ok) return err('checkpoint-malformed', note.reason);
  const named = parseCheckpoint(note.value.text);
  if (!named.ok) return named;
  const { origin } = named.value;
  let fault: Result<OpenedLog, OpenLogReason> = err('log-unknown', origin);
  for (const trust of trusts) {
    for (const { key } of trust.policy.logs) {
      if (key.name !== origin) continue;
      const signed = openCheckpoint(text, key);
      if (!signed.ok) {
        fault = err('log-signature-invalid', signed.reason);
        continue;
      }
      const cosignatures = verifyCosignatures(
        note.value,
        trust.policy.witnesses.map((witness) => witness.key),
      );
      const quorum =
        cosignatures.ok &&
        quorumMet(
          trust.policy,
          cosignatures.value.map(({ witness }) => witness),
        );
      return ok({ checkpoint: signed.value.checkpoint, trust, cosignatures, quorum });
    }
  }
  return fault;
}
