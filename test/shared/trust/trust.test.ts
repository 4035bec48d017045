import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '#shared/bytes/base64.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import { keyPair } from '../../support/build-trail.ts';

const [registrar, receipts] = [keyPair('registrar').publicKey, keyPair('receipts').publicKey];
const LOG = 'log.example/log/2026';
const entry = { log: LOG, key: toBase64(registrar) };
const read = (...registrars: unknown[]) =>
  parseTrust(JSON.stringify({ trust: 1, policy: 'quorum none\n', registrars }));

describe('a registrar of a trust document', () => {
  test('without a receipt key is as it ever was', () => {
    const trust = read(entry);
    expect(trust.ok && trust.value.registrars).toEqual([{ log: LOG, publicKey: registrar }]);
  });

  test('with a receipt key names the key of that log', () => {
    const trust = read({ ...entry, receipts: toBase64(receipts) }, entry);
    expect(trust.ok && trust.value.registrars).toEqual([
      { log: LOG, publicKey: registrar, receiptKey: receipts },
      { log: LOG, publicKey: registrar },
    ]);
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['an empty text', ''],
    ['31 bytes', toBase64(receipts.slice(1))],
    ['33 bytes', toBase64(Uint8Array.of(...receipts, 0))],
    ['a respelled key', toBase64(receipts).replace(/=$/, '')],
    ['no point of the curve', toBase64(new Uint8Array(32).fill(2))],
    ['a list with the key', [toBase64(receipts)]],
  ])('whose receipt key is %s spoils the document', (_, value) => {
    expect(read(entry, { ...entry, receipts: value })).toEqual({
      ok: false,
      reason: 'trust-malformed',
      detail: 'registrar',
    });
  });

  test.each([[null], [7], ['x'], [[]], [{}]])('that is %j spoils the document', (value) => {
    expect(read(value)).toMatchObject({ reason: 'trust-malformed' });
  });

  test('of any JSON at all is read or refused, never an exception', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (registrars) => {
        const trust = read(...registrars);
        expect(trust.ok).toBe(registrars.length === 0);
      }),
    );
  });
});
