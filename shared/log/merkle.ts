/**
 * The Merkle tree of the log: SHA-256 with RFC 6962 prefixes, the same tree as RFC 9162 and RFC 9942's
 * `RFC9162_SHA256`.
 *
 * In scope: hashing, making proofs from leaves in memory, verifying proofs. Not checked here: who signed a root.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes32, concatBytes, equalBytes } from '../bytes/bytes.ts';
import { isUnsigned } from '../bytes/decimal.ts';
import { err, ok, type Result } from '../result.ts';
import { consistencyRanges, inclusionRanges, type LeafRange, perfectSubtrees } from './subtree.ts';

const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

/** Root of the tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT: Bytes32 = sha256(new Uint8Array(0));

/**
 * Hash of an entry as a leaf: SHA-256(0x00 ‖ entry).
 *
 * @see RFC 6962 §2.1
 * @example
 * import { leafHash } from '#shared/log/merkle.ts';
 * import { toHex } from '#shared/bytes/hex.ts';
 * toHex(leafHash(new Uint8Array(0))); // => '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
 */
export const leafHash = (entry: Uint8Array): Bytes32 => sha256(concatBytes(LEAF_PREFIX, entry));

/**
 * Hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
 *
 * @see RFC 6962 §2.1
 * @example
 * import { EMPTY_ROOT, nodeHash } from '#shared/log/merkle.ts';
 * nodeHash(EMPTY_ROOT, EMPTY_ROOT).length; // => 32
 */
export const nodeHash = (left: Bytes32, right: Bytes32): Bytes32 => sha256(concatBytes(NODE_PREFIX, left, right));

/**
 * Hash of adjacent subtrees, given largest (leftmost) first: folds them from the right.
 *
 * @returns EMPTY_ROOT for no subtrees
 * @example
 * import { EMPTY_ROOT, foldSubtrees } from '#shared/log/merkle.ts';
 * foldSubtrees([]); // => EMPTY_ROOT
 */
export function foldSubtrees(hashes: readonly Bytes32[]): Bytes32 {
  let root: Bytes32 | undefined;
  for (const hash of hashes.toReversed()) root = root ? nodeHash(hash, root) : hash;
  return root ?? EMPTY_ROOT;
}

/** Hash of a perfect subtree, level by level: no recursion, so no size overflows the stack. */
function perfectRoot(leafHashes: readonly Bytes32[], { start, end }: LeafRange): Bytes32 {
  let level = leafHashes.slice(start, end);
  while (level.length > 1) {
    const above: Bytes32[] = [];
    for (let i = 0; i < level.length; i += 2) above.push(nodeHash(level[i] ?? EMPTY_ROOT, level[i + 1] ?? EMPTY_ROOT));
    level = above;
  }
  return level[0] ?? EMPTY_ROOT;
}

const rangeRoot = (leafHashes: readonly Bytes32[], range: LeafRange): Bytes32 =>
  foldSubtrees(perfectSubtrees(range).map((subtree) => perfectRoot(leafHashes, subtree)));

/**
 * Root of the tree over these leaf hashes, in order.
 *
 * @see RFC 6962 §2.1 (MTH)
 * @example
 * import { EMPTY_ROOT, treeRoot } from '#shared/log/merkle.ts';
 * treeRoot([]); // => EMPTY_ROOT
 */
export const treeRoot = (leafHashes: readonly Bytes32[]): Bytes32 =>
  rangeRoot(leafHashes, { start: 0, end: leafHashes.length });

/**
 * Proof that leaf `index` is in the tree over all of `leafHashes`, from the leaf's sibling to the root's child.
 *
 * @throws RangeError where `index` is not the index of a leaf
 * @see RFC 6962 §2.1.1
 * @example
 * import { inclusionProof, leafHash } from '#shared/log/merkle.ts';
 * const leaves = [leafHash(Uint8Array.of(1)), leafHash(Uint8Array.of(2))];
 * inclusionProof(leaves, 0); // => [leaves[1]]
 */
export function inclusionProof(leafHashes: readonly Bytes32[], index: number): Bytes32[] {
  if (!isUnsigned(index) || index >= leafHashes.length) throw new RangeError('index: not the index of a leaf');
  return inclusionRanges(index, leafHashes.length).map((range) => rangeRoot(leafHashes, range));
}

/**
 * Proof that the tree over all of `leafHashes` extends the tree over its first `size1`. Empty for `size1` 0 and for
 * the whole size.
 *
 * @throws RangeError where `size1` is larger than the tree
 * @see RFC 6962 §2.1.2
 * @example
 * import { consistencyProof, leafHash } from '#shared/log/merkle.ts';
 * const leaves = [leafHash(Uint8Array.of(1)), leafHash(Uint8Array.of(2))];
 * consistencyProof(leaves, 1); // => [leaves[1]]
 */
export function consistencyProof(leafHashes: readonly Bytes32[], size1: number): Bytes32[] {
  if (!isUnsigned(size1) || size1 > leafHashes.length) throw new RangeError('size1: larger than the tree');
  return consistencyRanges(size1, leafHashes.length).map((range) => rangeRoot(leafHashes, range));
}

const allHashes = (...hashes: readonly Uint8Array[]): boolean => hashes.every((hash) => hash.length === 32);

/** No tree of safe-integer size has a longer inclusion path. */
export const MAX_PATH = 64;

/**
 * The root that an inclusion path leads to: for proofs whose root is signed but not sent. Total on
 * attacker-controlled input; the number of hashes must be exactly the one `index` and `size` need.
 *
 * @returns `undefined` for an impossible index, length of a hash or number of hashes
 * @see RFC 9162 §2.1.3.2
 * @example
 * import { inclusionRoot, leafHash } from '#shared/log/merkle.ts';
 * const only = leafHash(Uint8Array.of(1));
 * inclusionRoot({ leafHash: only, index: 0, size: 1, proof: [] }); // => only
 */
export function inclusionRoot(input: {
  readonly leafHash: Bytes32;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Bytes32[];
}): Bytes32 | undefined {
  const { index, size, proof } = input;
  if (!isUnsigned(index) || !isUnsigned(size) || index >= size) return undefined;
  if (!allHashes(input.leafHash, ...proof.slice(0, MAX_PATH))) return undefined;
  const ranges = inclusionRanges(index, size);
  if (proof.length !== ranges.length) return undefined;
  let hash = input.leafHash;
  ranges.forEach((range, level) => {
    const sibling = proof[level] ?? EMPTY_ROOT;
    hash = range.start > index ? nodeHash(hash, sibling) : nodeHash(sibling, hash);
  });
  return hash;
}

/**
 * Holds when the proof leads from `leafHash` at `index` to `root` of the tree of `size` leaves. Total on
 * attacker-controlled input.
 *
 * @returns `inclusion-malformed` (impossible index, length of a hash or number of hashes), `inclusion-mismatch`
 * @see RFC 9162 §2.1.3.2
 * @example
 * import { inclusionProof, leafHash, treeRoot, verifyInclusion } from '#shared/log/merkle.ts';
 * const leaves = [leafHash(Uint8Array.of(1)), leafHash(Uint8Array.of(2))];
 * const proof = inclusionProof(leaves, 1);
 * verifyInclusion({ leafHash: leafHash(Uint8Array.of(2)), index: 1, size: 2, proof, root: treeRoot(leaves) }).ok; // => true
 */
export function verifyInclusion(input: {
  readonly leafHash: Bytes32;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Bytes32[];
  readonly root: Bytes32;
}): Result<true, 'inclusion-malformed' | 'inclusion-mismatch'> {
  const root = input.root.length === 32 ? inclusionRoot(input) : undefined;
  if (!root) return err('inclusion-malformed');
  return equalBytes(root, input.root) ? ok(true) : err('inclusion-mismatch');
}

/**
 * Holds when the tree `size2`/`root2` contains the tree `size1`/`root1` unchanged as its first leaves. Total on
 * attacker-controlled input. From size 0 nothing can be proven, so it is refused here; a witness, which accepts it with
 * an empty proof, decides that before it asks.
 *
 * @returns `consistency-malformed` (impossible sizes, length of a hash or number of hashes), `consistency-mismatch`
 * @see RFC 9162 §2.1.4.2
 * @example
 * import { consistencyProof, leafHash, treeRoot, verifyConsistency } from '#shared/log/merkle.ts';
 * const leaves = [1, 2, 3].map((byte) => leafHash(Uint8Array.of(byte)));
 * const root1 = treeRoot(leaves.slice(0, 2));
 * const proof = consistencyProof(leaves, 2);
 * verifyConsistency({ size1: 2, root1, size2: 3, root2: treeRoot(leaves), proof }).ok; // => true
 */
export function verifyConsistency(input: {
  readonly size1: number;
  readonly root1: Bytes32;
  readonly size2: number;
  readonly root2: Bytes32;
  readonly proof: readonly Bytes32[];
}): Result<true, 'consistency-malformed' | 'consistency-mismatch'> {
  const { size1, root1, size2, root2, proof } = input;
  if (!isUnsigned(size1) || !isUnsigned(size2) || size1 === 0 || size1 > size2) return err('consistency-malformed');
  if (!allHashes(root1, root2, ...proof.slice(0, 64))) return err('consistency-malformed');
  const ranges = consistencyRanges(size1, size2);
  if (proof.length !== ranges.length) return err('consistency-malformed');
  // The innermost range ends where the old tree does; where the old tree is perfect it is the old root itself.
  const perfect = ranges[0] === undefined || ranges[0].start >= size1;
  let old = perfect ? root1 : (proof[0] ?? EMPTY_ROOT);
  let grown = old;
  for (let level = perfect ? 0 : 1; level < ranges.length; level++) {
    const sibling = proof[level] ?? EMPTY_ROOT;
    if ((ranges[level]?.start ?? 0) >= size1) grown = nodeHash(grown, sibling);
    else {
      old = nodeHash(sibling, old);
      grown = nodeHash(sibling, grown);
    }
  }
  return equalBytes(old, root1) && equalBytes(grown, root2) ? ok(true) : err('consistency-mismatch');
}
