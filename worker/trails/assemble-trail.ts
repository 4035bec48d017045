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
import { getAttachments, getClaim } from '../storage/claims.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { covering, included, type Published } from './inclusion.ts';

/** Where an entry is and which entries say something about its key. */
export interface Located {
  readonly id: string;
  readonly index: number;
  readonly events: readonly number[];
}

/**
 * The trail of one entry as the text that is served.
 * @throws AppError `trail-pending`, `claim-withdrawn`, `claim-unknown`, `log-unavailable`
 */
export async function assembleTrail(store: ObjectStore, key: NoteKey, located: Located): Promise<string> {
  const tree = await covering(store, located.index, key);
  const { size } = tree.checkpoint;
  const events = located.events.filter((index) => index < size).slice(0, MAX_EVENTS);
  const [own, attachments, ...logged] = await Promise.all([
    loggedStatement(store, located.index, tree),
    getAttachments(store, located.id),
    ...events.map((index) => loggedStatement(store, index, tree)),
  ]);
  return encodeTrail({ ...own, ...attachments, events: logged, asOf: size });
}

async function loggedStatement(store: ObjectStore, index: number, tree: Published): Promise<LoggedStatement> {
  const { entry: statement, hashes } = await included(store, index, tree);
  const parsed = parseStatement(statement);
  if (!parsed.ok) throw new AppError('log-unavailable', 'an entry could not be read');
  const claim = await getClaim(store, toBase64Url(parsed.value.payload));
  if (claim === 'withdrawn') throw new AppError('claim-withdrawn');
  if (!claim) throw new AppError(parsed.value.type === 'output' ? 'claim-unknown' : 'log-unavailable');
  return { statement, claim, proof: encodeTlogProof({ index, hashes, checkpoint: tree.text }) };
}
