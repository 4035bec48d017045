/**
 * The body of a witness's `add-checkpoint` request: the size the log believes the witness knows, a consistency proof
 * from there, and the signed checkpoint.
 *
 * In scope: syntax. Not checked here: signature, stored size, proof; the witness checks them in the order its status
 * codes prescribe. The answer is signature lines (`parseSignatureLines` in `note.ts`).
 *
 * @see https://c2sp.org/tlog-witness#add-checkpoint
 */
import { toBase64 } from '../bytes/base64.ts';
import type { Bytes32 } from '../bytes/bytes.ts';
import { isUnsigned, parseDecimal } from '../bytes/decimal.ts';
import { err, ok, type Result } from '../result.ts';
import { MAX_NOTE_LENGTH } from './note.ts';
import { MAX_PROOF_HASHES, parseHashLines } from './proof.ts';

/** Longest request read, in UTF-16 code units: a whole note and 63 hashes. */
export const MAX_WITNESS_REQUEST_LENGTH = MAX_NOTE_LENGTH + 4096;

/** A request as sent; `checkpoint` is the signed note verbatim. */
export interface WitnessRequest {
  readonly oldSize: number;
  readonly proof: readonly Bytes32[];
  readonly checkpoint: string;
}

/**
 * Reads a request body. Attacker-controlled input. The checkpoint is not parsed.
 *
 * @returns `request-too-large` (MAX_WITNESS_REQUEST_LENGTH), `request-malformed`
 * @example
 * import { parseWitnessRequest } from '#shared/log/witness-request.ts';
 * parseWitnessRequest('old 0\n\nsigned note\n').value.oldSize; // => 0
 * parseWitnessRequest('old +5\n\nsigned note\n').reason; // => 'request-malformed'
 */
export function parseWitnessRequest(text: string): Result<WitnessRequest, 'request-malformed' | 'request-too-large'> {
  if (text.length > MAX_WITNESS_REQUEST_LENGTH) return err('request-too-large');
  const blank = text.indexOf('\n\n');
  const checkpoint = text.slice(blank + 2);
  const [oldLine = '', ...lines] = text.slice(0, Math.max(blank, 0)).split('\n');
  const oldSize = oldLine.startsWith('old ') ? parseDecimal(oldLine.slice('old '.length)) : undefined;
  const proof = parseHashLines(lines);
  if (oldSize === undefined || proof === undefined || checkpoint === '') return err('request-malformed');
  return ok({ oldSize, proof, checkpoint });
}

/**
 * Writes a request body; reading it back gives the same request.
 *
 * @throws RangeError where a field cannot be written
 * @example
 * import { encodeWitnessRequest } from '#shared/log/witness-request.ts';
 * encodeWitnessRequest({ oldSize: 0, proof: [], checkpoint: 'signed note\n' }); // => 'old 0\n\nsigned note\n'
 */
export function encodeWitnessRequest({ oldSize, proof, checkpoint }: WitnessRequest): string {
  if (!isUnsigned(oldSize)) throw new RangeError('oldSize: not a tree size');
  if (proof.length > MAX_PROOF_HASHES || proof.some((hash) => hash.length !== 32)) {
    throw new RangeError('proof: more than 63 hashes, or not 32 bytes each');
  }
  if (checkpoint === '') throw new RangeError('checkpoint: empty');
  return `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${checkpoint}`;
}
