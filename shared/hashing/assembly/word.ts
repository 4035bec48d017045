/**
 * A word of SHA-256: `u32`, or `v128` for the same word of four messages side by side. Everything below is resolved when
 * the type is known, so that either build holds only its own instructions.
 */

/** How many messages a `T` holds. */
// @ts-ignore: decorator
@inline
export function lanes<T>(): i32 {
  return isVector<T>() ? 4 : 1;
}

// @ts-ignore: decorator
@inline
export function add<T>(a: T, b: T): T {
  if (isVector<T>()) return i32x4.add(a, b);
  return (a + b) as T;
}

// @ts-ignore: decorator
@inline
export function xor<T>(a: T, b: T): T {
  if (isVector<T>()) return v128.xor(a, b);
  return (a ^ b) as T;
}

// @ts-ignore: decorator
@inline
export function shiftRight<T>(a: T, bits: i32): T {
  if (isVector<T>()) return i32x4.shr_u(a, bits);
  return (a >>> bits) as T;
}

// @ts-ignore: decorator
@inline
export function rotateRight<T>(a: T, bits: i32): T {
  if (isVector<T>()) return v128.xor(i32x4.shr_u(a, bits), i32x4.shl(a, 32 - bits));
  return rotr<u32>(a as u32, bits) as T;
}

/** `b` where the bits of `a` are set, `c` elsewhere: Ch of FIPS 180-4. */
// @ts-ignore: decorator
@inline
export function choose<T>(a: T, b: T, c: T): T {
  if (isVector<T>()) return v128.bitselect(b, c, a);
  return (c ^ (a & (b ^ c))) as T;
}

/** Maj of FIPS 180-4. */
// @ts-ignore: decorator
@inline
export function majority<T>(a: T, b: T, c: T): T {
  if (isVector<T>()) return v128.bitselect(c, b, v128.xor(a, b));
  return (b ^ ((a ^ b) & (b ^ c))) as T;
}

/** The same word for every message. */
// @ts-ignore: decorator
@inline
export function splat<T>(word: u32): T {
  if (isVector<T>()) return i32x4.splat(word);
  return word as T;
}

/** Word `i` of an array of words. */
// @ts-ignore: decorator
@inline
export function at<T>(array: usize, i: usize): T {
  return load<T>(array + i * sizeof<T>());
}

/** Sets word `i` of an array of words. */
// @ts-ignore: decorator
@inline
export function put<T>(array: usize, i: usize, word: T): void {
  store<T>(array + i * sizeof<T>(), word);
}
