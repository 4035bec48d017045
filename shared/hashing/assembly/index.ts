/**
 * The hashing core: leaf and node hashes of RFC 6962 in batches. One source, built with and without SIMD.
 *
 * The caller writes at INPUT, calls, and reads the answer. It never hands in more than INPUT_BYTES, and calls it right:
 * nothing is checked here.
 */
import { second4, words1, words4 } from './block';
import { INPUT, KW, LANE, OUTPUT, SECOND, STATE, TAIL, W } from './memory';
import { begin, beginLane, emit, expand, prepareSecond, rounds } from './sha256';

const LANES: usize = ASC_FEATURE_SIMD ? 4 : 1;

prepareSecond();

export { ENTRIES_AT_ONCE, INPUT, INPUT_BYTES, OUTPUT } from './memory';

/** Hashes pairs of hashes; the answer stands over them. */
export function nodes(count: usize): void {
  // SHA-256(0x01 ‖ left ‖ right): the words of the first block begin a byte early, where the prefix is put.
  for (let done: usize = 0; done < count; done += LANES) {
    const pairs = INPUT + 64 * done;
    if (ASC_FEATURE_SIMD) {
      begin<v128>();
      words4(pairs - 1, pairs + 63, pairs + 127, pairs + 191);
      v128.store(W, v128.or(v128.and(v128.load(W), i32x4.splat(0x00ffffff)), i32x4.splat(0x01000000)));
      expand<v128>();
      rounds<v128>(KW);
      second4(pairs);
      rounds<v128>(KW);
    } else {
      begin<u32>();
      words1(pairs - 1);
      store<u32>(W, (load<u32>(W) & 0x00ffffff) | 0x01000000);
      const second = SECOND + 256 * load<u8>(pairs, 63);
      expand<u32>();
      rounds<u32>(KW);
      rounds<u32>(second);
    }
    for (let lane: usize = 0; lane < LANES && done + lane < count; lane++) finish(lane, INPUT + 32 * (done + lane));
  }
}

/** The root over `width` hashes, a power of two; the answer stands over the first. */
export function root(width: usize): void {
  for (; width > 1; width >>= 1) nodes(width >> 1);
}

// @ts-ignore: decorator
@inline
function finish(lane: usize, target: usize): void {
  if (ASC_FEATURE_SIMD) emit<v128>(lane, target);
  else emit<u32>(lane, target);
}

/** The next unread entry: its length in two bytes, big-endian, then itself. */
let cursor: usize = 0;

/** Gives a lane the next entry: SHA-256(0x00 ‖ entry), where the prefix takes the place of the length's second byte. */
function take(lane: usize, target: usize): void {
  const message = cursor + 1;
  const length = <usize>bswap<u16>(load<u16>(cursor)) + 1;
  store<u8>(message, 0);
  cursor = message + length;
  const tail = TAIL + 128 * lane;
  const rest = length & 63;
  const end: usize = rest < 56 ? 64 : 128;
  for (let i: usize = 0; i < rest; i++) store<u8>(tail + i, load<u8>(message + (length - rest) + i));
  store<u8>(tail + rest, 0x80);
  for (let i: usize = rest + 1; i < end - 4; i++) store<u8>(tail + i, 0);
  store<u32>(tail + end - 4, bswap<u32>(<u32>(length << 3)));
  const state = LANE + 16 * lane;
  const blocks = (length >> 6) + (end >> 6);
  store<u32>(state, length < 64 ? tail : message);
  store<u32>(state, blocks, 4);
  store<u32>(state, end >> 6, 8);
  store<u32>(state, target, 12);
  if (ASC_FEATURE_SIMD) beginLane<v128>(lane);
  else beginLane<u32>(lane);
}

/**
 * Hashes `count` entries, each behind its length; the answer stands at OUTPUT. A lane that has finished one takes the
 * next, so that long entries beside short ones leave no lane idle before the end.
 */
export function leaves(count: usize): void {
  cursor = INPUT;
  let taken: usize = 0;
  for (let lane: usize = 0; lane < LANES; lane++) {
    store<u32>(LANE + 16 * lane, TAIL);
    store<u32>(LANE + 16 * lane, 0, 4);
    if (taken < count) take(lane, OUTPUT + 32 * taken++);
  }
  for (let done: usize = 0; done < count; ) {
    if (ASC_FEATURE_SIMD) {
      words4(load<u32>(LANE), load<u32>(LANE, 16), load<u32>(LANE, 32), load<u32>(LANE, 48));
      expand<v128>();
      rounds<v128>(KW);
    } else {
      words1(load<u32>(LANE));
      expand<u32>();
      rounds<u32>(KW);
    }
    for (let lane: usize = 0; lane < LANES; lane++) {
      const state = LANE + 16 * lane;
      if (load<u32>(state, 4) === 0) continue;
      const left = load<u32>(state, 4) - 1;
      store<u32>(state, left, 4);
      store<u32>(state, left === load<u32>(state, 8) ? TAIL + 128 * lane : load<u32>(state) + 64);
      if (left > 0) continue;
      finish(lane, load<u32>(state, 12));
      done++;
      if (taken < count) take(lane, OUTPUT + 32 * taken++);
    }
  }
}
