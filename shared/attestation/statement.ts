/**
 * An attestation: a SCITT Signed Statement, COSE_Sign1 with a hash envelope (RFC 9943, RFC 9995, RFC 9052 §4.2).
 *
 * The payload is the SHA-256 of the preimage (a claim or a key event), so the log never holds content. The unprotected
 * header is empty; there is one byte form for one statement. Not checked here: whether the key belongs to the issuer
 * (verdict/) and whether the preimage fits (whoever holds it).
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64Url } from '../bytes/base64.ts';
import { type Bytes32, equalBytes } from '../bytes/bytes.ts';
import { type CborKey, CborTag, type CborValue, decodeCbor, encodeCbor } from '../bytes/cbor.ts';
import { signEd25519, verifyEd25519 } from '../bytes/ed25519.ts';
import { FieldFault, Fields, readFields } from '../claim/fields.ts';
import { isOrigin } from '../claim/origin.ts';
import { MAX_STATEMENT_BYTES } from '../limits.ts';
import { leafHash } from '../log/merkle.ts';
import { err, ok, type Result } from '../result.ts';
import { ED25519_ALG, keyThumbprint } from './key.ts';

export type StatementType = 'output' | 'dispute' | 'replay' | 'verdict' | 'key' | 'policy' | 'epoch';
const STATEMENT_TYPES: readonly StatementType[] = ['output', 'dispute', 'replay', 'verdict', 'key', 'policy', 'epoch'];

export interface Statement {
  readonly type: StatementType;
  /** Origin of the issuer (CWT `iss`). */
  readonly issuer: string;
  /** Random output id (CWT `sub`). */
  readonly subject: string;
  /** Unix seconds (CWT `iat`): the issuer's word, not a trusted time. */
  readonly issuedAt: number;
  readonly kid: Bytes32;
  readonly preimageType: string;
  /** Where the preimage can be had. */
  readonly location: string;
  /** SHA-256 of the preimage. */
  readonly payload: Bytes32;
  readonly signature: Uint8Array;
  /** The Sig_structure the signature covers. */
  readonly signedBytes: Uint8Array;
}

/** What a statement is made of before it is signed. */
export interface StatementContent {
  readonly type: StatementType;
  readonly issuer: string;
  readonly subject: string;
  readonly issuedAt: number;
  /** Bytes whose SHA-256 becomes the payload. */
  readonly preimage: Uint8Array;
  readonly preimageType: string;
  readonly location: string;
}

export type StatementReason = 'statement-too-large' | 'statement-malformed' | 'statement-unsupported';

const COSE_SIGN1 = 18;
const HEADER = { alg: 1, kid: 4, cwt: 15, typ: 16, hash: 258, preimageType: 259, location: 260 } as const;
const CWT = { iss: 1, sub: 2, iat: 6 } as const;
const SHA_256 = -16;

const typeName = (type: StatementType): string => `application/vnd.witnessmark.${type}+cose`;

const signatureInput = (protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array =>
  encodeCbor(['Signature1', protectedHeader, new Uint8Array(0), payload]);

/**
 * Signs a statement with an Ed25519 key.
 *
 * @param content - what is said; `issuer` an origin, `subject` up to 64 characters
 * @param key - the public key and its 32-byte seed
 * @returns the COSE_Sign1 bytes, ready to be logged
 * @throws RangeError where the seed is not 32 bytes, or a text or `issuedAt` cannot be written
 * @example
 * import { ed25519 } from '@noble/curves/ed25519.js';
 * import { signStatement } from '#shared/attestation/statement.ts';
 * const key = ed25519.keygen(new Uint8Array(32).fill(1));
 * const bytes = signStatement({
 *   type: 'output', issuer: 'https://news.example', subject: 'a1', issuedAt: 1700000000,
 *   preimage: new Uint8Array(3), preimageType: 'application/vnd.witnessmark.claim+cbor',
 *   location: 'https://log.example/v1/claims/a1',
 * }, key);
 * bytes[0]; // => 0xd2
 */
export function signStatement(
  content: StatementContent,
  key: { readonly publicKey: Bytes32; readonly secretKey: Bytes32 },
): Uint8Array {
  const header = new Map<CborKey, CborValue>([
    [HEADER.alg, ED25519_ALG],
    [HEADER.kid, keyThumbprint(key.publicKey)],
    [
      HEADER.cwt,
      new Map<CborKey, CborValue>([
        [CWT.iss, content.issuer],
        [CWT.sub, content.subject],
        [CWT.iat, content.issuedAt],
      ]),
    ],
    [HEADER.typ, typeName(content.type)],
    [HEADER.hash, SHA_256],
    [HEADER.preimageType, content.preimageType],
    [HEADER.location, content.location],
  ]);
  const protectedHeader = encodeCbor(header);
  const payload = sha256(content.preimage);
  const signature = signEd25519(signatureInput(protectedHeader, payload), key.secretKey);
  return encodeCbor(new CborTag(COSE_SIGN1, [protectedHeader, new Map<CborKey, CborValue>(), payload, signature]));
}

/**
 * Reads a statement without verifying it. Attacker-controlled input.
 *
 * @returns the statement; `statement-too-large`, `statement-malformed`, or `statement-unsupported` for header fields,
 * types or algorithms that are not ours
 * @example
 * import { parseStatement } from '#shared/attestation/statement.ts';
 * parseStatement(new Uint8Array(5000)); // => { ok: false, reason: 'statement-too-large' }
 */
export function parseStatement(bytes: Uint8Array): Result<Statement, StatementReason> {
  if (bytes.length > MAX_STATEMENT_BYTES) return err('statement-too-large');
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return err('statement-malformed', decoded.reason);
  const tagged = decoded.value;
  if (!(tagged instanceof CborTag) || tagged.tag !== COSE_SIGN1) return err('statement-malformed', 'not COSE_Sign1');
  const parts = tagged.value;
  if (!Array.isArray(parts) || parts.length !== 4) return err('statement-malformed', 'not COSE_Sign1');
  const [protectedHeader, unprotected, payload, signature] = parts as readonly CborValue[];
  if (!(protectedHeader instanceof Uint8Array) || !(unprotected instanceof Map) || unprotected.size > 0) {
    return err('statement-malformed', 'header');
  }
  if (!(payload instanceof Uint8Array) || payload.length !== 32) return err('statement-malformed', 'payload');
  if (!(signature instanceof Uint8Array) || signature.length !== 64) return err('statement-malformed', 'signature');
  const header = readFields(protectedHeader, MAX_STATEMENT_BYTES, readHeader);
  if (!header.ok) return err(`statement-${header.reason}`, header.detail);
  return ok({ ...header.value, payload, signature, signedBytes: signatureInput(protectedHeader, payload) });
}

function readHeader(value: CborValue): Omit<Statement, 'payload' | 'signature' | 'signedBytes'> {
  const header = new Fields(value, Object.values(HEADER), 'header');
  if (header.raw(HEADER.alg) !== ED25519_ALG) throw new FieldFault('unsupported', 'alg');
  if (header.raw(HEADER.hash) !== SHA_256) throw new FieldFault('unsupported', 'payload hash');
  const cwt = new Fields(header.raw(HEADER.cwt), Object.values(CWT), 'CWT claims');
  const issuer = cwt.text(CWT.iss);
  if (!isOrigin(issuer)) throw new FieldFault('malformed', 'iss');
  const typ = header.text(HEADER.typ);
  const type = STATEMENT_TYPES.find((candidate) => typeName(candidate) === typ);
  if (!type) throw new FieldFault('unsupported', 'typ');
  return {
    type,
    issuer,
    subject: cwt.text(CWT.sub, 64),
    issuedAt: cwt.uint(CWT.iat),
    kid: header.bytes(HEADER.kid, 32),
    preimageType: header.text(HEADER.preimageType, 128),
    location: header.text(HEADER.location, 1024),
  };
}

/**
 * Whether the statement was signed by this key: its `kid` is the key's thumbprint and the Ed25519 signature verifies
 * (strict RFC 8032 mode). Never throws, whatever the key's bytes.
 *
 * @example
 * import { ed25519 } from '@noble/curves/ed25519.js';
 * import { parseStatement, signStatement, verifyStatement } from '#shared/attestation/statement.ts';
 * const key = ed25519.keygen(new Uint8Array(32).fill(2));
 * const parsed = parseStatement(signStatement({
 *   type: 'output', issuer: 'https://news.example', subject: 'b2', issuedAt: 1700000000,
 *   preimage: new Uint8Array(0), preimageType: 'application/vnd.witnessmark.claim+cbor', location: 'https://l.example/',
 * }, key));
 * parsed.ok && verifyStatement(parsed.value, key.publicKey); // => true
 * parsed.ok && verifyStatement(parsed.value, new Uint8Array(32)); // => false
 */
export function verifyStatement(statement: Statement, publicKey: Bytes32): boolean {
  if (publicKey.length !== 32 || !equalBytes(statement.kid, keyThumbprint(publicKey))) return false;
  return verifyEd25519(statement.signature, statement.signedBytes, publicKey);
}

/**
 * The id of an attestation: base64url of the leaf hash of its bytes, 43 characters. A locator that names its content.
 *
 * @example
 * import { statementId } from '#shared/attestation/statement.ts';
 * statementId(new Uint8Array(0)).length; // => 43
 */
export const statementId = (bytes: Uint8Array): string => toBase64Url(leafHash(bytes));
