import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { mlDsa44KeyPair, signMlDsa44, verifyMlDsa44 } from '#shared/bytes/ml-dsa.ts';
import { describeVectors, vectorJson } from '../../support/vectors.ts';

const hex = (text: string): Uint8Array => fromHex(text) ?? new Uint8Array(0);
const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

describeVectors('C2SP/wycheproof mldsa_44_verify', () => {
  interface Case {
    readonly tcId: number;
    readonly comment: string;
    readonly msg: string;
    readonly ctx?: string;
    readonly sig: string;
    readonly result: 'valid' | 'invalid';
  }
  interface Group {
    readonly publicKey: string;
    readonly tests: readonly Case[];
  }
  const { testGroups } = vectorJson<{ testGroups: readonly Group[] }>('log/wycheproof/mldsa_44_verify_test.json');
  const cases = testGroups.flatMap(({ publicKey, tests }) => tests.map((each) => ({ ...each, publicKey })));
  const accepts = ({ msg, sig, publicKey }: (typeof cases)[number]): boolean =>
    verifyMlDsa44(hex(sig), hex(msg), hex(publicKey));
  // Here every signature has the empty context.
  const expected = ({ result, ctx = '' }: Case): boolean => result === 'valid' && ctx === '';

  test('all 180 cases come out as they are marked, those with a context as not ours', () => {
    expect(cases.filter((each) => accepts(each) !== expected(each)).map(({ tcId }) => tcId)).toEqual([]);
    expect(cases).toHaveLength(180);
  });

  const valid = cases.filter(expected);
  test('of every valid case one bit more or less in message, key or signature is refused', () => {
    expect(valid.length).toBeGreaterThan(70);
    for (const [i, { tcId, msg, sig, publicKey }] of valid.entries()) {
      const [message, signature, key] = [hex(msg), hex(sig), hex(publicKey)];
      const at = (97 * i) % signature.length;
      expect(verifyMlDsa44(flipped(signature, at), message, key), `${tcId}: signature`).toBe(false);
      expect(verifyMlDsa44(signature, Uint8Array.of(...message, 0), key), `${tcId}: message`).toBe(false);
      expect(verifyMlDsa44(signature, message, flipped(key, at % key.length)), `${tcId}: key`).toBe(false);
    }
  });
});

describe('ML-DSA-44', () => {
  const { publicKey, secretKey } = mlDsa44KeyPair(new Uint8Array(32).fill(7));
  const message = utf8('the tide follows the moon');
  const signature = signMlDsa44(message, secretKey);

  test('has one key pair for a seed and one signature for a message', () => {
    expect(mlDsa44KeyPair(new Uint8Array(32).fill(7)).publicKey).toEqual(publicKey);
    expect(signMlDsa44(message, secretKey)).toEqual(signature);
    expect([publicKey.length, secretKey.length, signature.length]).toEqual([1312, 2560, 2420]);
    expect(verifyMlDsa44(signature, message, publicKey)).toBe(true);
  });

  test.each([
    ['a signature of no bytes', new Uint8Array(0), publicKey],
    ['a signature with a byte too few', signature.slice(1), publicKey],
    ['a signature with a byte too many', Uint8Array.of(...signature, 0), publicKey],
    ['a signature of ones', new Uint8Array(2420).fill(255), publicKey],
    ['a key of no bytes', signature, new Uint8Array(0)],
    ['a key with a byte too few', signature, publicKey.slice(1)],
    ['a key of zeros', signature, new Uint8Array(1312)],
  ])('%s is refused without an exception', (_, given, key) => {
    expect(verifyMlDsa44(given, message, key)).toBe(false);
  });

  test.each([0, 31, 33, 64])('a seed of %d bytes is none', (length) => {
    expect(() => mlDsa44KeyPair(new Uint8Array(length))).toThrow(RangeError);
  });
});
