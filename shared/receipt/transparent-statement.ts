/**
 * A Transparent Statement (RFC 9943): a Signed Statement that carries its receipts in the unprotected header. What the
 * log holds is the statement without them, so the two are taken apart before anything is hashed.
 */

import { type CborKey, CborTag, type CborValue, decodeCbor, encodeCbor } from '../bytes/cbor.ts';
import { MAX_STATEMENT_BYTES } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import { MAX_RECEIPT_BYTES } from './receipt.ts';

/** A statement as it was logged, and the receipts that came with it. */
export interface TransparentStatement {
  /** COSE_Sign1 bytes with an empty unprotected header: the log's entry. */
  readonly statement: Uint8Array;
  readonly receipts: readonly Uint8Array[];
}

/** More than one log may have taken the same statement. */
export const MAX_RECEIPTS = 8;
const MAX_BYTES = MAX_STATEMENT_BYTES + MAX_RECEIPTS * (MAX_RECEIPT_BYTES + 16);
const COSE_SIGN1 = 18;
const RECEIPTS = 394;

/** `application/scitt-statement+cose`, RFC 9943. */
export const STATEMENT_MEDIA_TYPE = 'application/scitt-statement+cose';
/** `application/scitt-receipt+cose`, RFC 9943. */
export const RECEIPT_MEDIA_TYPE = 'application/scitt-receipt+cose';

/**
 * Puts receipts into a statement's unprotected header.
 *
 * @param statement - a statement's bytes, as `parseStatement` accepts them
 * @throws RangeError where it is not a COSE_Sign1 or there is no receipt
 * @example
 * import { signStatement } from '#shared/attestation/statement.ts';
 * import { encodeTransparentStatement, parseTransparentStatement } from '#shared/receipt/transparent-statement.ts';
 * import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
 * const secretKey = new Uint8Array(32).fill(1);
 * const statement = signStatement({ type: 'output', issuer: 'https://news.example', subject: 'a1',
 *   issuedAt: 1700000000, preimage: new Uint8Array(3), preimageType: 'application/vnd.witnessmark.claim+cbor',
 *   location: 'https://log.example/v1/claims/a1' }, { secretKey, publicKey: ed25519PublicKey(secretKey) });
 * const both = encodeTransparentStatement({ statement, receipts: [Uint8Array.of(0xf6)] });
 * parseTransparentStatement(both); // => { ok: true, value: { statement, receipts: [Uint8Array.of(0xf6)] } }
 */
export function encodeTransparentStatement({ statement, receipts }: TransparentStatement): Uint8Array {
  const parts = partsOf(statement);
  if (!parts) throw new RangeError('statement: not a COSE_Sign1');
  if (receipts.length === 0) throw new RangeError('receipts: at least one');
  return withUnprotected(parts, new Map<CborKey, CborValue>([[RECEIPTS, receipts]]));
}

/**
 * Takes a Transparent Statement apart. Attacker-controlled input; neither part is verified here.
 *
 * @returns the statement as logged and its receipts; `transparent-statement-malformed` where it is anything else,
 * also where the unprotected header holds more than receipts
 * @example
 * import { parseTransparentStatement } from '#shared/receipt/transparent-statement.ts';
 * parseTransparentStatement(Uint8Array.of(0xa0)).ok; // => false
 */
export function parseTransparentStatement(
  bytes: Uint8Array,
): Result<TransparentStatement, 'transparent-statement-malformed'> {
  const parts = bytes.length > MAX_BYTES ? undefined : partsOf(bytes);
  const unprotected = parts?.[1];
  if (!parts || !(unprotected instanceof Map) || unprotected.size !== 1) return err('transparent-statement-malformed');
  const receipts = unprotected.get(RECEIPTS);
  if (!Array.isArray(receipts) || receipts.length === 0 || receipts.length > MAX_RECEIPTS) {
    return err('transparent-statement-malformed', 'receipts');
  }
  if (!receipts.every((receipt) => receipt instanceof Uint8Array && receipt.length <= MAX_RECEIPT_BYTES)) {
    return err('transparent-statement-malformed', 'receipts');
  }
  return ok({ statement: withUnprotected(parts, new Map()), receipts: receipts as readonly Uint8Array[] });
}

function partsOf(bytes: Uint8Array): readonly CborValue[] | undefined {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok || !(decoded.value instanceof CborTag) || decoded.value.tag !== COSE_SIGN1) return undefined;
  const parts = decoded.value.value;
  return Array.isArray(parts) && parts.length === 4 ? (parts as readonly CborValue[]) : undefined;
}

const withUnprotected = (
  [header = null, , payload = null, signature = null]: readonly CborValue[],
  map: Map<CborKey, CborValue>,
) => encodeCbor(new CborTag(COSE_SIGN1, [header, map, payload, signature]));
