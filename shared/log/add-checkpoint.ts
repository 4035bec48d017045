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
import { type Checkpoint, type CheckpointReason, openCheckpoint } from './checkpoint.ts';
import { cosign } from './cosignature.ts';
import { contradict, evidenceIn, type ForkProof } from './fork-proof.ts';
import { EMPTY_ROOT, verifyConsistency } from './merkle.ts';
import { cosignMlDsa44 } from './ml-dsa-cosignature.ts';
import { encodeNote, encodeSignatureLines, linesBy, type Note, type NoteKey } from './note.ts';
import { NOTE_ALGORITHMS } from './note-algorithms.ts';
import type { WitnessRequest } from './witness-request.ts';

/** What the witness last cosigned for a log; `note` holds the log's lines and its own. */
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

/** A checkpoint that the log has signed; `note` holds the log's own lines, because what others signed is theirs to publish. */
export interface Authenticated {
  readonly note: Note;
  readonly checkpoint: Checkpoint;
}

/** A key of the witness: its secret key is a seed for type 4, the expanded form that `mlDsa44KeyPair` gives for type 6. */
export interface WitnessKey {
  readonly key: NoteKey;
  readonly secretKey: Uint8Array;
}

const refuse = (status: Decision['status'], body = ''): Decision => ({ status, body });

const REFUSALS: Readonly<Record<CheckpointReason, Decision>> = {
  'note-malformed': refuse(400, 'the note is malformed'),
  'note-too-large': refuse(400, 'the note is malformed'),
  'checkpoint-malformed': refuse(400, 'the checkpoint is malformed'),
  'checkpoint-origin-mismatch': refuse(404, 'unknown origin'),
  'signature-missing': refuse(403, 'not signed by the log'),
  'signature-incomplete': refuse(403, 'not signed by the log with every type of key that is known of it'),
  'signature-invalid': refuse(403, 'a line of a known key does not verify'),
};

/**
 * Finds the log and verifies its signatures. Attacker-controlled input.
 *
 * @param logs - the keys known, of type 1 or 6; of several with one name, `openCheckpoint` says which must have signed
 * @returns the checkpoint, or the refusal: 400 malformed, 404 unknown origin, 403 not signed by the log
 * @example
 * import { authenticate } from '#shared/log/add-checkpoint.ts';
 * const answer = authenticate('log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— a AAAAAAAA\n', []);
 * answer; // => { status: 404, body: 'unknown origin' }
 */
export function authenticate(text: string, logs: readonly NoteKey[]): Authenticated | Decision {
  const opened = openCheckpoint(text, logs, NOTE_ALGORITHMS);
  if (!opened.ok) return REFUSALS[opened.reason];
  const { checkpoint, note } = opened.value;
  const own = logs.filter(({ name }) => name === checkpoint.origin);
  const signatures = own.flatMap((key) => linesBy(note, key));
  return { note: { text: note.text, signatures }, checkpoint };
}

/**
 * Decides on an authenticated checkpoint.
 *
 * @param stored - what was cosigned last, `undefined` before the first
 * @param witness - one or more keys, under one name; each gives a line
 * @param now - Unix seconds, never before a time signed earlier
 * @example
 * import { decide } from '#shared/log/add-checkpoint.ts';
 * import { EMPTY_ROOT } from '#shared/log/merkle.ts';
 * import { noteKey } from '#shared/log/note.ts';
 * const checkpoint = { origin: 'log.example', size: 7, root: EMPTY_ROOT };
 * const authentic = { note: { text: '', signatures: [] }, checkpoint };
 * const witness = [{ key: noteKey('witness.example', 4, new Uint8Array(32)), secretKey: new Uint8Array(32) }];
 * const known = { size: 5, root: EMPTY_ROOT, note: '' };
 * decide({ oldSize: 0, proof: [] }, authentic, known, witness, 1790000000); // => { status: 409, body: '5\n' }
 */
export function decide(
  request: Pick<WitnessRequest, 'oldSize' | 'proof'>,
  { note, checkpoint }: Authenticated,
  stored: Cosigned | undefined,
  witness: readonly WitnessKey[],
  now: number,
): Decision {
  const { size, root } = checkpoint;
  const { oldSize, proof } = request;
  if (oldSize > size) return refuse(400, 'old size is larger than the checkpoint');
  if (oldSize !== (stored?.size ?? 0)) return refuse(409, `${stored?.size ?? 0}\n`);
  if (size === 0 && !equalBytes(root, EMPTY_ROOT)) return refuse(422, 'an empty tree has one root');
  if (stored === undefined || oldSize === 0) {
    if (proof.length > 0) return refuse(422, 'nothing to prove from size 0');
  } else if (oldSize === size) {
    if (!equalBytes(stored.root, root)) {
      return { ...refuse(422, 'another root of the same size'), alarm: alarm(stored, note, checkpoint, proof, now) };
    }
    if (proof.length > 0) return refuse(422, 'nothing to prove at the same size');
  } else if (!verifyConsistency({ size1: oldSize, root1: stored.root, size2: size, root2: root, proof }).ok) {
    return {
      ...refuse(422, 'the proof does not connect the trees'),
      alarm: alarm(stored, note, checkpoint, proof, now),
    };
  }
  const lines = witness.map((each) => (each.key.type === 6 ? cosignMlDsa44 : cosign)(note, each, now));
  const kept = encodeNote({ text: note.text, signatures: [...note.signatures, ...lines] });
  return { status: 200, body: encodeSignatureLines(lines), next: { size, root, note: kept } };
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
