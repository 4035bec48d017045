import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CborValue, encodeCbor } from '#shared/bytes/cbor.ts';
import { encodeEpoch, parseEpoch } from '#shared/claim/epoch.ts';

const key = new Uint8Array(32).fill(1);
const epoch = { origin: 'log.example/log/2026', log: 'log.example+00000000+AQ==', registrar: key, receipts: key };
const withField = (name: string, value: CborValue | undefined): Uint8Array => {
  const map = new Map<string, CborValue>(Object.entries({ v: 1, ...epoch }));
  if (value === undefined) map.delete(name);
  else map.set(name, value);
  return encodeCbor(map);
};

describe('genesis', () => {
  test.each([
    ['an Ed25519 key alone', epoch],
    ['an ML-DSA-44 key beside it', { ...epoch, logMlDsa44: 'log.example+00000000+Bg==' }],
  ])('with %s reads back', (_, value) => {
    expect(parseEpoch(encodeEpoch(value))).toEqual({ ok: true, value });
  });

  test.each<[string, string, CborValue | undefined]>([
    ['no version', 'v', undefined],
    ['a newer version', 'v', 2],
    ['no origin', 'origin', undefined],
    ['no log key', 'log', undefined],
    ['a log key that is no text', 'log', key],
    ['a log key longer than any', 'log', 'x'.repeat(4097)],
    ['an ML-DSA-44 key that is no text', 'logMlDsa44', key],
    ['a registrar key of 31 bytes', 'registrar', new Uint8Array(31)],
    ['no receipt key', 'receipts', undefined],
    ['a receipt key of 33 bytes', 'receipts', new Uint8Array(33)],
    ['a receipt key that is text', 'receipts', 'key'],
    ['a field nobody knows', 'more', 1],
  ])('with %s is malformed', (_, name, value) => {
    expect(parseEpoch(withField(name, value))).toMatchObject({ ok: false, reason: 'epoch-malformed' });
  });

  test('of any other bytes is malformed, never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parseEpoch(bytes).ok).toBe(false);
      }),
    );
  });
});
