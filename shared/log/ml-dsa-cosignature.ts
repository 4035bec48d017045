/**
 * ML-DSA-44 cosignatures (type 0x06): a witness's timestamped signature over a checkpoint, and the form in which a log
 * itself signs with ML-DSA-44.
 *
 * What is signed names the cosigner, so one key serves one name; extension lines are not covered, which is why
 * `checkpoint.ts` refuses them. Subtrees that do not begin at the first leaf are out of scope: no checkpoint states them.
 *
 * @see https://c2sp.org/tlog-cosignature#ml-dsa-44-signed-message
 */
import { bigEndian, concatBytes, fromBigEndian, utf8 } from '../bytes/bytes.ts';
import { isUnsigned } from '../bytes/decimal.ts';
import { ML_DSA_44_SIGNATURE_BYTES, signMlDsa44, verifyMlDsa44 } from '../bytes/ml-dsa.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import type { Note, NoteAlgorithm, NoteKey, NoteSignature } from './note.ts';

const LABEL = utf8('subtree/v1\n\0');
const TIME_BYTES = 8;

/** Bytes behind one byte that says how many: 1 to 255. */
function lengthPrefixed(text: string): Uint8Array | undefined {
  const bytes = utf8(text);
  return bytes.length > 0 && bytes.length < 256 ? concatBytes(bigEndian(bytes.length, 1), bytes) : undefined;
}

/**
 * The bytes of a `cosigned_message`: label ‖ u8 length ‖ cosigner name ‖ u64 time ‖ u8 length ‖ origin ‖ u64 start ‖
 * u64 end ‖ root, where the subtree is the whole tree. `undefined` where name or origin is empty or longer than 255 bytes.
 *
 * @param timestamp - Unix seconds; 0 makes no claim to be the newest
 * @see https://c2sp.org/tlog-cosignature#ml-dsa-44-signed-message
 * @example
 * import { EMPTY_ROOT } from '#shared/log/merkle.ts';
 * import { cosignedMessage } from '#shared/log/ml-dsa-cosignature.ts';
 * cosignedMessage('w.example', { origin: 'log.example', size: 0, root: EMPTY_ROOT }, 0)?.length; // => 90
 */
export function cosignedMessage(cosigner: string, checkpoint: Checkpoint, timestamp: number): Uint8Array | undefined {
  const { origin, size, root } = checkpoint;
  const [name, log] = [lengthPrefixed(cosigner), lengthPrefixed(origin)];
  if (!name || !log) return undefined;
  return concatBytes(LABEL, name, bigEndian(timestamp, TIME_BYTES), log, bigEndian(0, 8), bigEndian(size, 8), root);
}

/**
 * Cosigns the checkpoint in a note with ML-DSA-44. As a witness: the caller has checked that it is a consistent
 * checkpoint of a log it knows, and has stored that it signs it, before it lets the signature out. As the log itself:
 * time 0.
 *
 * @param signer - its secret key is the expanded form that `mlDsa44KeyPair` gives
 * @param timestamp - Unix seconds; a witness always says one
 * @throws RangeError where the key is not of type 6, the timestamp is impossible, the text is no checkpoint, or its
 * origin or the key's name is longer than 255 bytes
 * @example
 * import { mlDsa44KeyPair } from '#shared/bytes/ml-dsa.ts';
 * import { verifyCosignatures } from '#shared/log/cosignature.ts';
 * import { cosignMlDsa44, ML_DSA_44 } from '#shared/log/ml-dsa-cosignature.ts';
 * import { noteKey } from '#shared/log/note.ts';
 * const { publicKey, secretKey } = mlDsa44KeyPair(new Uint8Array(32));
 * const key = noteKey('witness.example', 6, publicKey);
 * const text = 'log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n';
 * const line = cosignMlDsa44({ text, signatures: [] }, { key, secretKey }, 1790000000);
 * const cosigned = verifyCosignatures({ text, signatures: [line] }, [key], [ML_DSA_44]);
 * cosigned.value; // => [{ witness: key, timestamp: 1790000000 }]
 */
export function cosignMlDsa44(
  note: Note,
  signer: { readonly key: NoteKey; readonly secretKey: Uint8Array },
  timestamp: number,
): NoteSignature {
  const { name, keyId, type } = signer.key;
  if (type !== 6) throw new RangeError('key: only type 6 signs with ML-DSA-44');
  if (!isUnsigned(timestamp)) throw new RangeError('timestamp: not Unix seconds');
  const checkpoint = parseCheckpoint(note.text);
  if (!checkpoint.ok) throw new RangeError('note: no checkpoint');
  const message = cosignedMessage(name, checkpoint.value, timestamp);
  if (!message) throw new RangeError('name and origin: 1 to 255 bytes each');
  const signature = signMlDsa44(message, signer.secretKey);
  return { name, keyId, signature: concatBytes(bigEndian(timestamp, TIME_BYTES), signature) };
}

/**
 * ML-DSA-44 for `verifyCosignatures`, `openCheckpoint` and what is built on them.
 *
 * @see https://c2sp.org/tlog-cosignature#format
 * @example
 * import { ML_DSA_44 } from '#shared/log/ml-dsa-cosignature.ts';
 * ML_DSA_44.type; // => 6
 */
export const ML_DSA_44: NoteAlgorithm = {
  type: 6,
  verify: ({ text }, signature, { name, publicKey }) => {
    if (signature.length !== TIME_BYTES + ML_DSA_44_SIGNATURE_BYTES) return undefined;
    const time = fromBigEndian(signature.subarray(0, TIME_BYTES));
    const checkpoint = parseCheckpoint(text);
    if (!isUnsigned(time) || !checkpoint.ok) return undefined;
    const message = cosignedMessage(name, checkpoint.value, time);
    return message && verifyMlDsa44(signature.subarray(TIME_BYTES), message, publicKey) ? time : undefined;
  },
};
