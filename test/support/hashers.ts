/** The three engines, from the committed bytes. */
import { type Hasher, NOBLE_HASHER } from '#shared/hashing/hasher.ts';
import { fastestHasher } from '#shared/hashing/wasm-hasher.ts';
import { committedCore } from '../checks/hashing-core.ts';

const NOTHING = new Uint8Array(0);

export const BINARIES = {
  simd: committedCore('shared/hashing/sha256-simd.wasm'),
  scalar: committedCore('shared/hashing/sha256-scalar.wasm'),
};

export const SIMD: Hasher = fastestHasher(BINARIES);
export const SCALAR: Hasher = fastestHasher({ ...BINARIES, simd: NOTHING });
export const NOBLE = NOBLE_HASHER;
