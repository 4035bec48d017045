/**
 * Cosignatures: a witness's timestamped Ed25519 signature (type 0x04) over a checkpoint.
 *
 * In scope: making and verifying them, each key counted once. Not checked here: which witnesses suffice (`policy.ts`),
 * whether a time is plausible. Other algorithms, such as ML-DSA-44 (0x06, `ml-dsa-cosignature.ts`), are an argument.
 *
 * @see https://c2sp.org/tlog-cosignature
 */
import { bigEndian, concatBytes, fromBigEndian, utf8 } from '../bytes/bytes.ts';
import { isUnsigned } from '../bytes/decimal.ts';
import { signEd25519, verifyEd25519 } from '../bytes/ed25519.ts';
import { toHex } from '../bytes/hex.ts';
import { err, ok, type Result } from '../result.ts';
import { type Note, type NoteAlgorithm, type NoteKey, type NoteSignature, verifyLines } from './note.ts';

/** A verified cosignature; `timestamp` in Unix seconds, by the witness's clock. */
export interface Cosignature {
  readonly witness: NoteKey;
  readonly timestamp: number;
}

const cosignedMessage = (noteText: string, timestamp: number): Uint8Array =>
  utf8(`cosignature/v1\ntime ${timestamp}\n${noteText}`);

/**
 * The time in a type 0x04 signature (8 bytes big-endian, then 64 bytes), in Unix seconds; `undefined` for another
 * length, time 0 or a time above 2^53 - 1. Does not verify the signature.
 *
 * @param signature - what follows the key ID
 * @example
 * import { cosignatureTime } from '#shared/log/cosignature.ts';
 * cosignatureTime(new Uint8Array(64)) ?? 'refused'; // => 'refused'
 */
export function cosignatureTime(signature: Uint8Array): number | undefined {
  if (signature.length !== 72) return undefined;
  const seconds = fromBigEndian(signature.subarray(0, 8));
  return seconds > 0 && isUnsigned(seconds) ? seconds : undefined;
}

/**
 * Cosigns the text of a note. The caller has checked that it is a consistent checkpoint of a log it knows, and has
 * stored that it signs it, before it lets the signature out.
 *
 * @param timestamp - Unix seconds, from 1
 * @throws RangeError where the key is not of type 4 or the timestamp is impossible
 * @example
 * import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
 * import { cosign, verifyCosignatures } from '#shared/log/cosignature.ts';
 * import { noteKey } from '#shared/log/note.ts';
 * const secretKey = new Uint8Array(32);
 * const key = noteKey('witness.example', 4, ed25519PublicKey(secretKey));
 * const text = 'log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n';
 * const line = cosign({ text, signatures: [] }, { key, secretKey }, 1790000000);
 * verifyCosignatures({ text, signatures: [line, line] }, [key]).value; // => [{ witness: key, timestamp: 1790000000 }]
 */
export function cosign(
  note: Note,
  signer: { readonly key: NoteKey; readonly secretKey: Uint8Array },
  timestamp: number,
): NoteSignature {
  const { name, keyId, type } = signer.key;
  if (type !== 4) throw new RangeError('key: only type 4 cosigns');
  if (!isUnsigned(timestamp) || timestamp === 0) throw new RangeError('timestamp: not Unix seconds from 1');
  const signature = signEd25519(cosignedMessage(note.text, timestamp), signer.secretKey);
  return { name, keyId, signature: concatBytes(bigEndian(timestamp, 8), signature) };
}

const COSIGNED: NoteAlgorithm = {
  type: 4,
  verify: ({ text }, signature, { publicKey }) => {
    const time = cosignatureTime(signature);
    return time && verifyEd25519(signature.subarray(8), cosignedMessage(text, time), publicKey) ? time : undefined;
  },
};

/**
 * The cosignatures of known witnesses on a note, in the order of `witnesses`. Each public key counts once, under
 * whichever names it appears, with its earliest time; order and duplicates of lines or of `witnesses` never raise the
 * count. Lines of unknown keys are ignored, and so is a line that names no time: it does not say that the checkpoint was
 * the newest its witness had seen. Total on attacker-controlled notes.
 *
 * @param algorithms - beside Ed25519, such as `NOTE_ALGORITHMS`
 * @returns `cosignature-invalid` when any line of a known witness does not verify
 * @see https://c2sp.org/tlog-cosignature#format
 * @example
 * import { verifyCosignatures } from '#shared/log/cosignature.ts';
 * verifyCosignatures({ text: 'log.example\n', signatures: [] }, []).value; // => []
 */
export function verifyCosignatures(
  note: Note,
  witnesses: readonly NoteKey[],
  algorithms: readonly NoteAlgorithm[] = [],
): Result<Cosignature[], 'cosignature-invalid'> {
  const byKey = new Map<string, Cosignature>();
  for (const witness of witnesses) {
    const times = verifyLines(note, witness, [COSIGNED, ...algorithms]);
    if (!times) return err('cosignature-invalid', witness.name);
    const publicKey = toHex(witness.publicKey);
    for (const timestamp of times) {
      const known = byKey.get(publicKey);
      if (timestamp > 0 && !(known && known.timestamp <= timestamp)) {
        byKey.set(publicKey, { witness: known?.witness ?? witness, timestamp });
      }
    }
  }
  return ok([...byKey.values()]);
}
