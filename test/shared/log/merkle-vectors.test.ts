import { describe, expect, test } from 'vitest';
import { fromBase64 } from '#shared/bytes/base64.ts';
import { fromHex, toHex } from '#shared/bytes/hex.ts';
import {
  consistencyProof,
  EMPTY_ROOT,
  inclusionProof,
  leafHash,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '#shared/log/merkle.ts';
import { describeVectors, vectorJson } from '../../support/vectors.ts';

// Go writes an absent byte string as null.
const bytes = (text: string | null): Uint8Array => fromBase64(text ?? '') ?? new Uint8Array(0);
const hashes = (proof: readonly string[] | null): Uint8Array[] => (proof ?? []).map(bytes);
const load = <T>(kind: string): readonly (T & { readonly path: string; readonly wantErr: boolean })[] =>
  vectorJson<{ cases: readonly (T & { path: string; wantErr: boolean })[] }>(`log/merkle/${kind}.json`).cases;
const counts = (cases: readonly { wantErr: boolean }[]): number[] => [
  cases.length,
  cases.filter(({ wantErr }) => wantErr).length,
];

describeVectors('transparency-dev/merkle inclusion', () => {
  const cases = load<{ leafIdx: number; treeSize: number; root: string; leafHash: string; proof: string[] | null }>(
    'inclusion',
  );

  test('77 are there, 72 of them false', () => {
    expect(counts(cases)).toEqual([77, 72]);
  });

  test.each(cases)('$path: refused is $wantErr', ({ leafIdx, treeSize, root, leafHash, proof, wantErr }) => {
    const input = {
      index: leafIdx,
      size: treeSize,
      root: bytes(root),
      leafHash: bytes(leafHash),
      proof: hashes(proof),
    };
    expect(verifyInclusion(input).ok).toBe(!wantErr);
  });
});

describeVectors('transparency-dev/merkle subtree inclusion', () => {
  const all = load<{
    leafIdx: number;
    start: number;
    end: number;
    root: string;
    leafHash: string;
    proof: string[] | null;
  }>('subtreeinclusion');
  const leastPowerFrom = (length: number): number => 2 ** Math.ceil(Math.log2(length));
  const isSubtree = ({ start, end }: { start: number; end: number }) =>
    start < end && start % leastPowerFrom(end - start) === 0;
  // A subtree of the log is a tree of its own, with its leaves counted from its start.
  const cases = all.filter(isSubtree);

  test('161 are there; every one whose range is no subtree is false', () => {
    expect(counts(all)).toEqual([161, 151]);
    expect(all.filter((each) => !isSubtree(each) && !each.wantErr)).toEqual([]);
  });

  test.each(cases)('$path: refused is $wantErr', ({ leafIdx, start, end, root, leafHash, proof, wantErr }) => {
    const input = { root: bytes(root), leafHash: bytes(leafHash), proof: hashes(proof) };
    expect(verifyInclusion({ ...input, index: leafIdx - start, size: end - start }).ok).toBe(!wantErr);
  });
});

describeVectors('transparency-dev/merkle consistency', () => {
  interface Case {
    readonly size1: number;
    readonly size2: number;
    readonly root1: string;
    readonly root2: string;
    readonly proof: readonly string[] | null;
  }
  const cases = load<Case>('consistency');
  const input = ({ size1, size2, root1, root2, proof }: Case) => {
    return { size1, size2, root1: bytes(root1), root2: bytes(root2), proof: hashes(proof) };
  };
  // That library compares whatever it is given as roots; here a root has 32 bytes.
  const shortRoots = cases.filter(({ root1, wantErr }) => !wantErr && bytes(root1).length !== 32);

  test('77 are there, 72 of them false, one true for roots of 12 bytes', () => {
    expect(counts(cases)).toEqual([77, 72]);
    expect(shortRoots).toHaveLength(1);
  });

  test.each(cases.filter((each) => !shortRoots.includes(each)))('$path: refused is $wantErr', (each) => {
    expect(verifyConsistency(input(each)).ok).toBe(!each.wantErr);
  });

  test.each(shortRoots)('$path: accepted only once its roots have 32 bytes', (each) => {
    expect(verifyConsistency(input(each))).toEqual({ ok: false, reason: 'consistency-malformed' });
    expect(verifyConsistency({ ...input(each), root1: EMPTY_ROOT, root2: EMPTY_ROOT }).ok).toBe(true);
  });
});

describe('the tree of Certificate Transparency', () => {
  // The eight entries and the roots of certificate-transparency's own tests, after RFC 6962 §2.1.
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ].map((hex) => leafHash(fromHex(hex) ?? EMPTY_ROOT));
  const ROOTS = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  test.each(ROOTS.map((root, size) => [size, root] as const))('of %i leaves has the root %s', (size, root) => {
    expect(toHex(treeRoot(leaves.slice(0, size)))).toBe(root);
  });

  test('of 7 leaves gives the proofs that RFC 6962 §2.1.3 draws', () => {
    // Leaves a0 a1 a2 a3 a4 a5 a6 under their parents; the nodes are named as in the RFC, over d0 to d6.
    const seven = leaves.slice(0, 7);
    const over = (start: number, end: number) => treeRoot(seven.slice(start, end));
    const at = (index: number) => over(index, index + 1);
    expect(inclusionProof(seven, 0)).toEqual([at(1), over(2, 4), over(4, 7)]);
    expect(inclusionProof(seven, 3)).toEqual([at(2), over(0, 2), over(4, 7)]);
    expect(inclusionProof(seven, 4)).toEqual([at(5), at(6), over(0, 4)]);
    expect(inclusionProof(seven, 6)).toEqual([over(4, 6), over(0, 4)]);
    expect(consistencyProof(seven, 3)).toEqual([at(2), at(3), over(0, 2), over(4, 7)]);
    expect(consistencyProof(seven, 4)).toEqual([over(4, 7)]);
    expect(consistencyProof(seven, 6)).toEqual([over(4, 6), at(6), over(0, 4)]);
  });
});
