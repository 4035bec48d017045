/**
 * Checkpoints: the signed size and root of a log.
 *
 * In scope: the three lines, and the log's own signature over them. Not checked here: witnesses (`cosignature.ts`,
 * `policy.ts`), consistency with other checkpoints (`merkle.ts`). Extension lines, which the specification advises
 * against and ML-DSA signatures do not cover, are refused.
 *
 * @see https://c2sp.org/tlog-checkpoint
 */
import { fromBase64, toBase64 } from '../bytes/base64.ts';
import type { Bytes32 } from '../bytes/bytes.ts';
import { isUnsigned, parseDecimal } from '../bytes/decimal.ts';
import { err, ok, type Result } from '../result.ts';
import {
  ED25519,
  linesBy,
  type Note,
  type NoteAlgorithm,
  type NoteKey,
  type NoteKeyType,
  parseNote,
  verifyLines,
} from './note.ts';

/** What a log says about its whole content: `size` leaves under `root`, in the log named `origin`. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes32;
}

/** Why a signed checkpoint was not accepted. */
export type CheckpointReason =
  | 'note-malformed'
  | 'note-too-large'
  | 'signature-missing'
  | 'signature-invalid'
  | 'signature-incomplete'
  | 'checkpoint-malformed'
  | 'checkpoint-origin-mismatch';

/**
 * The note text of a checkpoint, ready to be signed; reading it back gives the same checkpoint.
 *
 * @throws RangeError where a field cannot be written
 * @example
 * import { encodeCheckpoint } from '#shared/log/checkpoint.ts';
 * import { EMPTY_ROOT } from '#shared/log/merkle.ts';
 * const text = encodeCheckpoint({ origin: 'log.example', size: 0, root: EMPTY_ROOT });
 * text; // => 'log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n'
 */
export function encodeCheckpoint({ origin, size, root }: Checkpoint): string {
  if (origin === '' || origin.includes('\n')) throw new RangeError('origin: not one line');
  if (!isUnsigned(size)) throw new RangeError('size: not a tree size');
  if (root.length !== 32) throw new RangeError('root: not 32 bytes');
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/**
 * Reads the note text of a checkpoint. Attacker-controlled input. Verifies nothing.
 *
 * @returns `checkpoint-malformed`
 * @see https://c2sp.org/tlog-checkpoint#note-text
 * @example
 * import { parseCheckpoint } from '#shared/log/checkpoint.ts';
 * parseCheckpoint('log.example\n00\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n').reason; // => 'checkpoint-malformed'
 */
export function parseCheckpoint(noteText: string): Result<Checkpoint, 'checkpoint-malformed'> {
  const lines = noteText.split('\n', 5);
  const [origin = '', sizeText = '', rootText = '', end] = lines;
  const size = parseDecimal(sizeText);
  const root = fromBase64(rootText);
  if (lines.length !== 4 || end !== '' || origin === '' || size === undefined || root?.length !== 32) {
    return err('checkpoint-malformed');
  }
  return ok({ origin, size, root });
}

/**
 * Holds when the signed note is a checkpoint of a log that `keys` name. Those that have its origin for their name count:
 * of each type among them one has signed, and none has a line that does not verify. So keys of one type are alternatives,
 * as when one replaces another, and keys of two types are both demanded: a signature that is expected beside another
 * cannot be left out unnoticed. Attacker-controlled input. Witnesses are not asked.
 *
 * @param text - the whole signed note
 * @param algorithms - beside Ed25519, such as `NOTE_ALGORITHMS`
 * @returns the checkpoint and the note, or a CheckpointReason; `signature-incomplete` where the log signed, but not with
 * every type of key, or with one whose algorithm was not given
 * @see https://c2sp.org/tlog-checkpoint
 * @example
 * import { openCheckpoint } from '#shared/log/checkpoint.ts';
 * import { noteKey } from '#shared/log/note.ts';
 * openCheckpoint('', [noteKey('log.example', 1, new Uint8Array(32))]).reason; // => 'note-malformed'
 */
export function openCheckpoint(
  text: string,
  keys: readonly NoteKey[],
  algorithms: readonly NoteAlgorithm[] = [],
): Result<{ checkpoint: Checkpoint; note: Note }, CheckpointReason> {
  const note = parseNote(text);
  if (!note.ok) return note;
  const checkpoint = parseCheckpoint(note.value.text);
  if (!checkpoint.ok) return checkpoint;
  const { origin } = checkpoint.value;
  const own = keys.filter(({ name }) => name === origin);
  if (own.length === 0) return err('checkpoint-origin-mismatch', origin);
  const signed = new Set<NoteKeyType>();
  for (const key of own) {
    const times = verifyLines(note.value, key, [ED25519, ...algorithms]);
    if (!times) return err('signature-invalid', key.name);
    if (times.length > 0) signed.add(key.type);
  }
  const lacking = own.find(({ type }) => !signed.has(type));
  if (!lacking) return ok({ checkpoint: checkpoint.value, note: note.value });
  const claimed = own.some((key) => linesBy(note.value, key).length > 0);
  return err(claimed ? 'signature-incomplete' : 'signature-missing', `key type ${lacking.type}`);
}
