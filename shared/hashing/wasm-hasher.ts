/** The hasher in WebAssembly. `assembly/` is its source; how its bytes come here is the caller's matter. */

import { concatBytes, equalBytes } from '../bytes/bytes.ts';
import { TILE_WIDTH } from '../log/tile.ts';
import { checked, HASH_BYTES, type Hasher, NOBLE_HASHER } from './hasher.ts';

/** As much of the global as is used: where there is none, or a page's policy forbids it, using it throws. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** What `assembly/index.ts` exports. */
interface Core {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly INPUT: { readonly value: number };
  readonly INPUT_BYTES: { readonly value: number };
  readonly OUTPUT: { readonly value: number };
  readonly ENTRIES_AT_ONCE: { readonly value: number };
  readonly leaves: (count: number) => void;
  readonly nodes: (count: number) => void;
  readonly root: (width: number) => void;
}

/** The two builds of the core, as bytes. */
export interface HasherBinaries {
  readonly simd: Uint8Array;
  readonly scalar: Uint8Array;
}

function wasmHasher(binary: Uint8Array, engine: 'simd' | 'scalar'): Hasher {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary));
  const core = instance.exports as Core;
  const memory = new Uint8Array(core.memory.buffer);
  const [input, output] = [core.INPUT.value, core.OUTPUT.value];
  const end = input + core.INPUT_BYTES.value;

  /** Hashes as many entries from `first` on as have room; answers how many that were. */
  const batch = (entries: readonly Uint8Array[], first: number): number => {
    const last = Math.min(entries.length, first + core.ENTRIES_AT_ONCE.value);
    let at = input;
    let next = first;
    for (; next < last; next++) {
      const entry = entries[next] ?? new Uint8Array(0);
      if (at + 2 + entry.length > end) break;
      memory[at] = entry.length >> 8;
      memory[at + 1] = entry.length;
      memory.set(entry, at + 2);
      at += 2 + entry.length;
    }
    core.leaves(next - first);
    return next - first;
  };

  return checked({
    engine,
    leafHashes(entries) {
      const hashes = new Uint8Array(entries.length * HASH_BYTES);
      for (let done = 0; done < entries.length; ) {
        const count = batch(entries, done);
        hashes.set(memory.subarray(output, output + count * HASH_BYTES), done * HASH_BYTES);
        done += count;
      }
      return hashes;
    },
    nodeHashes(level) {
      const above = new Uint8Array(level.length / 2);
      const step = core.INPUT_BYTES.value;
      for (let at = 0; at < level.length; at += step) {
        const pairs = level.subarray(at, at + step);
        memory.set(pairs, input);
        core.nodes(pairs.length / (2 * HASH_BYTES));
        above.set(memory.subarray(input, input + pairs.length / 2), at / 2);
      }
      return above;
    },
    tileRoot(tile) {
      memory.set(tile, input);
      core.root(TILE_WIDTH);
      return memory.slice(input, input + HASH_BYTES);
    },
  });
}

/** Entries around every edge of the padding, and a tile made of their hashes. */
const KNOWN_ENTRIES = [0, 1, 54, 55, 56, 62, 63, 64, 118, 119, 120, 300].map((length) =>
  new Uint8Array(length).fill(length),
);

/** An engine that computes wrongly would accuse an honest log: it must agree with the reference before it is used. */
function agrees(hasher: Hasher): boolean {
  const leaves = hasher.leafHashes(KNOWN_ENTRIES);
  const tile = concatBytes(
    ...Array.from({ length: TILE_WIDTH }, (_, i) => leaves.slice(i % 300, (i % 300) + HASH_BYTES)),
  );
  return (
    equalBytes(leaves, NOBLE_HASHER.leafHashes(KNOWN_ENTRIES)) &&
    equalBytes(hasher.tileRoot(tile), NOBLE_HASHER.tileRoot(tile))
  );
}

/**
 * The fastest hasher that runs here and computes rightly: SIMD where the engine validates it, without SIMD where it has
 * WebAssembly and may use it, else the reference.
 *
 * @example
 * import { fastestHasher } from '#shared/hashing/wasm-hasher.ts';
 * fastestHasher({ simd: new Uint8Array(0), scalar: new Uint8Array(0) }).engine; // => 'noble'
 */
export function fastestHasher(binaries: HasherBinaries): Hasher {
  for (const engine of ['simd', 'scalar'] as const) {
    try {
      const hasher = wasmHasher(binaries[engine], engine);
      if (agrees(hasher)) return hasher;
    } catch {
      // No WebAssembly, a policy that forbids it, no SIMD, or bytes that are no such module: the next engine.
    }
  }
  return NOBLE_HASHER;
}
