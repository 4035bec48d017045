/**
 * Which parts of a Merkle tree a proof names (RFC 6962 §2.1.1, §2.1.2), as ranges of leaf indices. Leaves in memory
 * and stored tiles answer the same ranges, so both give the same proof. Pure arithmetic, no hashing.
 */

/** The leaves `start` up to, not including, `end`; the hash meant is MTH(D[start:end]). */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** The largest power of two that is smaller than `count` (≥ 2): where RFC 6962 splits a list of `count` leaves. */
function split(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/**
 * The ranges whose hashes prove that leaf `index` is in the tree of `size` leaves, from the leaf's sibling upward.
 * Expects 0 ≤ index < size.
 *
 * @see RFC 6962 §2.1.1
 * @example
 * import { inclusionRanges } from '#shared/log/subtree.ts';
 * inclusionRanges(2, 3); // => [{ start: 0, end: 2 }]
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/**
 * The ranges whose hashes prove that the tree of `size2` leaves extends the tree of `size1`. Expects
 * 0 ≤ size1 ≤ size2; nothing needs proving from an empty tree or to the same size.
 *
 * @see RFC 6962 §2.1.2
 * @example
 * import { consistencyRanges } from '#shared/log/subtree.ts';
 * consistencyRanges(2, 3); // => [{ start: 2, end: 3 }]
 */
export function consistencyRanges(size1: number, size2: number): LeafRange[] {
  if (size1 === 0 || size1 === size2) return [];
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size2;
  while (end !== size1) {
    const middle = start + split(end - start);
    if (size1 <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

/**
 * The perfect subtrees of a range, largest first; their hashes folded from the right give the range's hash. Expects a
 * range that a proof names: its start is a multiple of the largest power of two in its length.
 *
 * @example
 * import { perfectSubtrees } from '#shared/log/subtree.ts';
 * perfectSubtrees({ start: 8, end: 11 }); // => [{ start: 8, end: 10 }, { start: 10, end: 11 }]
 */
export function perfectSubtrees({ start, end }: LeafRange): LeafRange[] {
  const subtrees: LeafRange[] = [];
  for (let at = start; at < end; ) {
    const length = end - at === 1 ? 1 : split(end - at + 1);
    subtrees.push({ start: at, end: at + length });
    at += length;
  }
  return subtrees;
}
