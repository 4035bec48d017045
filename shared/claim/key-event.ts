/**
 * A key event: what the log's registrar says about an issuer's key (DESIGN §2, Identity).
 *
 * Effects key on log index, never on time. Only `revoke` and `quarantine` may reach back with `effective`.
 */

import type { Bytes32 } from '../bytes/bytes.ts';
import { type CborValue, encodeCbor } from '../bytes/cbor.ts';
import { MAX_KEY_EVENT_BYTES } from '../limits.ts';
import { err, type Result } from '../result.ts';
import { cborMap, FieldFault, Fields, readFields } from './fields.ts';
import { isOrigin } from './origin.ts';

export interface KeyEvent {
  readonly action: 'add' | 'revoke' | 'quarantine' | 'reinstate';
  /** Origin that publishes the key. */
  readonly issuer: string;
  /** RFC 9679 thumbprint of the key. */
  readonly kid: Bytes32;
  /** COSE_Key bytes; present exactly when the action is `add`. */
  readonly key?: Uint8Array;
  /** First log index at which the action holds; this event's own index where absent. */
  readonly effective?: number;
  /** `retired` (no longer published), `compromised`, `superseded`, or a few plain words. */
  readonly cause?: string;
}

/** Media type of a key event, the preimage of a `key` statement. */
export const KEY_EVENT_MEDIA_TYPE = 'application/vnd.witnessmark.key+cbor';

/**
 * The deterministic CBOR of a key event.
 *
 * @example
 * import { encodeKeyEvent, parseKeyEvent } from '#shared/claim/key-event.ts';
 * const kid = new Uint8Array(32);
 * parseKeyEvent(encodeKeyEvent({ action: 'revoke', issuer: 'https://news.example', kid, cause: 'retired' })).ok; // => true
 */
export const encodeKeyEvent = (event: KeyEvent): Uint8Array =>
  encodeCbor(cborMap([['v', 1], ...(Object.entries(event) as [string, CborValue | undefined][])]));

/**
 * Reads a key event. Attacker-controlled input.
 *
 * @returns the event or `key-event-malformed`
 * @example
 * import { parseKeyEvent } from '#shared/claim/key-event.ts';
 * parseKeyEvent(Uint8Array.of(0xa0)).ok; // => false
 */
export function parseKeyEvent(bytes: Uint8Array): Result<KeyEvent, 'key-event-malformed'> {
  const event = readFields(bytes, MAX_KEY_EVENT_BYTES, readKeyEvent);
  return event.ok ? event : err('key-event-malformed', event.detail ?? event.reason);
}

function readKeyEvent(value: CborValue): KeyEvent {
  const fields = new Fields(value, ['v', 'action', 'issuer', 'kid', 'key', 'effective', 'cause']);
  if (fields.uint('v') !== 1) throw new FieldFault('unsupported', 'v');
  const action = fields.oneOf('action', ['add', 'revoke', 'quarantine', 'reinstate'] as const);
  const issuer = fields.text('issuer');
  if (!isOrigin(issuer)) throw new FieldFault('malformed', 'issuer');
  const reachesBack = action === 'revoke' || action === 'quarantine';
  if (fields.has('effective') && !reachesBack) throw new FieldFault('malformed', 'effective');
  const key = fields.raw('key');
  if (action === 'add' ? !(key instanceof Uint8Array) : key !== undefined) throw new FieldFault('malformed', 'key');
  return {
    action,
    issuer,
    kid: fields.bytes('kid', 32),
    ...(key instanceof Uint8Array && { key }),
    ...fields.optional('effective', (name) => fields.uint(name)),
    ...fields.optional('cause', (name) => fields.text(name, 64)),
  };
}
