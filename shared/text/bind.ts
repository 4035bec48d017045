/**
 * The bind stream `wm-bind-1`: the bytes whose digest a claim carries, for exact proof of a text.
 * Spec: docs/spec/text.md §2. C2PA 2.4 A.8 (wrapper), 15.12.1.3.1 (remove, then NFC, then UTF-8).
 */
import { utf8 } from '#shared/bytes/bytes.ts';

/** `C2PATXT\0`, then version 1. */
const WRAPPER_HEAD = [0x43, 0x32, 0x50, 0x41, 0x54, 0x58, 0x54, 0x00, 0x01] as const;
/** The head and a big-endian 32-bit manifest length. */
const WRAPPER_HEAD_SIZE = 13;
/**
 * A longer run of combining marks is no writing system's text; sorting a million of them takes a minute, so such a text
 * is bound without normalisation. UAX #15 calls 30 already exceptional.
 */
const LONG_MARK_RUN = /\p{M}{257}/u;

/** The byte a variation selector carries (U+FE00… = 0–15, U+E0100… = 16–255), or −1; with its length in UTF-16 units. */
function carriedByte(text: string, at: number): { byte: number; units: number } {
  const point = text.codePointAt(at) ?? 0;
  if (point >= 0xfe00 && point <= 0xfe0f) return { byte: point - 0xfe00, units: 1 };
  if (point >= 0xe0100 && point <= 0xe01ef) return { byte: point - 0xe0100 + 16, units: 2 };
  return { byte: -1, units: 1 };
}

/** The end of a complete wrapper that starts at `start` (its U+FEFF), or −1 where there is none. */
function wrapperEnd(text: string, start: number): number {
  let at = start + 1;
  let size = WRAPPER_HEAD_SIZE;
  let length = 0;
  for (let n = 0; n < size; n++) {
    const { byte, units } = carriedByte(text, at);
    if (byte < 0) return -1;
    const expected = WRAPPER_HEAD[n];
    if (expected !== undefined && byte !== expected) return -1;
    if (n >= WRAPPER_HEAD.length && n < WRAPPER_HEAD_SIZE) length = length * 256 + byte;
    if (n === WRAPPER_HEAD_SIZE - 1) {
      if (length > text.length - at) return -1;
      size += length;
    }
    at += units;
  }
  return at;
}

/**
 * The text without its C2PA wrapper: U+FEFF and the variation selectors that carry a manifest, ended by the length the
 * wrapper states and never by the end of the run (an emoji's selector may follow). A corrupt wrapper stays, and so do
 * two or more: which one was meant is not ours to guess.
 *
 * @example
 * import { withoutWrapper } from '#shared/text/bind.ts';
 * withoutWrapper('no wrapper\uFEFF'); // => 'no wrapper\uFEFF'
 */
export function withoutWrapper(text: string): string {
  let start = -1;
  let end = -1;
  for (let at = text.indexOf('\uFEFF'); at >= 0; at = text.indexOf('\uFEFF', at + 1)) {
    const found = wrapperEnd(text, at);
    if (found < 0) continue;
    if (start >= 0) return text;
    start = at;
    end = found;
  }
  return start < 0 ? text : text.slice(0, start) + text.slice(end);
}

/**
 * The bind stream of a text: C2PA wrapper removed, NFC, UTF-8. Nothing else changes: case, spaces, line ends and a
 * leading U+FEFF are part of what is bound. Lone surrogates become U+FFFD (UTF-8 has no other way); a run of more than
 * 256 combining marks leaves the text as it stands, without NFC. Size is the caller's limit.
 *
 * @example
 * import { bindBytes } from '#shared/text/bind.ts';
 * import { toHex } from '#shared/bytes/hex.ts';
 * toHex(bindBytes('e\u0301')); // => 'c3a9'
 */
export function bindBytes(text: string): Uint8Array {
  const bare = withoutWrapper(text);
  return utf8(LONG_MARK_RUN.test(bare) ? bare : bare.normalize('NFC'));
}
