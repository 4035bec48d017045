/**
 * What the registrar logs about issuers' keys: what a fresh key set adds or no longer lists, and what the operator
 * decides. Each is an ordinary leaf, signed by the registrar.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { coseKey } from '#shared/attestation/key.ts';
import { signStatement, statementId } from '#shared/attestation/statement.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { encodeKeyEvent, KEY_EVENT_MEDIA_TYPE, type KeyEvent } from '#shared/claim/key-event.ts';
import type { Config } from '../env.ts';
import type { KeyState, Submission } from '../sequencer/admission.ts';
import { claimUrl } from '../storage/content.ts';
import type { PublishedKey } from './fetch-key-set.ts';

/** A key event ready to be logged. */
export interface PreparedKeyEvent {
  readonly event: KeyEvent;
  readonly id: string;
  readonly submission: Submission;
}

/**
 * The events that bring the log to what an origin now publishes: additions, then `revoke` as retired. A retired key that
 * is listed again is added again. What the operator has quarantined or revoked is not the origin's to change.
 */
export function keySetChanges(
  issuer: string,
  published: readonly PublishedKey[],
  known: readonly KeyState[],
): KeyEvent[] {
  const stateOf = new Map(known.map(({ kid, state }) => [toHex(kid), state]));
  const publishedKids = new Set(published.map(({ kid }) => toHex(kid)));
  const added = published
    .filter(({ kid }) => ['unknown', 'retired'].includes(stateOf.get(toHex(kid)) ?? 'unknown'))
    .map(({ kid, publicKey }): KeyEvent => ({ action: 'add', issuer, kid, key: coseKey(publicKey) }));
  const retired = known
    .filter(({ kid, state }) => state === 'active' && !publishedKids.has(toHex(kid)))
    .map(({ kid }): KeyEvent => ({ action: 'revoke', issuer, kid, cause: 'retired' }));
  return [...added, ...retired];
}

/**
 * Signs a key event as the registrar. The subject must be fresh: otherwise the same decision taken twice in a second
 * would be the same statement, and the second one would be answered but not logged.
 */
export function prepareKeyEvent(
  config: Config,
  event: KeyEvent,
  publicKey: Uint8Array,
  { issuedAt, subject }: { readonly issuedAt: number; readonly subject: string },
): PreparedKeyEvent {
  const preimage = encodeKeyEvent(event);
  const entry = signStatement(
    {
      type: 'key',
      issuer: config.registrarIssuer,
      subject,
      issuedAt,
      preimage,
      preimageType: KEY_EVENT_MEDIA_TYPE,
      location: claimUrl(config, preimage),
    },
    config.registrar,
  );
  return {
    event,
    id: statementId(entry),
    submission: {
      entry,
      kid: event.kid,
      issuer: event.issuer,
      change: { ...event, publicKey },
      digest: sha256(preimage),
      content: { preimage, attachments: new Uint8Array() },
    },
  };
}
