/**
 * The witness's decision on one request (C2SP tlog-witness), in the order its status codes prescribe. Pure: what is
 * stored, the key and the clock are arguments; the caller stores `next` before the answer leaves.
 */
import { equalBytes } from '#shared/bytes/bytes.ts';
import { type Checkpoint, parseCheckpoint } from '#shared/log/checkpoint.ts';
import { cosign } from '#shared/log/cosignature.ts';
import { EMPTY_ROOT, verifyConsistency } from '#shared/log/merkle.ts';
import {
  encodeNote,
  encodeSignatureLines,
  linesBy,
  type Note,
  type NoteKey,
  parseNote,
  verifyNoteSignature,
} from '#shared/log/note.ts';
import type { WitnessRequest } from '#shared/log/witness-request.ts';

/** What the witness last cosigned for a log. */
export interface Cosigned {
  readonly size: number;
  readonly root: Uint8Array;
}

/** The answer, and what must be stored before it is given. */
export interface Decision {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly body: string;
  readonly next?: Cosigned & { readonly note: string };
}

/** A checkpoint whose signature by a known log has been verified. */
export interface Authenticated {
  readonly log: NoteKey;
  readonly note: Note;
  readonly checkpoint: Checkpoint;
}

const refuse = (status: Decision['status'], body = ''): Decision => ({ status, body });

/** Finds the log and verifies its signature: 400 malformed, 404 unknown origin, 403 not signed by its key. */
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

/** Decides on an authenticated checkpoint. */
export function decide(
  request: Pick<WitnessRequest, 'oldSize' | 'proof'>,
  { log, note, checkpoint }: Authenticated,
  stored: Cosigned | undefined,
  witness: { readonly key: NoteKey; readonly secretKey: Uint8Array },
  now: number,
): Decision {
  const { size, root } = checkpoint;
  const { oldSize, proof } = request;
  if (oldSize > size) return refuse(400, 'old size is larger than the checkpoint');
  if (oldSize !== (stored?.size ?? 0)) return refuse(409, `${stored?.size ?? 0}\n`);
  if (size === 0 && !equalBytes(root, EMPTY_ROOT)) return refuse(422, 'an empty tree has one root');
  if (oldSize === 0) {
    if (proof.length > 0) return refuse(422, 'nothing to prove from size 0');
  } else if (oldSize === size) {
    if (!equalBytes(stored?.root ?? EMPTY_ROOT, root)) return refuse(422, 'another root of the same size');
    if (proof.length > 0) return refuse(422, 'nothing to prove at the same size');
  } else {
    const root1 = stored?.root ?? EMPTY_ROOT;
    const consistent = verifyConsistency({ size1: oldSize, root1, size2: size, root2: root, proof });
    if (!consistent.ok) return refuse(422, 'the proof does not connect the trees');
  }
  // Only the log's own line is kept beside ours: what others signed is theirs to publish.
  const own: Note = { text: note.text, signatures: linesBy(note, log) };
  const line = cosign(own, witness, now);
  const kept = encodeNote({ text: own.text, signatures: [...own.signatures, line] });
  return { status: 200, body: encodeSignatureLines([line]), next: { size, root, note: kept } };
}
