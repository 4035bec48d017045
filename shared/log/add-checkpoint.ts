/**
 * A witness's decision on one `add-checkpoint` request (C2SP tlog-witness), in the order its status codes prescribe.
 * What is stored, the key and the clock are arguments; the caller makes `next` durable before the answer leaves.
 *
 * A log that shows two histories is refused like any bad request, and raises an alarm beside the answer. Only a fork is
 * a proof against the log: a proof that merely fails may have been made up by whoever sent it.
 *
 * @see https://c2sp.org/tlog-witness#add-checkpoint
 */
import { equalBytes } from '../bytes/bytes.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { cosign } from './cosignature.ts';
import { contradict, evidenceIn, type ForkProof } from './fork-proof.ts';
import { EMPTY_ROOT, verifyConsistency } from './merkle.ts';
import {
  encodeNote,
  encodeSignatureLines,
  linesBy,
  type Note,
  type NoteKey,
  parseNote,
  verifyNoteSignature,
} from './note.ts';
import type { WitnessRequest } from './witness-request.ts';

/** What the witness last cosigned for a log; `note` holds the log's line and its own. */
export interface Cosigned {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
}

/** Two checkpoints the log signed that the witness could not connect: a fork, or not proven to be one. */
export interface Alarm {
  readonly state: 'fork' | 'unproven';
  readonly proof: ForkProof;
}

/** The answer, what must be stored before it is given, and what the witness's operator must hear of. */
export interface Decision {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly body: string;
  readonly next?: Cosigned;
  readonly alarm?: Alarm;
}

/** A checkpoint whose signature by a known log has been verified. */
export interface Authenticated {
  readonly log: NoteKey;
  readonly note: Note;
  readonly checkpoint: Checkpoint;
}

const refuse = (status: Decision['status'], body = ''): Decision => ({ status, body });

/**
 * Finds the log and verifies its signature. Attacker-controlled input.
 *
 * @returns the checkpoint, or the refusal: 400 malformed, 404 unknown origin, 403 not signed by the log's key
 * @example
 * import { authenticate } from '#shared/log/add-checkpoint.ts';
 * const answer = authenticate('log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— a AAAAAAAA\n', []);
 * answer; // => { status: 404, body: 'unknown origin' }
 */
export function authenticate(text: string, logs: readonly NoteKey[]): Authenticated | Decision {
  const note = parseNote(text);
  if (!note.ok) return refuse(400, 'the note is malformed');
  const checkpoint = parseCheckpoint(note.value.text);
  if (!checkpoint.ok) return refuse(400, 'the checkpoint is malformed');
  const known = logs.filter(({ name }) => name === checkpoint.value.origin);
  if (known.length === 0) return refuse(404, 'unknown origin');
  const log = known.find((key) => verifyNoteSignature(note.value, key).ok);
  if (!log) return refuse(403, 'not signed by the log');
  // A second line under a known key must not ride along unverified.
  const forged = known.some((key) => linesBy(note.value, key).length > 0 && !verifyNoteSignature(note.value, key).ok);
  return forged
    ? refuse(403, 'a line of a known key does not verify')
    : { log, note: note.value, checkpoint: checkpoint.value };
}

/**
 * Decides on an authenticated checkpoint.
 *
 * @param stored - what was cosigned last, `undefined` before the first
 * @param now - Unix seconds, never before a time signed earlier
 * @example
 * import { decide } from '#shared/log/add-checkpoint.ts';
 * import { EMPTY_ROOT } from '#shared/log/merkle.ts';
 * import { noteKey } from '#shared/log/note.ts';
 * const key = noteKey('log.example', 1, new Uint8Array(32));
 * const checkpoint = { origin: 'log.example', size: 7, root: EMPTY_ROOT };
 * const authentic = { log: key, note: { text: '', signatures: [] }, checkpoint };
 * const witness = { key: noteKey('witness.example', 4, new Uint8Array(32)), secretKey: new Uint8Array(32) };
 * const known = { size: 5, root: EMPTY_ROOT, note: '' };
 * decide({ oldSize: 0, proof: [] }, authentic, known, witness, 1790000000); // => { status: 409, body: '5\n' }
 */
export function decide(
  request: Pick<WitnessRequest, 'oldSize' | 'proof'>,
  authentic: Authenticated,
  stored: Cosigned | undefined,
  witness: { readonly key: NoteKey; readonly secretKey: Uint8Array },
  now: number,
): Decision {
  const { log, note, checkpoint } = authentic;
  const { size, root } = checkpoint;
  const { oldSize, proof } = request;
  if (oldSize > size) return refuse(400, 'old size is larger than the checkpoint');
  if (oldSize !== (stored?.size ?? 0)) return refuse(409, `${stored?.size ?? 0}\n`);
  if (size === 0 && !equalBytes(root, EMPTY_ROOT)) return refuse(422, 'an empty tree has one root');
  // Only the log's own line is kept beside ours: what others signed is theirs to publish.
  const own: Note = { text: note.text, signatures: linesBy(note, log) };
  if (stored === undefined || oldSize === 0) {
    if (proof.length > 0) return refuse(422, 'nothing to prove from size 0');
  } else if (oldSize === size) {
    if (!equalBytes(stored.root, root)) {
      return { ...refuse(422, 'another root of the same size'), alarm: alarm(stored, own, checkpoint, proof, now) };
    }
    if (proof.length > 0) return refuse(422, 'nothing to prove at the same size');
  } else if (!verifyConsistency({ size1: oldSize, root1: stored.root, size2: size, root2: root, proof }).ok) {
    return {
      ...refuse(422, 'the proof does not connect the trees'),
      alarm: alarm(stored, own, checkpoint, proof, now),
    };
  }
  const line = cosign(own, witness, now);
  const kept = encodeNote({ text: own.text, signatures: [...own.signatures, line] });
  return { status: 200, body: encodeSignatureLines([line]), next: { size, root, note: kept } };
}

function alarm(
  stored: Cosigned,
  offered: Note,
  checkpoint: Checkpoint,
  proof: WitnessRequest['proof'],
  now: number,
): Alarm {
  const pair = { at: now, kept: stored.note, offered: encodeNote(offered) };
  const evidence = stored.size === checkpoint.size ? undefined : evidenceIn(proof, stored.size, checkpoint.size);
  const kept = { origin: checkpoint.origin, size: stored.size, root: stored.root };
  return contradict(kept, checkpoint, evidence).ok
    ? { state: 'fork', proof: evidence === undefined ? pair : { ...pair, evidence } }
    : { state: 'unproven', proof: pair };
}
