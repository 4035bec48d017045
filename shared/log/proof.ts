/**
 * Log proofs: where an entry stands in a log, and the checkpoint that says so, in one text.
 *
 * In scope: the container. Not checked here: anything. A verifier goes leaf hash, origin and log key
 * (`checkpoint.ts`), quorum (`policy.ts`), inclusion (`merkle.ts`), in that order.
 *
 * @see https://c2sp.org/tlog-proof
 */
import { fromBase64, toBase64 } from '../bytes/base64.ts';
import type { Bytes32 } from '../bytes/bytes.ts';
import { isUnsigned, parseDecimal } from '../bytes/decimal.ts';
import { readAll } from '../read-all.ts';
import { err, ok, type Result } from '../result.ts';
import { MAX_NOTE_LENGTH } from './note.ts';

/** Longest proof read, in UTF-16 code units: a whole note, 63 hashes and 64 KiB of extra data. */
export const MAX_PROOF_LENGTH = MAX_NOTE_LENGTH + 98_304;
/** Most hashes a proof can need: trees have at most 2^63 leaves. */
export const MAX_PROOF_HASHES = 63;

const HEADER = 'c2sp.org/tlog-proof@v1';

/** Inclusion `hashes` run from the leaf's sibling to the root's child; `checkpoint` is the signed note verbatim. */
export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Bytes32[];
  readonly checkpoint: string;
  /** Not authenticated by anything. */
  readonly extra?: Uint8Array;
}

/**
 * Reads lines of base64, each one hash of 32 bytes; `undefined` where any is something else or there are more than
 * MAX_PROOF_HASHES.
 *
 * @example
 * import { parseHashLines } from '#shared/log/proof.ts';
 * parseHashLines(['AA==']) ?? 'refused'; // => 'refused'
 */
export function parseHashLines(lines: readonly string[]): Bytes32[] | undefined {
  if (lines.length > MAX_PROOF_HASHES) return undefined;
  return readAll(lines, (line) => {
    const hash = fromBase64(line);
    return hash?.length === 32 ? hash : undefined;
  });
}

/**
 * Reads a proof. Attacker-controlled input; at most MAX_PROOF_LENGTH code units. The checkpoint is not parsed.
 *
 * @returns `proof-malformed`
 * @see https://c2sp.org/tlog-proof
 * @example
 * import { parseTlogProof } from '#shared/log/proof.ts';
 * parseTlogProof('c2sp.org/tlog-proof@v1\nindex 7\n\nsigned note\n').value.index; // => 7
 * parseTlogProof('c2sp.org/tlog-proof@v1\nindex 07\n\nsigned note\n').reason; // => 'proof-malformed'
 */
export function parseTlogProof(text: string): Result<TlogProof, 'proof-malformed'> {
  if (text.length > MAX_PROOF_LENGTH) return err('proof-malformed', 'too large');
  const blank = text.indexOf('\n\n');
  const checkpoint = text.slice(blank + 2);
  if (blank < 0 || checkpoint === '') return err('proof-malformed', 'no checkpoint');
  const [header, ...lines] = text.slice(0, blank).split('\n');
  if (header !== HEADER) return err('proof-malformed', 'unknown header');
  const extraLine = lines[0]?.startsWith('extra ') ? lines.shift() : undefined;
  const extra = extraLine === undefined ? undefined : fromBase64(extraLine.slice('extra '.length));
  if (extraLine !== undefined && extra === undefined) return err('proof-malformed', 'extra data');
  const indexLine = lines.shift();
  const index = indexLine?.startsWith('index ') ? parseDecimal(indexLine.slice('index '.length)) : undefined;
  if (index === undefined) return err('proof-malformed', 'index');
  const hashes = parseHashLines(lines);
  if (hashes === undefined) return err('proof-malformed', 'hashes');
  return ok({ index, hashes, checkpoint, ...(extra && { extra }) });
}

/**
 * Writes a proof; reading it back gives the same proof.
 *
 * @throws RangeError where a field cannot be written
 * @example
 * import { encodeTlogProof } from '#shared/log/proof.ts';
 * const text = encodeTlogProof({ index: 7, hashes: [], checkpoint: 'signed note\n' });
 * text; // => 'c2sp.org/tlog-proof@v1\nindex 7\n\nsigned note\n'
 */
export function encodeTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  if (!isUnsigned(index)) throw new RangeError('index: not the index of a leaf');
  if (hashes.length > MAX_PROOF_HASHES || hashes.some((hash) => hash.length !== 32)) {
    throw new RangeError('hashes: more than 63, or not 32 bytes each');
  }
  if (checkpoint === '') throw new RangeError('checkpoint: empty');
  const extraLine = extra === undefined ? '' : `extra ${toBase64(extra)}\n`;
  const hashLines = hashes.map((hash) => `${toBase64(hash)}\n`).join('');
  return `${HEADER}\n${extraLine}index ${index}\n${hashLines}\n${checkpoint}`;
}
