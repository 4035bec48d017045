/**
 * The events of a trail: later (and, for keys, earlier) leaves of the same log about this attestation.
 *
 * Each is included under the very checkpoint of the attestation's own proof, byte for byte, so that a trail has one view
 * of its log and no second copy of a checkpoint to tamper with. Key events are signed by a registrar the reader trusts
 * for that log; there are two while one key replaces another.
 *
 * Not checked here, because nothing in a trail can show it: that no event was left out.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { parseCoseKey } from '../attestation/key.ts';
import { parseStatement, type Statement, verifyStatement } from '../attestation/statement.ts';
import { type Bytes32, equalBytes } from '../bytes/bytes.ts';
import { parseKeyEvent } from '../claim/key-event.ts';
import { leafHash, verifyInclusion } from '../log/merkle.ts';
import { parseTlogProof } from '../log/proof.ts';
import { err, ok, type Result } from '../result.ts';
import type { LoggedStatement } from '../trail/trail.ts';
import type { OpenedLog } from './open-log.ts';
import type { LoggedKeyEvent } from './standing.ts';

export interface TrailEvents {
  readonly keyEvents: readonly LoggedKeyEvent[];
  /** Public key of the first `add`, proved by its thumbprint. */
  readonly publicKey?: Bytes32;
  /** Log indices of disputes. */
  readonly disputes: readonly number[];
}

export type EventsReason = 'event-invalid' | 'registrar-unknown' | 'statement-unsupported';

/**
 * Reads and checks the events of a trail about the key that signed `statement`.
 *
 * @param checkpoint - text of the checkpoint in the trail's own proof, opened as `log`
 *
 * @returns the events in log order; `registrar-unknown`, `statement-unsupported` for an event of a newer type, or
 * `event-invalid` with the fault in `detail`
 * @example
 * import { readEvents } from '#shared/verdict/events.ts';
 * typeof readEvents; // => 'function'
 */
export function readEvents(
  events: readonly LoggedStatement[],
  statement: Statement,
  checkpoint: string,
  log: OpenedLog,
): Result<TrailEvents, EventsReason> {
  const { origin } = log.checkpoint;
  const registrars = log.trust.registrars.filter((each) => each.log === origin);
  if (registrars.length === 0) return err('registrar-unknown', origin);
  const keyEvents: LoggedKeyEvent[] = [];
  const disputes: number[] = [];
  let publicKey: Bytes32 | undefined;
  let last = -1;
  for (const logged of events) {
    const index = includedAt(logged, checkpoint, log);
    if (!index.ok) return index;
    if (index.value <= last) return err('event-invalid', 'out of log order');
    last = index.value;
    const said = parseStatement(logged.statement);
    if (!said.ok && said.reason === 'statement-unsupported') return err(said.reason, said.detail);
    if (!said.ok || !equalBytes(said.value.payload, sha256(logged.claim))) return err('event-invalid', 'statement');
    if (said.value.type === 'dispute') disputes.push(last);
    if (said.value.type !== 'key') continue;
    if (!registrars.some(({ publicKey: key }) => verifyStatement(said.value, key)))
      return err('event-invalid', 'not signed by the registrar');
    const event = parseKeyEvent(logged.claim);
    if (!event.ok) return err('event-invalid', event.detail);
    if (!equalBytes(event.value.kid, statement.kid) || event.value.issuer !== statement.issuer) {
      return err('event-invalid', 'about another key');
    }
    const key = event.value.key && parseCoseKey(event.value.key);
    if (key && !(key.ok && equalBytes(key.value.kid, statement.kid))) return err('event-invalid', 'key');
    if (key?.ok) publicKey ??= key.value.publicKey;
    keyEvents.push({ index: last, event: event.value });
  }
  return ok({ keyEvents, disputes, ...(publicKey && { publicKey }) });
}

/** Log index of a statement whose inclusion under the trail's own checkpoint is proved. */
function includedAt(logged: LoggedStatement, checkpoint: string, log: OpenedLog): Result<number, 'event-invalid'> {
  const proof = parseTlogProof(logged.proof);
  if (!proof.ok) return err('event-invalid', proof.reason);
  if (proof.value.checkpoint !== checkpoint) return err('event-invalid', 'under another checkpoint');
  const { size, root } = log.checkpoint;
  const { index, hashes } = proof.value;
  const included = verifyInclusion({ leafHash: leafHash(logged.statement), index, size, proof: hashes, root });
  return included.ok ? ok(index) : err('event-invalid', included.reason);
}
