/** The words of a block out of memory: big-endian, and for four lanes turned so that each vector holds one word of all. */
import { KW, SECOND, W } from './memory';

/** The bytes of each word in the other order. */
// @ts-ignore: decorator
@inline
function swapped(bytes: v128): v128 {
  return i8x16.shuffle(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Four words of each of four lanes, turned. */
// @ts-ignore: decorator
@inline
function turn(target: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const abHigh = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  const cd = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const cdHigh = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  v128.store(target, i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(target + 16, i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
  v128.store(target + 32, i8x16.shuffle(abHigh, cdHigh, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(target + 48, i8x16.shuffle(abHigh, cdHigh, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
}

/** The first 16 schedule words of four blocks. */
export function words4(a: usize, b: usize, c: usize, d: usize): void {
  for (let i: usize = 0; i < 64; i += 16) {
    turn(
      W + 4 * i,
      swapped(v128.load(a + i)),
      swapped(v128.load(b + i)),
      swapped(v128.load(c + i)),
      swapped(v128.load(d + i)),
    );
  }
}

/** The first 16 schedule words of one block. */
export function words1(block: usize): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(W + i, bswap<u32>(load<u32>(block + i)));
}

/** `KW` of the second block of four nodes whose pairs of hashes stand one after the other. */
export function second4(pairs: usize): void {
  const a = SECOND + 256 * load<u8>(pairs, 63);
  const b = SECOND + 256 * load<u8>(pairs, 127);
  const c = SECOND + 256 * load<u8>(pairs, 191);
  const d = SECOND + 256 * load<u8>(pairs, 255);
  for (let i: usize = 0; i < 256; i += 16) {
    turn(KW + 4 * i, v128.load(a + i), v128.load(b + i), v128.load(c + i), v128.load(d + i));
  }
}
