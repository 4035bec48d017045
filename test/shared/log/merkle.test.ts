import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import { concatBytes, utf8 } from '#shared/bytes/bytes.ts';
import {
  consistencyProof,
  EMPTY_ROOT,
  foldSubtrees,
  inclusionProof,
  leafHash,
  nodeHash,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '#shared/log/merkle.ts';

const leaves = Array.from({ length: 13 }, (_, i) => leafHash(utf8(`entry ${i}`)));
const root = treeRoot(leaves);
const short = new Uint8Array(31);
const long = new Uint8Array(33);

describe('an inclusion proof', () => {
  const proof = inclusionProof(leaves, 5);
  const good = { leafHash: leafHash(utf8('entry 5')), index: 5, size: 13, proof, root };
  const [first = short, ...rest] = proof;

  test('verifies', () => {
    expect(verifyInclusion(good)).toEqual({ ok: true, value: true });
  });

  test.each([
    ['a negative index', { index: -1 }],
    ['an index at the size', { index: 13 }],
    ['a fractional index', { index: 5.5 }],
    ['an index that is no number', { index: Number.NaN }],
    ['a size of 0', { index: 0, size: 0, proof: [] }],
    ['a negative size', { size: -13 }],
    ['a size above 2^53 - 1', { size: 2 ** 53 }],
    ['an endless size', { size: Number.POSITIVE_INFINITY }],
    ['a hash too few', { proof: rest }],
    ['a hash too many', { proof: [...proof, EMPTY_ROOT] }],
    ['no hash', { proof: [] }],
    ['100,000 hashes', { proof: Array.from({ length: 100_000 }, () => EMPTY_ROOT) }],
    ['a hash of 31 bytes', { proof: [short, ...rest] }],
    ['a hash of 33 bytes', { proof: [long, ...rest] }],
    ['an empty root', { root: new Uint8Array(0) }],
    ['a root of 31 bytes', { root: root.slice(1) }],
    ['a leaf hash of 33 bytes', { leafHash: long }],
  ])('with %s is malformed', (_, field) => {
    expect(verifyInclusion({ ...good, ...field })).toEqual({ ok: false, reason: 'inclusion-malformed' });
  });

  test.each([
    ['another entry', { leafHash: leafHash(utf8('entry 6')) }],
    ['the entry itself for its hash', { leafHash: sha256(utf8('entry 5')) }],
    ['another root', { root: treeRoot(leaves.slice(1)) }],
    ['the empty root', { root: EMPTY_ROOT }],
    ['its neighbour for its index', { index: 4 }],
    ['its hashes in another order', { proof: proof.toReversed() }],
    ['another hash', { proof: [nodeHash(first, first), ...rest] }],
  ])('with %s does not match', (_, field) => {
    expect(verifyInclusion({ ...good, ...field })).toEqual({ ok: false, reason: 'inclusion-mismatch' });
  });

  test('of the only leaf is empty, and the leaf is the root', () => {
    const [leafHash = short] = leaves;
    expect(inclusionProof([leafHash], 0)).toEqual([]);
    expect(verifyInclusion({ leafHash, index: 0, size: 1, proof: [], root: leafHash }).ok).toBe(true);
    expect(verifyInclusion({ leafHash, index: 0, size: 1, proof: [], root }).ok).toBe(false);
  });

  test('of the first of 2^53 - 1 leaves has 53 hashes', () => {
    const size = Number.MAX_SAFE_INTEGER;
    const hashes = (count: number) => Array.from({ length: count }, (_, i) => sha256(Uint8Array.of(i)));
    let top = EMPTY_ROOT;
    for (const sibling of hashes(53)) top = nodeHash(top, sibling);
    const deep = { leafHash: EMPTY_ROOT, index: 0, size, root: top };
    expect(verifyInclusion({ ...deep, proof: hashes(53) })).toEqual({ ok: true, value: true });
    expect(verifyInclusion({ ...deep, proof: hashes(52) })).toMatchObject({ reason: 'inclusion-malformed' });
  });

  test.each([-1, 13, 0.5, Number.NaN])('is not made for index %d', (index) => {
    expect(() => inclusionProof(leaves, index)).toThrow(RangeError);
  });
});

describe('a consistency proof', () => {
  const good = {
    size1: 6,
    root1: treeRoot(leaves.slice(0, 6)),
    size2: 13,
    root2: root,
    proof: consistencyProof(leaves, 6),
  };
  const [first = short, ...rest] = good.proof;

  test('verifies', () => {
    expect(verifyConsistency(good)).toEqual({ ok: true, value: true });
  });

  test.each([
    ['size 0', { size1: 0, root1: EMPTY_ROOT, proof: [] }],
    ['two sizes of 0', { size1: 0, size2: 0, root1: EMPTY_ROOT, root2: EMPTY_ROOT, proof: [] }],
    ['a size larger than the next', { size1: 14 }],
    ['a negative size', { size1: -1 }],
    ['a fractional size', { size1: 6.5 }],
    ['a size above 2^53 - 1', { size2: 2 ** 53 }],
    ['a hash too few', { proof: rest }],
    ['a hash too many', { proof: [...good.proof, EMPTY_ROOT] }],
    ['a hash between equal sizes', { size2: 6, root2: good.root1, proof: [EMPTY_ROOT] }],
    ['100,000 hashes', { proof: Array.from({ length: 100_000 }, () => EMPTY_ROOT) }],
    ['a hash of 31 bytes', { proof: [short, ...rest] }],
    ['an old root of 33 bytes', { root1: long }],
    ['a new root of 31 bytes', { root2: short }],
  ])('with %s is malformed', (_, field) => {
    expect(verifyConsistency({ ...good, ...field })).toEqual({ ok: false, reason: 'consistency-malformed' });
  });

  test.each([
    ['another old root', { root1: root }],
    ['another new root', { root2: good.root1 }],
    ['the roots exchanged', { root1: good.root2, root2: good.root1 }],
    ['its hashes in another order', { proof: good.proof.toReversed() }],
    ['another hash', { proof: [nodeHash(first, first), ...rest] }],
    ['other roots of the same size', { size1: 13, proof: [] }],
  ])('with %s does not match', (_, field) => {
    expect(verifyConsistency({ ...good, ...field })).toEqual({ ok: false, reason: 'consistency-mismatch' });
  });

  test('from nothing and to the same size is empty', () => {
    expect(consistencyProof(leaves, 0)).toEqual([]);
    expect(consistencyProof(leaves, 13)).toEqual([]);
    expect(verifyConsistency({ size1: 13, root1: root, size2: 13, root2: root, proof: [] }).ok).toBe(true);
  });

  test.each([-1, 14, 0.5])('is not made from size %d', (size1) => {
    expect(() => consistencyProof(leaves, size1)).toThrow(RangeError);
  });
});

describe('hashing', () => {
  test('keeps leaves and nodes apart: the hash of two hashes is no leaf', () => {
    const [left = short, right = short] = leaves;
    expect(nodeHash(left, right)).not.toEqual(leafHash(concatBytes(left, right)));
    expect(nodeHash(left, right)).not.toEqual(nodeHash(right, left));
  });

  test('folds subtrees from the right', () => {
    const [a = short, b = short, c = short] = leaves;
    expect(foldSubtrees([a, b, c])).toEqual(nodeHash(a, nodeHash(b, c)));
    expect(foldSubtrees([a])).toEqual(a);
  });
});
