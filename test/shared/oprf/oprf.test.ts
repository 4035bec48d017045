/** Oblivious lookup: the library by the vectors of RFC 9497, and what is built on it by what it must hide and prove. */
import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '#shared/bytes/hex.ts';
import {
  blindFingerprints,
  evaluateBlinded,
  OPRF_BATCH,
  oprfKey,
  oprfName,
  parseElements,
  unblind,
} from '#shared/oprf/oprf.ts';

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
/** A source of randomness that gives these scalars: the library draws 48 bytes and takes them modulo n − 1, plus one. */
const scalars = (...list: string[]) => {
  const rest = list.map((hex) => {
    const drawn = new Uint8Array(48);
    drawn.set(bytes(hex));
    // The scalars of the vectors are odd or end in a byte above zero: one less borrows nothing.
    drawn[0] = (drawn[0] ?? 0) - 1;
    return drawn;
  });
  return () => rest.shift() ?? new Uint8Array(48);
};
const SECRET = 'e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909';
const PUBLIC = 'c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e';
const R1 = '64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706';
const R2 = '222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e';
const INPUTS = ['00', '5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a'];
const OUTPUTS = [
  'b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7da4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c',
  '8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6',
];

describe('RFC 9497, appendix A.1.2 (ristretto255-SHA512, VOPRF)', () => {
  const { voprf } = ristretto255_oprf;

  test('the key pair is derived from its seed', () => {
    const pair = voprf.deriveKeyPair(new Uint8Array(32).fill(0xa3), bytes('74657374206b6579'));
    expect([toHex(pair.secretKey), toHex(pair.publicKey)]).toEqual([SECRET, PUBLIC]);
  });

  test.each([
    {
      name: 'A.1.2.1',
      inputs: [0],
      blinds: [R1],
      blinded: ['863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945'],
      evaluated: ['aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e'],
      proof:
        'ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd066d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d',
      random: R2,
    },
    {
      name: 'A.1.2.2',
      inputs: [1],
      blinds: [R1],
      blinded: ['cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c'],
      evaluated: ['60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468'],
      proof:
        '401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02',
      random: R2,
    },
    {
      name: 'A.1.2.3',
      inputs: [0, 1],
      blinds: [R1, R2],
      blinded: [
        '863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945',
        '90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654',
      ],
      evaluated: [
        'aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e',
        'cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a',
      ],
      proof:
        'cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08',
      random: '419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c',
    },
  ])('$name', ({ inputs, blinds, blinded, evaluated, proof, random }) => {
    const texts = inputs.map((n) => bytes(INPUTS[n] ?? ''));
    const pairs = texts.map((input, n) => voprf.blind(input, scalars(blinds[n] ?? '') as never));
    expect(pairs.map((pair) => toHex(pair.blinded))).toEqual(blinded);
    const elements = pairs.map((pair) => pair.blinded);
    const key = [bytes(SECRET), bytes(PUBLIC)] as const;
    const answer = voprf.blindEvaluateBatch(...key, elements, scalars(random) as never);
    expect(answer.evaluated.map(toHex)).toEqual(evaluated);
    expect(toHex(answer.proof)).toBe(proof);
    const items = pairs.map((pair, n) => ({
      ...pair,
      input: texts[n] as Uint8Array,
      evaluated: answer.evaluated[n] as Uint8Array,
    }));
    const outputs = voprf.finalizeBatch(items, bytes(PUBLIC), answer.proof);
    expect(outputs.map(toHex)).toEqual(inputs.map((n) => OUTPUTS[n]));
  });
});

const random = (count = 32): Uint8Array => crypto.getRandomValues(new Uint8Array(count));
const key = oprfKey(new Uint8Array(32).fill(1));
const other = oprfKey(new Uint8Array(32).fill(2));
const FINGERPRINTS = ['0000000000ff', '123456789abc', 'ffffffffffff'].map((hex) => ({ alg: 'wm-winnow-1', hex }));
const NAMES = FINGERPRINTS.map(({ alg, hex }) => oprfName(alg, hex, key));
const GENERATOR = 'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76';

describe('a name', () => {
  test('that is asked for obliviously is the one the key’s holder gives', () => {
    const blinded = blindFingerprints(FINGERPRINTS, random);
    const answer = evaluateBlinded(blinded.elements, key, random);
    if (!answer.ok) throw new Error(answer.reason);
    expect(unblind(blinded, 3, answer.value, key.publicKey)).toEqual({ ok: true, value: NAMES });
  });

  test('is another under another key, for another fingerprint, and of another algorithm', () => {
    const [{ alg, hex } = { alg: '', hex: '' }] = FINGERPRINTS;
    const names = [...NAMES, oprfName(alg, hex, other), oprfName('wm-minhash-1', hex, key)];
    expect(new Set(names).size).toBe(5);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a request', () => {
  test.each([0, 1, 16])('for %i fingerprints has sixteen elements, none of which was ever sent before', (count) => {
    const list = Array.from({ length: count }, () => FINGERPRINTS[0] ?? { alg: '', hex: '' });
    const elements = [blindFingerprints(list, random), blindFingerprints(list, random)].flatMap(
      (each) => each.elements,
    );
    expect(elements).toHaveLength(2 * OPRF_BATCH);
    expect(new Set(elements.map(toHex)).size).toBe(2 * OPRF_BATCH);
  });

  test('for more than sixteen is the caller’s mistake', () => {
    const list = Array.from({ length: 17 }, () => FINGERPRINTS[0] ?? { alg: '', hex: '' });
    expect(() => blindFingerprints(list, random)).toThrow(RangeError);
  });

  test.each([
    ['nothing', []],
    ['the identity', [new Uint8Array(32)]],
    ['what is no element', [new Uint8Array(32).fill(255)]],
    ['a short element', [new Uint8Array(31)]],
    ['too many elements', Array.from({ length: 17 }, () => bytes(GENERATOR))],
  ])('of %s is refused', (_, elements) => {
    expect(evaluateBlinded(elements, key, random)).toMatchObject({ ok: false, reason: 'oprf-malformed' });
  });

  test('of any bytes is answered or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 30, maxLength: 34 }), { maxLength: 3 }), (elements) => {
        expect(typeof evaluateBlinded(elements, key, random).ok).toBe('boolean');
      }),
      { numRuns: 50 },
    );
  });
});

describe('an answer', () => {
  const blinded = blindFingerprints(FINGERPRINTS, random);
  const evaluate = (by = key) => {
    const answer = evaluateBlinded(blinded.elements, by, random);
    if (!answer.ok) throw new Error(answer.reason);
    return answer.value;
  };
  const good = evaluate();

  test.each([
    ['made with another key', evaluate(other)],
    [
      'with one element of another key',
      { ...good, elements: [evaluate(other).elements[0] as Uint8Array, ...good.elements.slice(1)] },
    ],
    ['in another order', { ...good, elements: good.elements.toReversed() }],
    ['with an element too few', { ...good, elements: good.elements.slice(1) }],
    ['with another proof', { ...good, proof: evaluate(other).proof }],
    ['without a proof', { ...good, proof: new Uint8Array() }],
    ['with a proof of zeros', { ...good, proof: new Uint8Array(64) }],
    ['of no elements of the group', { ...good, elements: good.elements.map(() => new Uint8Array(32).fill(255)) }],
  ])('%s is not believed', (_, answer) => {
    expect(unblind(blinded, 3, answer, key.publicKey)).toEqual({ ok: false, reason: 'oprf-unproved' });
  });

  test('is not believed under another key than the published one', () => {
    expect(unblind(blinded, 3, good, other.publicKey).ok).toBe(false);
    expect(unblind(blinded, 3, good, new Uint8Array(32)).ok).toBe(false);
  });
});

test.each([
  [['00'.repeat(32)], 1],
  [[], 0],
  [['00'], undefined],
  [['00'.repeat(32), 7], undefined],
  [['AA'.repeat(32)], undefined],
])('elements as they travel: %j', (texts, count) => {
  expect(parseElements(texts)?.length).toBe(count);
});

test('a key needs thirty-two bytes', () => {
  expect(() => oprfKey(new Uint8Array(31))).toThrow(RangeError);
});
