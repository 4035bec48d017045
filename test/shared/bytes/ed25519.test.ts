import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { ed25519PublicKey, signEd25519, verifyEd25519 } from '#shared/bytes/ed25519.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { describeVectors, vectorJson } from '../../support/vectors.ts';

const hex = (text: string): Uint8Array => {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`not hex: ${text}`);
  return bytes;
};

describeVectors('C2SP/CCTV ed25519', () => {
  interface Edge {
    readonly number: number;
    readonly key: string;
    readonly sig: string;
    readonly msg: string;
    /** Upstream writes null for a case without any. */
    readonly flags: readonly string[] | null;
  }
  const edges = vectorJson<readonly Edge[]>('log/ed25519-edge/ed25519vectors.json');
  const accepts = ({ key, sig, msg }: Edge): boolean => verifyEd25519(hex(sig), utf8(msg), hex(key));

  // Low-order and mixed-order components elsewhere are accepted: the equation is the one with the cofactor.
  const REFUSED = new Set(['low_order_A', 'non_canonical_A', 'non_canonical_R']);

  test('of 914 edge cases exactly those are refused whose key is of low order or whose key or R is respelled', () => {
    const unexpected = edges.filter((edge) => accepts(edge) === (edge.flags ?? []).some((flag) => REFUSED.has(flag)));
    expect(unexpected).toEqual([]);
    expect(edges).toHaveLength(914);
  });

  test('212 of them are accepted and 702 refused', () => {
    expect(edges.filter(accepts)).toHaveLength(212);
  });

  test('another message makes every accepted case refused', () => {
    // Under a key of low order any message can pass; this mode accepts no such key.
    const accepted = edges.filter(accepts);
    expect(accepted.filter((edge) => accepts({ ...edge, msg: `${edge.msg}!` }))).toEqual([]);
  });
});

describeVectors('C2SP/wycheproof ed25519', () => {
  interface Group {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly comment: string;
      readonly msg: string;
      readonly sig: string;
      readonly result: 'valid' | 'invalid';
    }[];
  }
  const { testGroups } = vectorJson<{ testGroups: readonly Group[] }>('log/wycheproof/ed25519_test.json');
  const cases = testGroups.flatMap(({ publicKey, tests }) => tests.map((each) => ({ ...each, key: publicKey.pk })));

  test('all 151 cases are there, 88 of them valid', () => {
    expect(cases).toHaveLength(151);
    expect(cases.filter(({ result }) => result === 'valid')).toHaveLength(88);
  });

  test.each(cases)('case $tcId is $result: $comment', ({ key, msg, sig, result }) => {
    expect(verifyEd25519(hex(sig), hex(msg), hex(key))).toBe(result === 'valid');
  });
});

describe('Ed25519', () => {
  // RFC 8032 §7.1, TEST 2.
  const seed = hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
  const publicKey = hex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
  const signature = hex(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );
  const message = Uint8Array.of(0x72);

  test('signs as RFC 8032 §7.1 does', () => {
    expect(ed25519PublicKey(seed)).toEqual(publicKey);
    expect(signEd25519(message, seed)).toEqual(signature);
    expect(verifyEd25519(signature, message, publicKey)).toBe(true);
  });

  test('never verifies with any one byte changed in the signature, the message or the key', () => {
    const changed = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
    for (let at = 0; at < 64; at++) expect(verifyEd25519(changed(signature, at), message, publicKey)).toBe(false);
    for (let at = 0; at < 32; at++) expect(verifyEd25519(signature, message, changed(publicKey, at))).toBe(false);
    expect(verifyEd25519(signature, changed(message, 0), publicKey)).toBe(false);
  });

  test.each([
    ['an empty signature', new Uint8Array(0), publicKey],
    ['a signature a byte short', signature.slice(1), publicKey],
    ['a signature a byte long', new Uint8Array(65), publicKey],
    ['an empty key', signature, new Uint8Array(0)],
    ['a key a byte long', signature, new Uint8Array(33)],
    ['a key off the curve', signature, new Uint8Array(32).fill(2)],
  ])('with %s is false, not an exception', (_, sig, key) => {
    expect(verifyEd25519(sig, message, key)).toBe(false);
  });

  test('is not made with a seed of another length', () => {
    expect(() => signEd25519(message, seed.slice(1))).toThrow(RangeError);
    expect(() => ed25519PublicKey(new Uint8Array(64))).toThrow(RangeError);
  });
});
