import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coseKey, encodeKeySet, keyThumbprint, parseCoseKey, parseKeySet } from '#shared/attestation/key.ts';
import { concatBytes } from '#shared/bytes/bytes.ts';
import { type CborKey, type CborValue, decodeCbor, encodeCbor } from '#shared/bytes/cbor.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { keyPair } from '../../support/build-trail.ts';

const { publicKey } = keyPair('key');
const kid = keyThumbprint(publicKey);
const encoded = coseKey(publicKey);
const decoded = decodeCbor(encoded);
const MAP = (decoded.ok ? decoded.value : new Map()) as ReadonlyMap<CborKey, CborValue>;
const changed = (label: CborKey, value: CborValue | undefined): Uint8Array => {
  const map = new Map(MAP);
  if (value === undefined) map.delete(label);
  else map.set(label, value);
  return encodeCbor(map);
};

describe('an issuer key', () => {
  test('has the thumbprint of RFC 9679: SHA-256 of {1: 1, -1: 6, -2: x} in deterministic CBOR', () => {
    const head = fromHex('a301012006215820') ?? new Uint8Array(0);
    expect(kid).toEqual(sha256(concatBytes(head, publicKey)));
  });

  test('reads back as it was written, whatever its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (any) => {
        expect(parseCoseKey(coseKey(any))).toEqual({ ok: true, value: { kid: keyThumbprint(any), publicKey: any } });
      }),
    );
  });

  test.each([
    ['another key type', 1, 2],
    ['no key type', 1, undefined],
    ['the thumbprint of another key', 2, keyThumbprint(keyPair('other').publicKey)],
    ['a shortened thumbprint', 2, kid.slice(0, 8)],
    ['no thumbprint', 2, undefined],
    ['algorithm EdDSA, the deprecated number', 3, -8],
    ['no algorithm', 3, undefined],
    ['curve X25519', -1, 4],
    ['no curve', -1, undefined],
    ['another point than its thumbprint names', -2, keyPair('other').publicKey],
    ['a point of 31 bytes', -2, publicKey.slice(1)],
    ['a point in words', -2, 'x'],
    ['no point', -2, undefined],
    ['its secret beside it', -4, new Uint8Array(32)],
    ['operations', 4, [2]],
  ] satisfies readonly (readonly [string, CborKey, CborValue | undefined])[])(
    'with %s is malformed',
    (_, label, value) => {
      expect(parseCoseKey(changed(label, value))).toMatchObject({ ok: false, reason: 'key-malformed' });
    },
  );

  test.each([
    ['nothing', new Uint8Array(0)],
    ['an array', encodeCbor([1])],
    ['bytes behind it', concatBytes(encoded, Uint8Array.of(0))],
    ['its end cut off', encoded.slice(0, -1)],
    ['257 bytes', new Uint8Array(257)],
  ])('in the form of %s is malformed', (_, bytes) => {
    expect(parseCoseKey(bytes)).toMatchObject({ ok: false, reason: 'key-malformed' });
  });
});

describe('a key set', () => {
  const keys = Array.from({ length: 33 }, (_, i) => keyPair(`key ${i}`).publicKey);

  test('keeps its order and holds 0 to 32 keys', () => {
    expect(parseKeySet(encodeKeySet([]))).toEqual({ ok: true, value: [] });
    const most = parseKeySet(encodeKeySet(keys.slice(0, 32)));
    expect(most.ok && most.value.map((each) => each.publicKey)).toEqual(keys.slice(0, 32));
    expect(parseKeySet(encodeKeySet(keys))).toMatchObject({ reason: 'key-set-malformed' });
  });

  test.each([
    ['a key twice', encodeKeySet([publicKey, ...keys.slice(0, 2), publicKey])],
    ['one bad key among good ones', encodeCbor([MAP, new Map(MAP).set(3, -8)])],
    ['a key wrapped in bytes', encodeCbor([encoded])],
    ['a map for a list', encoded],
    ['bytes behind it', concatBytes(encodeKeySet([publicKey]), Uint8Array.of(0))],
    ['nothing in it', new Uint8Array(0)],
    ['8193 bytes', new Uint8Array(8193)],
  ])('with %s is malformed', (_, bytes) => {
    expect(parseKeySet(bytes)).toMatchObject({ ok: false, reason: 'key-set-malformed' });
  });
});
