import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CborTag, type CborValue, decodeCbor, encodeCbor } from '#shared/bytes/cbor.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { inclusionProof, leafHash, treeRoot } from '#shared/log/merkle.ts';
import { parseReceipt, signReceipt, verifyReceipt } from '#shared/receipt/receipt.ts';
import { encodeTransparentStatement, parseTransparentStatement } from '#shared/receipt/transparent-statement.ts';
import { describeVectors, vectorBytes } from '../../support/vectors.ts';

const secretKey = new Uint8Array(32).fill(3);
const key = { secretKey, publicKey: ed25519PublicKey(secretKey) };
const leaves = Array.from({ length: 300 }, (_, index) => leafHash(Uint8Array.of(index & 255, index >> 8)));

function receiptAt(index: number, size: number): Uint8Array {
  const tree = leaves.slice(0, size);
  const path = inclusionProof(tree, index);
  return signReceipt({ log: 'log.example/log/2026', subject: 'id', size, index, path, root: treeRoot(tree) }, key);
}

/** Whether the bytes are a receipt that this key gave for this leaf. */
function holds(bytes: Uint8Array, leaf: Uint8Array, publicKey = key.publicKey): boolean {
  const receipt = parseReceipt(bytes);
  return receipt.ok && verifyReceipt(receipt.value, leaf, publicKey);
}

describe('a receipt', () => {
  test('holds for its entry in every tree, and for no other entry', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.nat(299), (size, at) => {
        const index = at % size;
        const bytes = receiptAt(index, size);
        const other = leaves[(index + 1) % 300] ?? new Uint8Array(32);
        return holds(bytes, leaves[index] ?? new Uint8Array(32)) && !holds(bytes, other);
      }),
      { numRuns: 60 },
    );
  });

  test('with any byte changed is no receipt for its entry, unless what changed was never signed', () => {
    const bytes = receiptAt(5, 11);
    const leaf = leaves[5] ?? new Uint8Array(32);
    const survivors = [...bytes.keys()].filter((at) => {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      return holds(changed, leaf);
    });
    // The size (11 ↔ 10) is outside the signature; the path of leaf 5 is the same in both trees.
    expect(survivors.length).toBeLessThanOrEqual(1);
  });

  test('of another key does not hold, although its kid says so', () => {
    const other = ed25519PublicKey(new Uint8Array(32).fill(4));
    expect(holds(receiptAt(0, 2), leaves[0] ?? new Uint8Array(32), other)).toBe(false);
  });

  test('cannot be made for a tree of one leaf', () => {
    expect(() => receiptAt(0, 1)).toThrow('one leaf');
  });

  const whole = decodeCbor(receiptAt(1, 3));
  const parts = whole.ok && whole.value instanceof CborTag ? (whole.value.value as readonly CborValue[]) : [];
  const [header = null, unprotected = null, , signature = null] = parts;
  const made = (items: readonly CborValue[], tag = 18) => encodeCbor(new CborTag(tag, items));
  const proofs = (value: CborValue) => new Map([[396, value]]);
  const proof = (value: CborValue) => proofs(new Map([[-1, [encodeCbor(value)]]]));
  const hash = new Uint8Array(32);
  test.each<readonly [string, Uint8Array, string]>([
    ['another tag', made([header, unprotected, null, signature], 61), 'receipt-malformed'],
    ['an attached payload', made([header, unprotected, hash, signature]), 'receipt-malformed'],
    ['no proof', made([header, new Map(), null, signature]), 'receipt-malformed'],
    ['a consistency proof', made([header, proofs(new Map([[-2, [hash]]])), null, signature]), 'receipt-unsupported'],
    [
      'an unwrapped proof',
      made([header, proofs(new Map([[-1, [[3, 1, [hash]]]]])), null, signature]),
      'receipt-malformed',
    ],
    ['two proofs', made([header, proofs(new Map([[-1, [hash, hash]]])), null, signature]), 'receipt-malformed'],
    ['an index beyond the tree', made([header, proof([3, 3, [hash]]), null, signature]), 'receipt-malformed'],
    ['an empty path', made([header, proof([3, 1, []]), null, signature]), 'receipt-malformed'],
    ['a path of 65', made([header, proof([3, 1, Array(65).fill(hash)]), null, signature]), 'receipt-malformed'],
    ['a short hash', made([header, proof([3, 1, [hash.slice(1)]]), null, signature]), 'receipt-malformed'],
    ['a short signature', made([header, unprotected, null, hash]), 'receipt-malformed'],
    [
      'a label beside the proofs',
      made([header, new Map([...(unprotected as Map<number, CborValue>), [397, 1]]), null, signature]),
      'receipt-unsupported',
    ],
    [
      'another tree',
      made([
        encodeCbor(
          new Map<number, CborValue>([
            [1, -19],
            [4, hash],
            [15, new Map()],
            [395, 2],
          ]),
        ),
        unprotected,
        null,
        signature,
      ]),
      'receipt-unsupported',
    ],
    ['over 4 KiB', new Uint8Array(4097), 'receipt-malformed'],
  ])('with %s is refused', (_, bytes, reason) => {
    expect(parseReceipt(bytes)).toMatchObject({ ok: false, reason });
  });

  test('is refused without a throw, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        return !parseReceipt(bytes).ok && !parseTransparentStatement(bytes).ok;
      }),
    );
  });
});

describe('a Transparent Statement', () => {
  const statement = made18([Uint8Array.of(0xa0), new Map(), new Uint8Array(32), new Uint8Array(64)]);
  const receipts = [receiptAt(0, 2), receiptAt(1, 2)];

  test('gives back the statement as it was logged, and its receipts', () => {
    const encoded = encodeTransparentStatement({ statement, receipts });
    expect(parseTransparentStatement(encoded)).toEqual({ ok: true, value: { statement, receipts } });
  });

  test.each<readonly [string, CborValue]>([
    ['no receipt', new Map([[394, []]])],
    [
      'something beside the receipts',
      new Map<number, CborValue>([
        [394, receipts],
        [1, 2],
      ]),
    ],
    ['a receipt that is no byte string', new Map([[394, [1]]])],
    ['nine receipts', new Map([[394, Array(9).fill(receipts[0])]])],
    ['an empty unprotected header', new Map()],
  ])('with %s is refused', (_, unprotected) => {
    const bytes = made18([Uint8Array.of(0xa0), unprotected, new Uint8Array(32), new Uint8Array(64)]);
    expect(parseTransparentStatement(bytes)).toMatchObject({ ok: false, reason: 'transparent-statement-malformed' });
  });
});

function made18(items: readonly CborValue[]): Uint8Array {
  return encodeCbor(new CborTag(18, items));
}

describeVectors('cose-wg/draft-ietf-cose-merkle-tree-proofs', () => {
  test('the published inclusion proof has the structure of ours; its unsorted header and ES256 are not ours', () => {
    const bytes = vectorBytes('log/cose-receipts/inclusion-receipt.cbor');
    expect(parseReceipt(bytes)).toMatchObject({ ok: false, reason: 'receipt-malformed' });
    const start = bytes.findIndex((byte, at) => byte === 0x58 && bytes[at + 1] === 0x6a);
    const proof = decodeCbor(bytes.slice(start + 2, start + 2 + 0x6a));
    expect(proof).toMatchObject({ ok: true, value: [5, 3, { length: 3 }] });
  });
});
