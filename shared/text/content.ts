/**
 * How much of an attested text stands on a page: compared by passage digests, so that the trail need not hold the text.
 * Spec: docs/spec/text.md §5.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes32, utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { matchLine, wordCount } from './match.ts';

/** What the comparison of attested and shown passages found. */
export interface ContentMatch {
  /**
   * `exact`: every attested passage, every page passage, in order. `passages`: some, at least one of them long enough to
   * mean something. `none`: nothing that counts. `similar` is reserved; `not-compared`: there was no page to compare.
   */
  readonly match: 'exact' | 'passages' | 'similar' | 'none' | 'not-compared';
  /** Page passages that are attested; never more of one kind than were attested. */
  readonly matched: number;
  /** Page passages. */
  readonly of: number;
  /** Attested passages. */
  readonly attested: number;
  /** Page lines that are not attested: `index` into the lines given, `text` as given. */
  readonly differing: readonly { readonly index: number; readonly text: string }[];
  /** Indices of attested passages that the page does not show. */
  readonly missing: readonly number[];
  /** The matched passages stand in another order than they were attested in. */
  readonly reordered: boolean;
}

/** A page agreeing only in passages shorter than this many words agrees by chance. */
export const MIN_MATCH_WORDS = 8;

/** A passage may be broken over this many page lines (hard-wrapped mail, `<br>` for soft breaks). */
const MAX_JOINED = 32;
/** Digests tried for broken passages, on a whole page: about 20 ms. */
const MAX_JOIN_TRIALS = 8192;

/** Attested passages not yet found on the page; each can be taken once. */
class Attested {
  readonly #places = new Map<string, number[]>();

  constructor(digests: readonly Bytes32[]) {
    for (const [index, digest] of digests.entries()) {
      const key = toHex(digest);
      const places = this.#places.get(key);
      if (places === undefined) this.#places.set(key, [index]);
      else places.push(index);
    }
  }

  /** Takes the first place of this passage after `last`, else the first at all; −1 where none is left. */
  take(key: string, last: number): number {
    const places = this.#places.get(key);
    if (places === undefined || places.length === 0) return -1;
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle] ?? 0) > last) high = middle;
      else low = middle + 1;
    }
    return places.splice(low === places.length ? 0 : low, 1)[0] ?? -1;
  }

  has(key: string): boolean {
    return (this.#places.get(key)?.length ?? 0) > 0;
  }

  missing(): number[] {
    return [...this.#places.values()].flat().sort((a, b) => a - b);
  }
}

interface Shown {
  readonly index: number;
  readonly passage: string;
  readonly key: string;
}

/** The passage that begins at `from` and is broken over the page lines up to the returned one; −1 where none is. */
function brokenPassage(shown: readonly Shown[], from: number, attested: Attested, trials: { left: number }): number {
  const hash = sha256.create().update(utf8(shown[from]?.passage ?? ''));
  for (let to = from + 1; to < Math.min(shown.length, from + MAX_JOINED) && trials.left > 0; to++) {
    trials.left--;
    hash.update(utf8(` ${shown[to]?.passage ?? ''}`));
    if (attested.has(toHex(hash.clone().digest()))) return to;
  }
  return -1;
}

/**
 * Compares attested passage digests with the lines of a page (or a selection of it). Total; linear in both.
 *
 * A passage the page breaks over several lines counts as one: the words and their order are the same. A page passage
 * that repeats an attested one more often than it was attested counts as differing.
 *
 * @example
 * import { compareContent } from '#shared/text/content.ts';
 * import { passageDigest, passagesOf } from '#shared/text/passages.ts';
 * const attested = passagesOf(['The quick brown fox jumps over the lazy dog.', 'The end.']).map(passageDigest);
 * const page = ['The quick brown fox jumps over the lazy dog.', 'By our staff'];
 * const { match, matched, of, differing, missing } = compareContent({ attested, page });
 * [match, matched, of]; // => ['passages', 1, 2]
 * differing; // => [{ index: 1, text: 'By our staff' }]
 * missing; // => [1]
 */
export function compareContent({
  attested,
  page,
}: {
  attested: readonly Bytes32[];
  page: readonly string[];
}): ContentMatch {
  const shown: Shown[] = [];
  for (const [index, line] of page.entries()) {
    const passage = matchLine(line);
    if (passage !== '') shown.push({ index, passage, key: toHex(sha256(utf8(passage))) });
  }

  const left = new Attested(attested);
  const trials = { left: MAX_JOIN_TRIALS };
  const differing: { index: number; text: string }[] = [];
  let [matched, longest, last, reordered] = [0, 0, -1, false];

  for (let at = 0; at < shown.length; at++) {
    const first = shown[at];
    if (first === undefined) break;
    let place = left.take(first.key, last);
    let words = wordCount(first.passage);
    if (place < 0) {
      const to = brokenPassage(shown, at, left, trials);
      if (to >= 0) {
        const joined = shown.slice(at, to + 1).map(({ passage }) => passage);
        place = left.take(toHex(sha256(utf8(joined.join(' ')))), last);
        words = wordCount(joined.join(' '));
        at = to;
      }
    }
    if (place < 0) {
      differing.push({ index: first.index, text: page[first.index] ?? '' });
      continue;
    }
    matched++;
    longest = Math.max(longest, words);
    if (place < last) reordered = true;
    last = place;
  }

  const missing = left.missing();
  const of = matched + differing.length;
  const exact = matched > 0 && differing.length === 0 && missing.length === 0 && !reordered;
  const match = exact ? 'exact' : longest >= MIN_MATCH_WORDS ? 'passages' : 'none';
  return { match, matched, of, attested: attested.length, differing, missing, reordered };
}
