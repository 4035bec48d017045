/** SHA-256 (FIPS 180-4) of as many messages as a `T` holds, block by block. */
import { IV, K, KW, SECOND, STATE, W } from './memory';
import { add, at, choose, lanes, majority, put, rotateRight, shiftRight, splat, xor } from './word';

// @ts-ignore: decorator
@inline
function bigSigma0<T>(x: T): T {
  return xor<T>(xor<T>(rotateRight<T>(x, 2), rotateRight<T>(x, 13)), rotateRight<T>(x, 22));
}

// @ts-ignore: decorator
@inline
function bigSigma1<T>(x: T): T {
  return xor<T>(xor<T>(rotateRight<T>(x, 6), rotateRight<T>(x, 11)), rotateRight<T>(x, 25));
}

// @ts-ignore: decorator
@inline
function smallSigma0<T>(x: T): T {
  return xor<T>(xor<T>(rotateRight<T>(x, 7), rotateRight<T>(x, 18)), shiftRight<T>(x, 3));
}

// @ts-ignore: decorator
@inline
function smallSigma1<T>(x: T): T {
  return xor<T>(xor<T>(rotateRight<T>(x, 17), rotateRight<T>(x, 19)), shiftRight<T>(x, 10));
}

/** Begins new messages. */
export function begin<T>(): void {
  for (let i: usize = 0; i < 8; i++) put<T>(STATE, i, splat<T>(load<u32>(IV + 4 * i)));
}

/** Words 16 to 63 of the schedule from the first 16, and the round constants added to all. */
export function expand<T>(): void {
  for (let i: usize = 0; i < 16; i++) put<T>(KW, i, add<T>(at<T>(W, i), splat<T>(load<u32>(K + 4 * i))));
  for (let i: usize = 16; i < 64; i++) {
    const word = add<T>(
      add<T>(smallSigma1<T>(at<T>(W, i - 2)), at<T>(W, i - 7)),
      add<T>(smallSigma0<T>(at<T>(W, i - 15)), at<T>(W, i - 16)),
    );
    put<T>(W, i, word);
    put<T>(KW, i, add<T>(word, splat<T>(load<u32>(K + 4 * i))));
  }
}

/** The 64 rounds over the schedule words at `kw`, and the sum with the state before. */
export function rounds<T>(kw: usize): void {
  let a = at<T>(STATE, 0);
  let b = at<T>(STATE, 1);
  let c = at<T>(STATE, 2);
  let d = at<T>(STATE, 3);
  let e = at<T>(STATE, 4);
  let f = at<T>(STATE, 5);
  let g = at<T>(STATE, 6);
  let h = at<T>(STATE, 7);
  // Eight rounds bring each variable back to its own name: nothing is moved.
  for (const end = kw + 64 * sizeof<T>(); kw < end; kw += 8 * sizeof<T>()) {
    h = add<T>(add<T>(add<T>(h, at<T>(kw, 0)), choose<T>(e, f, g)), bigSigma1<T>(e));
    d = add<T>(d, h);
    h = add<T>(add<T>(h, majority<T>(a, b, c)), bigSigma0<T>(a));
    g = add<T>(add<T>(add<T>(g, at<T>(kw, 1)), choose<T>(d, e, f)), bigSigma1<T>(d));
    c = add<T>(c, g);
    g = add<T>(add<T>(g, majority<T>(h, a, b)), bigSigma0<T>(h));
    f = add<T>(add<T>(add<T>(f, at<T>(kw, 2)), choose<T>(c, d, e)), bigSigma1<T>(c));
    b = add<T>(b, f);
    f = add<T>(add<T>(f, majority<T>(g, h, a)), bigSigma0<T>(g));
    e = add<T>(add<T>(add<T>(e, at<T>(kw, 3)), choose<T>(b, c, d)), bigSigma1<T>(b));
    a = add<T>(a, e);
    e = add<T>(add<T>(e, majority<T>(f, g, h)), bigSigma0<T>(f));
    d = add<T>(add<T>(add<T>(d, at<T>(kw, 4)), choose<T>(a, b, c)), bigSigma1<T>(a));
    h = add<T>(h, d);
    d = add<T>(add<T>(d, majority<T>(e, f, g)), bigSigma0<T>(e));
    c = add<T>(add<T>(add<T>(c, at<T>(kw, 5)), choose<T>(h, a, b)), bigSigma1<T>(h));
    g = add<T>(g, c);
    c = add<T>(add<T>(c, majority<T>(d, e, f)), bigSigma0<T>(d));
    b = add<T>(add<T>(add<T>(b, at<T>(kw, 6)), choose<T>(g, h, a)), bigSigma1<T>(g));
    f = add<T>(f, b);
    b = add<T>(add<T>(b, majority<T>(c, d, e)), bigSigma0<T>(c));
    a = add<T>(add<T>(add<T>(a, at<T>(kw, 7)), choose<T>(f, g, h)), bigSigma1<T>(f));
    e = add<T>(e, a);
    a = add<T>(add<T>(a, majority<T>(b, c, d)), bigSigma0<T>(b));
  }
  put<T>(STATE, 0, add<T>(at<T>(STATE, 0), a));
  put<T>(STATE, 1, add<T>(at<T>(STATE, 1), b));
  put<T>(STATE, 2, add<T>(at<T>(STATE, 2), c));
  put<T>(STATE, 3, add<T>(at<T>(STATE, 3), d));
  put<T>(STATE, 4, add<T>(at<T>(STATE, 4), e));
  put<T>(STATE, 5, add<T>(at<T>(STATE, 5), f));
  put<T>(STATE, 6, add<T>(at<T>(STATE, 6), g));
  put<T>(STATE, 7, add<T>(at<T>(STATE, 7), h));
}

/** Fills `SECOND`: the last byte of the right hash, the padding, and the length of 65 bytes in bits. */
export function prepareSecond(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    store<u32>(W, (byte << 24) | 0x800000);
    for (let i: usize = 1; i < 15; i++) store<u32>(W + 4 * i, 0);
    store<u32>(W + 60, 520);
    expand<u32>();
    for (let i: usize = 0; i < 256; i += 8) store<u64>(SECOND + 256 * byte + i, load<u64>(KW + i));
  }
}

/** Writes the digest of the message in `lane`. */
export function emit<T>(lane: usize, target: usize): void {
  for (let i: usize = 0; i < 8; i++) {
    store<u32>(target + 4 * i, bswap<u32>(load<u32>(STATE + 4 * (i * lanes<T>() + lane))));
  }
}

/** Begins a new message in `lane` alone. */
export function beginLane<T>(lane: usize): void {
  for (let i: usize = 0; i < 8; i++) store<u32>(STATE + 4 * (i * lanes<T>() + lane), load<u32>(IV + 4 * i));
}
