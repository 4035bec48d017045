/**
 * A proof trail from what is stored: the entry, its claim, inclusion in the newest checkpoint at quorum, and every key
 * event about its signing key with its own proof. Never a verdict: the reader's machine gives that.
 */

import { parseStatement } from '#shared/attestation/statement.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { MAX_EVENTS } from '#shared/limits.ts';
import type { NoteKey } from '#shared/log/note.ts';
import { encodeTlogProof } from '#shared/log/proof.ts';
import { encodeTrail, type LoggedStatement } from '#shared/trail/trail.ts';
import { AppError } from '../errors.ts';
import { type Attachments, getAttachments, getClaim, getKeptClaim } from '../storage/claims.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { covering, included, inclusionPath, type Published } from './inclusion.ts';

/** Where an entry is and which entries say something about its key. */
export interface Located {
  readonly id: string;
  readonly index: number;
  readonly events: readonly number[];
  /** A published checkpoint, where one is at hand. */
  readonly checkpoint?: string | undefined;
}

/** What whoever has just submitted brought along, so that it need not be read again. */
export interface Submitted {
  readonly statement: Uint8Array;
  readonly claim: Uint8Array;
  readonly attachments: Attachments;
}

/**
 * The trail of one entry as the text that is served.
 * @throws AppError `trail-pending`, `claim-withdrawn`, `claim-unknown`, `log-unavailable`
 */
export async function assembleTrail(
  store: ObjectStore,
  key: NoteKey,
  located: Located,
  submitted?: Submitted,
): Promise<string> {
  const tree = await covering(store, located.index, key, located.checkpoint);
  const { size } = tree.checkpoint;
  const events = located.events.filter((index) => index < size).slice(0, MAX_EVENTS);
  const [own, attachments, ...logged] = await Promise.all([
    submitted ? withProof(store, located.index, tree, submitted) : loggedStatement(store, located.index, tree),
    submitted?.attachments ?? getAttachments(store, located.id),
    ...events.map((index) => keyEvent(store, index, tree)),
  ]);
  return encodeTrail({ ...own, ...attachments, events: logged, asOf: size });
}

/** Key events with their proofs in one tree: between two rounds every trail of an issuer carries the same. */
const keyEvents = new WeakMap<Published, Map<number, LoggedStatement>>();

async function keyEvent(store: ObjectStore, index: number, tree: Published): Promise<LoggedStatement> {
  const known = keyEvents.get(tree) ?? new Map<number, LoggedStatement>();
  keyEvents.set(tree, known);
  const event = known.get(index) ?? (await loggedStatement(store, index, tree));
  known.set(index, event);
  return event;
}

async function withProof(
  store: ObjectStore,
  index: number,
  { text, checkpoint }: Published,
  { statement, claim }: Pick<Submitted, 'statement' | 'claim'>,
): Promise<LoggedStatement> {
  const hashes = await inclusionPath(store, index, checkpoint.size);
  return { statement, claim, proof: encodeTlogProof({ index, hashes, checkpoint: text }) };
}

async function loggedStatement(store: ObjectStore, index: number, tree: Published): Promise<LoggedStatement> {
  const { entry: statement, hashes } = await included(store, index, tree);
  const parsed = parseStatement(statement);
  if (!parsed.ok) throw new AppError('log-unavailable', 'an entry could not be read');
  const digest = toBase64Url(parsed.value.payload);
  const ofIssuer = parsed.value.type === 'output';
  const claim = await (ofIssuer ? getClaim(store, digest) : getKeptClaim(store, digest));
  if (claim === 'withdrawn') throw new AppError('claim-withdrawn');
  if (!claim) throw new AppError(ofIssuer ? 'claim-unknown' : 'log-unavailable');
  return { statement, claim, proof: encodeTlogProof({ index, hashes, checkpoint: tree.text }) };
}
