/** The signed list of filters: read only as the registrar signed it, and bounded. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { type FilterManifest, MAX_FILTERS, manifestKey, openManifest, signManifest } from '#shared/filter/manifest.ts';
import { parseCheckpoint } from '#shared/log/checkpoint.ts';
import { encodeNote, parseNote, signNote } from '#shared/log/note.ts';

const LOG = 'log.example/log/2026';
const secretKey = new Uint8Array(32).fill(7);
const registrar = { publicKey: ed25519PublicKey(secretKey), secretKey };
const key = manifestKey(LOG, registrar.publicKey);
const entry = (n: number) => ({
  name: `wm-winnow-1/${(n % 16).toString(16)}`,
  count: n,
  size: 100 + n,
  digest: new Uint8Array(32).fill(n),
});
const manifest: FilterManifest = { log: LOG, asOf: 51_234, at: 1_790_000_000, filters: [entry(1), entry(2)] };
const oprf = new Uint8Array(32).fill(9);

/** Any text, signed as the registrar would. */
const sign = (text: string): string => encodeNote({ text, signatures: [signNote(text, { key, secretKey })] });
const body = (text: string): string => {
  const note = parseNote(text);
  return note.ok ? note.value.text : '';
};

describe('a manifest', () => {
  test.each([
    ['with filters', manifest],
    ['without any', { ...manifest, filters: [] }],
    ['with an oblivious lookup', { ...manifest, oprf }],
    [
      'as long as it may be',
      { ...manifest, oprf, filters: Array.from({ length: MAX_FILTERS }, (_, n) => entry(n % 256)) },
    ],
  ])('%s is read back as it was signed', (_, value) => {
    expect(openManifest(signManifest(value, registrar), key)).toEqual({ ok: true, value });
  });

  test.each([
    ['another log', manifestKey('other.example/log/2026', registrar.publicKey)],
    ['another registrar', manifestKey(LOG, ed25519PublicKey(new Uint8Array(32)))],
  ])('is not taken for one of %s', (_, other) => {
    expect(openManifest(signManifest(manifest, registrar), other)).toMatchObject({ reason: 'manifest-unsigned' });
  });

  test('of another shard of the same host is read with the same key', () => {
    const value = { ...manifest, log: 'log.example/log/2027' };
    expect(openManifest(signManifest(value, registrar), key)).toEqual({ ok: true, value });
  });

  test('with any character changed is not read', () => {
    const text = signManifest({ ...manifest, oprf }, registrar);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('0', 'a', 'Z', ' ', '\n', '/'), (at, character) => {
        fc.pre(text[at] !== character);
        expect(openManifest(text.slice(0, at) + character + text.slice(at + 1), key).ok).toBe(false);
      }),
    );
  });

  test('is never a checkpoint', () => {
    const read = parseCheckpoint(body(signManifest(manifest, registrar)));
    expect(read.ok && read.value.origin === LOG).toBe(false);
  });

  const signed = body(signManifest({ ...manifest, oprf }, registrar));
  test.each([
    ['another version', signed.replace('filters/1', 'filters/2'), 'manifest-unsupported'],
    ['another host inside', signed.replace(LOG, 'other.example/log/2026'), 'manifest-malformed'],
    ['a size respelled', signed.replace('51234', '051234'), 'manifest-malformed'],
    ['no time', signed.replace('\n1790000000\n', '\n'), 'manifest-malformed'],
    ['an unknown line', signed.replace('filter wm', 'other wm'), 'manifest-malformed'],
    ['a filter under no name', signed.replace('wm-winnow-1/1', 'wm-winnow-1'), 'manifest-malformed'],
    ['a filter too large', signed.replace(' 101 ', ' 99000000 '), 'manifest-malformed'],
    ['more keys than any filter has', signed.replace(' 1 101 ', ' 9000000 101 '), 'manifest-malformed'],
    ['a word too many', signed.replace(' 101 ', ' 101 101 '), 'manifest-malformed'],
    ['a short oblivious key', signed.replace(/oprf ../, 'oprf '), 'manifest-malformed'],
    ['an oblivious key in capitals', signed.replace('oprf 0909', 'oprf AA09'), 'manifest-malformed'],
    ['too many filters', signed + `${signed.split('\n').at(-2)}\n`.repeat(MAX_FILTERS), 'manifest-malformed'],
  ])('with %s is refused though it is signed', (_, text, reason) => {
    expect(text).not.toBe(signed);
    expect(openManifest(sign(text), key)).toMatchObject({ ok: false, reason });
  });

  test.each([
    ['a negative size', { ...manifest, asOf: -1 }],
    ['a filter under no name', { ...manifest, filters: [{ ...entry(1), name: 'x' }] }],
    ['too many filters', { ...manifest, filters: Array.from({ length: MAX_FILTERS + 1 }, () => entry(1)) }],
  ])('with %s is not signed', (_, value) => {
    expect(() => signManifest(value, registrar)).toThrow(RangeError);
  });
});
