/** What stands where in the module's memory, which never grows: tables and scratch in the first 128 KiB, then the buffers. */

/** Round constants of FIPS 180-4 §4.2.2. */
export const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** Initial state, §5.3.3. */
export const IV: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** 64 schedule words of four messages. */
export const W: usize = 0x1000;
/** The same with the round constants added. */
export const KW: usize = 0x1400;
/** Eight state words of four messages. */
export const STATE: usize = 0x1800;
/** For each lane: where its next block is, how many blocks are left, how many of them are in its tail, where its digest goes. */
export const LANE: usize = 0x1900;
/** The last one or two blocks of each lane's message, with the padding. */
export const TAIL: usize = 0x1a00;
/** `KW` of the second block of a node, for each value of the only byte in it that differs: 256 × 64 words. */
export const SECOND: usize = 0x10000;
/** What the caller hands in, after one byte that may be read. */
export const INPUT: usize = 0x20040;
/** Bytes the caller may hand in. */
export const INPUT_BYTES: usize = 0x100000;
/** Entries whose leaf hashes have room. */
export const ENTRIES_AT_ONCE: usize = 0x1000;
/** Leaf hashes. Ends with the memory. */
export const OUTPUT: usize = 0x130000;
