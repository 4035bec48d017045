/**
 * A proof trail from what is stored: the entry, its claim, inclusion in the newest checkpoint at quorum, and every key
 * event about its signing key with its own proof. Never a verdict: the reader's machine gives that.
 */

import { parseStatement } from '#shared/attestation/statement.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { MAX_EVENTS } from '#shared/limits.ts';
import { type Checkpoint, openCheckpoint } from '#shared/log/checkpoint.ts';
import type { NoteKey } from '#shared/log/note.ts';
import { encodeTlogProof } from '#shared/log/proof.ts';
import { inclusionProofFromTiles } from '#shared/log/tile.ts';
import { encodeTrail, type LoggedStatement } from '#shared/trail/trail.ts';
import { AppError } from '../errors.ts';
import { getAttachments, getClaim } from '../storage/claims.ts';
import { CHECKPOINT_KEY, COSIGNED_KEY, readEntry, readText, tileReader } from '../storage/log-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** Where an entry is and which entries say something about its key. */
export interface Located {
  readonly id: string;
  readonly index: number;
  readonly events: readonly number[];
}

interface Published {
  readonly text: string;
  readonly checkpoint: Checkpoint;
}

async function published(store: ObjectStore, name: string, key: NoteKey): Promise<Published | undefined> {
  const text = await readText(store, name);
  const opened = text === undefined ? undefined : openCheckpoint(text, key);
  return text !== undefined && opened?.ok ? { text, checkpoint: opened.value.checkpoint } : undefined;
}

/** The newest checkpoint at quorum that covers `index`, else the newest published one that does. */
async function covering(store: ObjectStore, index: number, key: NoteKey): Promise<Published | undefined> {
  for (const name of [COSIGNED_KEY, CHECKPOINT_KEY]) {
    const found = await published(store, name, key);
    if (found && found.checkpoint.size > index) return found;
  }
  return undefined;
}

/**
 * The trail of one entry as the text that is served.
 * @throws AppError `trail-pending`, `claim-withdrawn`, `log-unavailable`
 */
export async function assembleTrail(store: ObjectStore, key: NoteKey, located: Located): Promise<string> {
  const tree = await covering(store, located.index, key);
  if (!tree) throw new AppError('trail-pending');
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
  const { size } = tree.checkpoint;
  const [statement, hashes] = await Promise.all([
    readEntry(store, index, size),
    inclusionProofFromTiles(tileReader(store), index, size),
  ]);
  if (!statement || !hashes.ok) throw new AppError('log-unavailable', 'a tile could not be read');
  const parsed = parseStatement(statement);
  if (!parsed.ok) throw new AppError('log-unavailable', 'an entry could not be read');
  const claim = await getClaim(store, toBase64Url(parsed.value.payload));
  if (claim === 'withdrawn') throw new AppError('claim-withdrawn');
  if (!claim) throw new AppError('log-unavailable', 'a claim could not be read');
  return { statement, claim, proof: encodeTlogProof({ index, hashes: hashes.value, checkpoint: tree.text }) };
}
