/** The hasher in Node: the core's two builds lie beside its source. */
import { readFileSync } from 'node:fs';
import type { Hasher } from '#shared/hashing/hasher.ts';
import { fastestHasher } from '#shared/hashing/wasm-hasher.ts';

const core = (name: string): Uint8Array => readFileSync(new URL(`../../shared/hashing/${name}`, import.meta.url));

let made: Hasher | undefined;

/** The fastest hasher of this Node; made once. */
export function nodeHasher(): Hasher {
  made ??= fastestHasher({ simd: core('sha256-simd.wasm'), scalar: core('sha256-scalar.wasm') });
  return made;
}
