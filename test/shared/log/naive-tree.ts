/** The tree of RFC 6962 §2.1 as its recursive definitions read, to check the real one against. */
import { createHash } from 'node:crypto';

/** MTH, PATH and PROOF over leaf hashes. */
export class NaiveTree {
  private readonly leaves: readonly Uint8Array[];
  private readonly known = new Map<string, Uint8Array>();
  constructor(leaves: readonly Uint8Array[]) {
    this.leaves = leaves;
  }

  /** MTH(D[start:end]). */
  root(start = 0, end = this.leaves.length): Uint8Array {
    const name = `${start}:${end}`;
    const hash = this.known.get(name) ?? this.compute(start, end);
    this.known.set(name, hash);
    return hash;
  }

  private compute(start: number, end: number): Uint8Array {
    const sha256 = createHash('sha256');
    const [leaf] = this.leaves.slice(start, end);
    if (end - start === 1 && leaf) return leaf;
    if (end === start) return new Uint8Array(sha256.digest());
    const middle = start + this.k(end - start);
    const [left, right] = [this.root(start, middle), this.root(middle, end)];
    return new Uint8Array(sha256.update(Uint8Array.of(1)).update(left).update(right).digest());
  }

  /** PATH(m, D[start:end]). */
  path(m: number, start = 0, end = this.leaves.length): Uint8Array[] {
    if (end - start === 1) return [];
    const k = this.k(end - start);
    return m < k
      ? [...this.path(m, start, start + k), this.root(start + k, end)]
      : [...this.path(m - k, start + k, end), this.root(start, start + k)];
  }

  /** PROOF(m, D[n]). */
  proof(m: number): Uint8Array[] {
    return this.subproof(m, 0, this.leaves.length, true);
  }

  private subproof(m: number, start: number, end: number, complete: boolean): Uint8Array[] {
    if (m === end - start) return complete ? [] : [this.root(start, end)];
    const k = this.k(end - start);
    return m <= k
      ? [...this.subproof(m, start, start + k, complete), this.root(start + k, end)]
      : [...this.subproof(m - k, start + k, end, false), this.root(start, start + k)];
  }

  /** The largest power of two smaller than n. */
  private k(n: number): number {
    return 2 ** Math.floor(Math.log2(n - 1));
  }
}
