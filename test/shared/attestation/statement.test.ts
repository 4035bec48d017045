import { createPublicKey, verify } from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import { keyThumbprint } from '#shared/attestation/key.ts';
import {
  parseStatement,
  type Statement,
  type StatementType,
  signStatement,
  statementId,
  verifyStatement,
} from '#shared/attestation/statement.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { concatBytes, utf8 } from '#shared/bytes/bytes.ts';
import { type CborKey, CborTag, type CborValue, decodeCbor, encodeCbor } from '#shared/bytes/cbor.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { MAX_STATEMENT_BYTES } from '#shared/limits.ts';
import { keyPair } from '../../support/build-trail.ts';

const key = keyPair('statement');
const content = {
  type: 'output' as const,
  issuer: 'https://news.example',
  subject: 'a1b2',
  issuedAt: 1_795_000_000,
  preimage: utf8('a claim'),
  preimageType: 'application/vnd.witnessmark.claim+cbor',
  location: 'https://log.example/v1/claims/a1b2',
};
const signed = signStatement(content, key);

const read = (bytes: Uint8Array): Statement => {
  const statement = parseStatement(bytes);
  if (!statement.ok) throw new Error(statement.detail);
  return statement.value;
};
const value = (bytes: Uint8Array): CborValue => {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.value;
};
const parts = (value(signed) as CborTag).value as [Uint8Array, CborValue, Uint8Array, Uint8Array];
const HEADER = value(parts[0]) as ReadonlyMap<CborKey, CborValue>;
const CWT = HEADER.get(15) as ReadonlyMap<CborKey, CborValue>;

/** The statement with parts exchanged, under the signature it has. */
const withParts = (changed: { readonly [at: number]: CborValue }) =>
  encodeCbor(
    new CborTag(
      18,
      parts.map((part, at) => (at in changed ? (changed[at] ?? null) : part)),
    ),
  );
const withHeader = (header: CborValue) => withParts({ 0: encodeCbor(header) });
const without = (map: ReadonlyMap<CborKey, CborValue>, key: CborKey) =>
  new Map([...map].filter(([each]) => each !== key));

describe('a statement', () => {
  test.each<StatementType>(['output', 'dispute', 'replay', 'verdict', 'key', 'policy', 'epoch'])(
    'of type %s reads back as it was signed',
    (type) => {
      const { preimage, ...said } = content;
      expect(read(signStatement({ ...content, type }, key))).toMatchObject({
        ...said,
        type,
        kid: keyThumbprint(key.publicKey),
        payload: sha256(preimage),
      });
    },
  );

  test('has one byte form: signing is deterministic and what is read is written the same', () => {
    expect(signStatement(content, key)).toEqual(signed);
    expect(withParts({})).toEqual(signed);
    expect([...signed.slice(0, 2)]).toEqual([0xd2, 0x84]);
  });

  test('verifies with another engine over the Sig_structure of RFC 9052 §4.4', () => {
    const [header, , payload, signature] = parts;
    // ["Signature1", protected, h'', payload], the lengths written by hand.
    const toBeSigned = concatBytes(
      fromHex('846a5369676e61747572653158') ?? new Uint8Array(0),
      Uint8Array.of(header.length),
      header,
      Uint8Array.of(0x40, 0x58, 0x20),
      payload,
    );
    const x = toBase64Url(key.publicKey);
    const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
    expect(header.length).toBeLessThan(256);
    expect(read(signed).signedBytes).toEqual(toBeSigned);
    expect(verify(null, toBeSigned, publicKey, signature)).toBe(true);
  });

  test('has an id that is the base64url of its leaf hash', () => {
    expect(statementId(signed)).toBe(toBase64Url(sha256(concatBytes(Uint8Array.of(0), signed))));
  });

  test.each([
    ['alg', 1, 'unsupported'],
    ['kid', 4, 'malformed'],
    ['CWT claims', 15, 'malformed'],
    ['typ', 16, 'malformed'],
    ['payload hash algorithm', 258, 'unsupported'],
    ['preimage content type', 259, 'malformed'],
    ['payload location', 260, 'malformed'],
  ])('without %s in its protected header is refused', (_, label, reason) => {
    expect(parseStatement(withHeader(without(HEADER, label)))).toMatchObject({ reason: `statement-${reason}` });
  });

  test.each([
    ['algorithm EdDSA, the deprecated number', 1, -8, 'unsupported'],
    ['algorithm ES256', 1, -7, 'unsupported'],
    ['an algorithm in words', 1, 'Ed25519', 'unsupported'],
    ['a kid of 31 bytes', 4, new Uint8Array(31), 'malformed'],
    ['a kid in words', 4, 'key 1', 'malformed'],
    ['CWT claims that are no map', 15, [], 'malformed'],
    ['the type of something else', 16, 'application/scitt-statement+cose', 'unsupported'],
    ['a type as a number', 16, 18, 'malformed'],
    ['a payload hash by SHA-384', 258, -43, 'unsupported'],
    ['a preimage type as a number', 259, 0, 'malformed'],
    ['a preimage type of 129 characters', 259, 'a'.repeat(129), 'malformed'],
    ['a location of 1025 characters', 260, 'a'.repeat(1025), 'malformed'],
    ['an empty location', 260, '', 'malformed'],
    ['a location that reads backwards', 260, 'https://\u202ea.example/', 'malformed'],
    ['a content type, which RFC 9995 forbids', 3, 'text/plain', 'unsupported'],
    ['critical headers', 2, [1], 'unsupported'],
    ['a receipt', 394, [], 'unsupported'],
    ['a header in words', 'note', 'x', 'unsupported'],
  ] satisfies readonly (readonly [string, CborKey, CborValue, string])[])(
    'with %s in its protected header is refused',
    (_, label, changed, reason) => {
      const header = new Map(HEADER).set(label, changed);
      expect(parseStatement(withHeader(header))).toMatchObject({ reason: `statement-${reason}` });
    },
  );

  test.each([
    ['no issuer', without(CWT, 1), 'malformed'],
    ['no subject', without(CWT, 2), 'malformed'],
    ['no time', without(CWT, 6), 'malformed'],
    ['an issuer that is no origin', new Map(CWT).set(1, 'news.example'), 'malformed'],
    ['an issuer with a path', new Map(CWT).set(1, 'https://news.example/'), 'malformed'],
    ['an empty subject', new Map(CWT).set(2, ''), 'malformed'],
    ['a subject of 65 characters', new Map(CWT).set(2, 'a'.repeat(65)), 'malformed'],
    ['a subject in bytes', new Map(CWT).set(2, new Uint8Array(4)), 'malformed'],
    ['a time before 1970', new Map(CWT).set(6, -1), 'malformed'],
    ['a time in words', new Map(CWT).set(6, '2026'), 'malformed'],
    ['an expiry', new Map(CWT).set(4, 2), 'unsupported'],
  ] satisfies readonly (readonly [string, CborValue, string])[])(
    'with %s in its CWT claims is refused',
    (_, cwt, reason) => {
      const header = new Map(HEADER).set(15, cwt);
      expect(parseStatement(withHeader(header))).toMatchObject({ reason: `statement-${reason}` });
    },
  );

  test.each([
    ['anything in its unprotected header', withParts({ 1: new Map([[394, []]]) })],
    ['an unprotected header that is no map', withParts({ 1: [] })],
    ['a protected header not wrapped in bytes', withParts({ 0: HEADER })],
    ['an empty protected header', withParts({ 0: new Uint8Array(0) })],
    ['a protected header that is no map', withHeader([])],
    ['bytes behind its protected header', withParts({ 0: concatBytes(parts[0], Uint8Array.of(0)) })],
    ['a protected header with a key twice', withParts({ 0: fromHex('a201320132') ?? '' })],
    ['a protected header out of order', withParts({ 0: fromHex('a204400132') ?? '' })],
    ['a detached payload', withParts({ 2: null })],
    ['a payload of 31 bytes', withParts({ 2: parts[2].slice(1) })],
    ['its preimage for its payload', withParts({ 2: content.preimage })],
    ['a signature of 63 bytes', withParts({ 3: parts[3].slice(1) })],
    ['a signature of 65 bytes', withParts({ 3: new Uint8Array(65) })],
    ['no signature', encodeCbor(new CborTag(18, parts.slice(0, 3)))],
    ['a fifth part', encodeCbor(new CborTag(18, [...parts, null]))],
    ['no tag', encodeCbor(parts)],
    ['the tag of COSE_Sign', encodeCbor(new CborTag(98, parts))],
    ['a tag around its tag', encodeCbor(new CborTag(55_799, new CborTag(18, parts)))],
    ['a tag in two bytes', concatBytes(Uint8Array.of(0xd8, 18), signed.slice(1))],
    ['bytes behind it', concatBytes(signed, Uint8Array.of(0))],
    ['its end cut off', signed.slice(0, -1)],
    ['nothing in it', new Uint8Array(0)],
  ])('with %s is malformed', (_, bytes) => {
    expect(bytes).not.toEqual(signed);
    expect(parseStatement(bytes)).toMatchObject({ ok: false, reason: 'statement-malformed' });
  });

  test('of more bytes than are read is not looked at', () => {
    expect(parseStatement(new Uint8Array(MAX_STATEMENT_BYTES + 1))).toEqual({
      ok: false,
      reason: 'statement-too-large',
    });
    expect(parseStatement(new Uint8Array(MAX_STATEMENT_BYTES))).toMatchObject({ reason: 'statement-malformed' });
  });

  test.each([
    ['another issuer', withHeader(new Map(HEADER).set(15, new Map(CWT).set(1, 'https://other.example')))],
    ['another subject', withHeader(new Map(HEADER).set(15, new Map(CWT).set(2, 'a1b3')))],
    ['another time', withHeader(new Map(HEADER).set(15, new Map(CWT).set(6, 1)))],
    ['another kid', withHeader(new Map(HEADER).set(4, new Uint8Array(32)))],
    ['another type', withHeader(new Map(HEADER).set(16, 'application/vnd.witnessmark.key+cose'))],
    ['another preimage type', withHeader(new Map(HEADER).set(259, 'text/plain'))],
    ['another location', withHeader(new Map(HEADER).set(260, 'https://log.example/'))],
    ['another payload', withParts({ 2: new Uint8Array(32) })],
    ['another signature', withParts({ 3: new Uint8Array(64) })],
  ])('with %s is read but verifies no more', (_, bytes) => {
    expect(verifyStatement(read(signed), key.publicKey)).toBe(true);
    expect(verifyStatement(read(bytes), key.publicKey)).toBe(false);
  });

  test('with any bit of any byte turned over verifies no more', () => {
    for (let at = 0; at < signed.length * 8; at++) {
      const changed = signed.slice();
      changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7));
      const statement = parseStatement(changed);
      expect(statement.ok && verifyStatement(statement.value, key.publicKey), `bit ${at}`).toBe(false);
    }
  });

  test('naming the key of another is not verified by its signer', () => {
    const other = keyPair('other');
    const impostor = signStatement(content, { publicKey: key.publicKey, secretKey: other.secretKey });
    expect(verifyStatement(read(impostor), key.publicKey)).toBe(false);
    expect(verifyStatement(read(impostor), other.publicKey)).toBe(false);
  });
});
