/**
 * COSE Receipts (RFC 9942) over the log's own tree: for any SCITT client, the same facts as a tlog-proof.
 *
 * A receipt carries no root. The reader computes it from the entry and the path, and that root is what was signed. The
 * signature covers neither the path nor the index, so a receipt that verifies says: this entry is in a tree that the
 * key signed. Witnesses do not sign receipts; a quorum needs the tlog-proof.
 */

import { ED25519_ALG, keyThumbprint } from '../attestation/key.ts';
import { type Bytes32, equalBytes } from '../bytes/bytes.ts';
import { type CborKey, CborTag, type CborValue, decodeCbor, encodeCbor } from '../bytes/cbor.ts';
import { signEd25519, verifyEd25519 } from '../bytes/ed25519.ts';
import { FieldFault, Fields, readFields } from '../claim/fields.ts';
import { inclusionRoot, MAX_PATH } from '../log/merkle.ts';
import { err, type Result } from '../result.ts';

/** An inclusion receipt as read, not yet verified. */
export interface Receipt {
  /** The log's origin (CWT `iss`). */
  readonly log: string;
  /** What it is about: the id of the attestation (CWT `sub`). */
  readonly subject: string;
  readonly kid: Bytes32;
  readonly size: number;
  readonly index: number;
  /** From the leaf's sibling to the root's child. */
  readonly path: readonly Bytes32[];
  readonly signature: Uint8Array;
  /** The protected header as it was signed. */
  readonly protectedHeader: Uint8Array;
}

/** What a receipt is made of. */
export interface ReceiptContent {
  readonly log: string;
  readonly subject: string;
  readonly size: number;
  readonly index: number;
  /** At least one hash: a tree of one leaf has no encodable receipt. */
  readonly path: readonly Bytes32[];
  readonly root: Bytes32;
}

/** At most 64 hashes of 34 bytes and two short names. */
export const MAX_RECEIPT_BYTES = 4096;

const COSE_SIGN1 = 18;
const HEADER = { alg: 1, kid: 4, cwt: 15, vds: 395 } as const;
const CWT = { iss: 1, sub: 2 } as const;
/** `RFC9162_SHA256` in the registry of verifiable data structures. */
const RFC9162_SHA256 = 1;
const PROOFS = 396;
const INCLUSION = -1;

const signatureInput = (protectedHeader: Uint8Array, root: Bytes32): Uint8Array =>
  encodeCbor(['Signature1', protectedHeader, new Uint8Array(0), root]);

/**
 * Signs an inclusion receipt.
 *
 * @throws RangeError where the path is empty
 * @see RFC 9942 §5.2
 * @example
 * import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
 * import { inclusionProof, leafHash, treeRoot } from '#shared/log/merkle.ts';
 * import { parseReceipt, signReceipt, verifyReceipt } from '#shared/receipt/receipt.ts';
 * const secretKey = new Uint8Array(32).fill(5);
 * const key = { secretKey, publicKey: ed25519PublicKey(secretKey) };
 * const leaves = [leafHash(Uint8Array.of(1)), leafHash(Uint8Array.of(2))];
 * const bytes = signReceipt({ log: 'log.example/log/2026', subject: 'a', size: 2, index: 1,
 *   path: inclusionProof(leaves, 1), root: treeRoot(leaves) }, key);
 * const receipt = parseReceipt(bytes);
 * receipt.ok && verifyReceipt(receipt.value, leaves[1], key.publicKey); // => true
 * receipt.ok && verifyReceipt(receipt.value, leaves[0], key.publicKey); // => false
 */
export function signReceipt(
  { log, subject, size, index, path, root }: ReceiptContent,
  key: { readonly publicKey: Bytes32; readonly secretKey: Bytes32 },
): Uint8Array {
  if (path.length === 0) throw new RangeError('path: a tree of one leaf has no receipt');
  const protectedHeader = encodeCbor(
    new Map<CborKey, CborValue>([
      [HEADER.alg, ED25519_ALG],
      [HEADER.kid, keyThumbprint(key.publicKey)],
      [
        HEADER.cwt,
        new Map<CborKey, CborValue>([
          [CWT.iss, log],
          [CWT.sub, subject],
        ]),
      ],
      [HEADER.vds, RFC9162_SHA256],
    ]),
  );
  const proof = encodeCbor([size, index, path]);
  const unprotected = new Map<CborKey, CborValue>([[PROOFS, new Map<CborKey, CborValue>([[INCLUSION, [proof]]])]]);
  const signature = signEd25519(signatureInput(protectedHeader, root), key.secretKey);
  return encodeCbor(new CborTag(COSE_SIGN1, [protectedHeader, unprotected, null, signature]));
}

/** Why bytes are not a receipt of ours; `receipt-unsupported`: another algorithm, tree or kind of proof. */
export type ReceiptReason = 'receipt-malformed' | 'receipt-unsupported';

/**
 * Reads a receipt with exactly one inclusion proof. Attacker-controlled input.
 *
 * @returns the receipt, `receipt-malformed`, `receipt-unsupported`
 * @example
 * import { parseReceipt } from '#shared/receipt/receipt.ts';
 * parseReceipt(Uint8Array.of(0xd2, 0x80)).reason; // => 'receipt-malformed'
 */
export function parseReceipt(bytes: Uint8Array): Result<Receipt, ReceiptReason> {
  const receipt = readFields(bytes, MAX_RECEIPT_BYTES, readReceipt);
  if (receipt.ok) return receipt;
  const { reason, detail } = receipt;
  return err(reason === 'unsupported' ? 'receipt-unsupported' : 'receipt-malformed', detail ?? reason);
}

function readReceipt(value: CborValue): Receipt {
  if (!(value instanceof CborTag) || value.tag !== COSE_SIGN1) throw new FieldFault('malformed', 'COSE_Sign1');
  const [protectedHeader, unprotected, payload, signature] = list(value.value, 4, 'COSE_Sign1');
  if (!(protectedHeader instanceof Uint8Array)) throw new FieldFault('malformed', 'header');
  if (payload !== null) throw new FieldFault('malformed', 'payload');
  if (!(signature instanceof Uint8Array) || signature.length !== 64) throw new FieldFault('malformed', 'signature');
  const decoded = decodeCbor(protectedHeader);
  if (!decoded.ok) throw new FieldFault('malformed', 'header');
  const header = new Fields(decoded.value, Object.values(HEADER), 'header');
  if (header.raw(HEADER.alg) !== ED25519_ALG) throw new FieldFault('unsupported', 'alg');
  if (header.raw(HEADER.vds) !== RFC9162_SHA256) throw new FieldFault('unsupported', 'vds');
  const cwt = new Fields(header.raw(HEADER.cwt), Object.values(CWT), 'CWT claims');
  return {
    log: cwt.text(CWT.iss),
    subject: cwt.text(CWT.sub, 64),
    kid: header.bytes(HEADER.kid, 32),
    ...readProof(new Fields(unprotected, [PROOFS]).raw(PROOFS)),
    signature,
    protectedHeader,
  };
}

function readProof(value: CborValue | undefined): Pick<Receipt, 'size' | 'index' | 'path'> {
  const [wrapped] = list(new Fields(value, [INCLUSION], PROOFS).raw(INCLUSION), 1, 'inclusion');
  const proof = wrapped instanceof Uint8Array ? decodeCbor(wrapped) : undefined;
  if (!proof?.ok) throw new FieldFault('malformed', 'proof');
  const [size, index, path] = list(proof.value, 3, 'proof');
  if (typeof size !== 'number' || typeof index !== 'number' || index < 0 || index >= size) {
    throw new FieldFault('malformed', 'index');
  }
  if (!Array.isArray(path) || path.length === 0 || path.length > MAX_PATH) throw new FieldFault('malformed', 'path');
  const hashes = (path as readonly CborValue[]).map((hash) => {
    if (!(hash instanceof Uint8Array) || hash.length !== 32) throw new FieldFault('malformed', 'path');
    return hash;
  });
  return { size, index, path: hashes };
}

function list(value: CborValue | undefined, length: number, field: string): readonly CborValue[] {
  if (!Array.isArray(value) || value.length !== length) throw new FieldFault('malformed', field);
  return value as readonly CborValue[];
}

/**
 * Whether the key signed a tree that holds this leaf at the receipt's index. Total.
 *
 * @param leaf - leaf hash of the entry; never taken from the receipt
 * @example
 * import { verifyReceipt } from '#shared/receipt/receipt.ts';
 * const none = new Uint8Array(0);
 * const receipt = { log: '', subject: '', kid: none, size: 1, index: 1, path: [], signature: none, protectedHeader: none };
 * verifyReceipt(receipt, new Uint8Array(32), new Uint8Array(32)); // => false
 */
export function verifyReceipt(receipt: Receipt, leaf: Bytes32, publicKey: Bytes32): boolean {
  if (publicKey.length !== 32 || !equalBytes(receipt.kid, keyThumbprint(publicKey))) return false;
  const { index, size, path, protectedHeader, signature } = receipt;
  const root = inclusionRoot({ leafHash: leaf, index, size, proof: path });
  return root !== undefined && verifyEd25519(signature, signatureInput(protectedHeader, root), publicKey);
}
