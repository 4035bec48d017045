import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyThumbprint } from '#shared/attestation/key.ts';
import { concatBytes } from '#shared/bytes/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '#shared/bytes/cbor.ts';
import { type Claim, encodeClaim, parseClaim } from '#shared/claim/claim.ts';
import { encodeKeyEvent, parseKeyEvent } from '#shared/claim/key-event.ts';
import { isOrigin } from '#shared/claim/origin.ts';
import { keyPair } from '../../support/build-trail.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/);
const claims: fc.Arbitrary<Claim> = fc.record({
  v: fc.constant(1 as const),
  output: fc.oneof(
    fc.record(
      {
        type: fc.constantFrom('text/plain', 'text/markdown'),
        size: fc.nat(),
        digest: bytes(32),
        passages: fc.record({
          alg: fc.constant('wm-match-1' as const),
          count: fc.integer({ min: 1, max: 4096 }),
          root: bytes(32),
        }),
      },
      { requiredKeys: ['type', 'size', 'digest'] },
    ),
    fc.record(
      {
        type: fc.constantFrom('image/png', 'image/avif'),
        size: fc.nat(),
        digest: bytes(32),
        match: fc.record({ alg: fc.constant('wm-image-1' as const), hash: bytes(32) }),
      },
      { requiredKeys: ['type', 'size', 'digest'] },
    ),
  ) as fc.Arbitrary<Claim['output']>,
  model: fc.record(
    { provider: word, name: word, version: word, weights: bytes(32) },
    { requiredKeys: ['provider', 'name'] },
  ) as fc.Arbitrary<Claim['model']>,
  run: fc.record(
    {
      at: fc.nat(),
      operator: word,
      by: fc.constantFrom('self' as const, 'relayed' as const, 'imported' as const),
      seed: fc.nat(),
      params: word,
    },
    { requiredKeys: ['at', 'operator', 'by'] },
  ) as fc.Arbitrary<Claim['run']>,
  accountability: fc.record({ level: fc.constantFrom('logged' as const, 'attested' as const) }),
  evidence: fc.array(
    fc.record({ kind: word, digest: bytes(32), binds: fc.constantFrom('output' as const, 'key' as const) }),
    { maxLength: 3 },
  ),
  parents: fc.array(bytes(32), { maxLength: 3 }),
  nonce: bytes(16),
});

describe('a claim', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(claims, (claim) => {
        expect(parseClaim(encodeClaim(claim))).toEqual({ ok: true, value: claim });
      }),
    );
  });

  const [sample] = fc.sample(claims, { numRuns: 1, seed: 7 });
  const encoded = encodeClaim(sample as Claim);
  const edited = (edit: (map: Map<string, CborValue>) => void) => {
    const decoded = decodeCbor(encoded);
    if (!decoded.ok) throw new Error(decoded.reason);
    const map = new Map(decoded.value as Map<string, CborValue>);
    edit(map);
    return parseClaim(encodeCbor(map));
  };

  it('of a later version or with an unknown field is unsupported', () => {
    expect(edited((map) => map.set('v', 2))).toMatchObject({ reason: 'claim-unsupported' });
    expect(edited((map) => map.set('z', 1))).toMatchObject({ reason: 'claim-unsupported' });
  });

  it('with a missing field, a short digest or a text that would mislead the eye is malformed', () => {
    expect(edited((map) => map.delete('nonce'))).toMatchObject({ reason: 'claim-malformed' });
    expect(edited((map) => map.set('parents', [new Uint8Array(31)]))).toMatchObject({ reason: 'claim-malformed' });
    for (const name of ['gpt\u202e4', 'a\u200bb', 'a\u3164b', 'a\u034fb', 'a\nb', '']) {
      expect(
        edited((map) =>
          map.set(
            'model',
            new Map([
              ['provider', 'a.example'],
              ['name', name],
            ]),
          ),
        ),
      ).toMatchObject({ reason: 'claim-malformed' });
    }
    for (const provider of ['Upper.example', 'a b', 'a..b', 'https://a.example']) {
      expect(
        edited((map) =>
          map.set(
            'model',
            new Map([
              ['provider', provider],
              ['name', 'm'],
            ]),
          ),
        ),
      ).toMatchObject({ reason: 'claim-malformed' });
    }
  });

  it('in any other spelling is malformed: trailing bytes, indefinite length, unsorted or doubled keys', () => {
    expect(parseClaim(concatBytes(encoded, Uint8Array.of(0)))).toMatchObject({ reason: 'claim-malformed' });
    expect(parseClaim(Uint8Array.of(0xbf, 0xff))).toMatchObject({ detail: 'cbor-not-deterministic' });
    expect(parseClaim(Uint8Array.of(0xa2, 0x61, 0x62, 1, 0x61, 0x61, 1))).toMatchObject({
      detail: 'cbor-not-deterministic',
    });
    expect(parseClaim(Uint8Array.of(0xa2, 0x61, 0x61, 1, 0x61, 0x61, 1))).toMatchObject({
      detail: 'cbor-not-deterministic',
    });
    expect(parseClaim(new Uint8Array(32 * 1024 + 1))).toMatchObject({ reason: 'claim-too-large' });
  });
});

describe('a claim about an image', () => {
  const [sample] = fc.sample(claims, { numRuns: 1, seed: 7 });
  const hash = new Uint8Array(32).fill(0xa5);
  const passages = new Map<string, CborValue>([
    ['alg', 'wm-match-1'],
    ['count', 1],
    ['root', hash],
  ]);
  /** The claim with an output of these fields. */
  const about = (fields: Readonly<Record<string, CborValue>>) => {
    const claim = decodeCbor(encodeClaim(sample as Claim));
    if (!claim.ok) throw new Error(claim.reason);
    const output = new Map<string, CborValue>(Object.entries({ size: 3, digest: new Uint8Array(32), ...fields }));
    return parseClaim(encodeCbor(new Map(claim.value as Map<string, CborValue>).set('output', output)));
  };
  const match = (fields: Readonly<Record<string, CborValue>>) => new Map(Object.entries(fields));

  it('holds the hash of how it looks', () => {
    expect(about({ type: 'image/png', match: match({ alg: 'wm-image-1', hash }) })).toMatchObject({
      ok: true,
      value: { output: { type: 'image/png', match: { alg: 'wm-image-1', hash } } },
    });
    expect(about({ type: 'image/png' }).ok).toBe(true);
  });

  it.each([
    [
      'a hash of 31 bytes',
      { type: 'image/png', match: match({ alg: 'wm-image-1', hash: hash.slice(1) }) },
      'malformed',
    ],
    [
      'a hash of 33 bytes',
      { type: 'image/png', match: match({ alg: 'wm-image-1', hash: new Uint8Array(33) }) },
      'malformed',
    ],
    ['a hash in text', { type: 'image/png', match: match({ alg: 'wm-image-1', hash: 'a5'.repeat(32) }) }, 'malformed'],
    ['no hash', { type: 'image/png', match: match({ alg: 'wm-image-1' }) }, 'malformed'],
    ['no algorithm', { type: 'image/png', match: match({ hash }) }, 'malformed'],
    ['a match that is no map', { type: 'image/png', match: hash }, 'malformed'],
    ['passages', { type: 'image/png', passages }, 'malformed'],
    ['a text beside the hash', { type: 'text/plain', match: match({ alg: 'wm-image-1', hash }) }, 'malformed'],
    ['something else beside the hash', { type: 'video/mp4', match: match({ alg: 'wm-image-1', hash }) }, 'malformed'],
    [
      'a type that only begins like one',
      { type: 'imagery/png', match: match({ alg: 'wm-image-1', hash }) },
      'malformed',
    ],
    ['a later algorithm', { type: 'image/png', match: match({ alg: 'wm-image-2', hash }) }, 'unsupported'],
    [
      'a field beside the hash',
      { type: 'image/png', match: match({ alg: 'wm-image-1', hash, more: 1 }) },
      'unsupported',
    ],
  ] as const)('with %s is refused', (_, output, kind) => {
    expect(about(output)).toMatchObject({ ok: false, reason: `claim-${kind}` });
  });
});

describe('a key event', () => {
  const { publicKey } = keyPair('key');
  const kid = keyThumbprint(publicKey);

  it('reaches back only to take trust away', () => {
    const event = { issuer: 'https://a.example', kid, effective: 3 };
    expect(parseKeyEvent(encodeKeyEvent({ ...event, action: 'revoke' })).ok).toBe(true);
    expect(parseKeyEvent(encodeKeyEvent({ ...event, action: 'reinstate' })).ok).toBe(false);
    expect(parseKeyEvent(encodeKeyEvent({ issuer: 'https://a.example', kid, action: 'add' })).ok).toBe(false);
  });

  it('names origins in one spelling', () => {
    for (const origin of [
      ...['https://A.example', 'https://a.example/', 'http://a.example', 'https://a@b', 'https://'],
      ...['https://a.example:443', 'http://localhost:80', 'https://a.example:65536', 'https://a..example'],
      ...['https://-a.example', 'https://a-.example', 'https://a.example.', `https://${'a.'.repeat(127)}a`],
    ]) {
      expect([origin, isOrigin(origin)]).toEqual([origin, false]);
    }
    for (const origin of [
      'https://a.example',
      'https://a-b.example:8443',
      'http://localhost:443',
      'https://xn--a.b:80',
    ]) {
      expect([origin, isOrigin(origin), new URL(origin).origin]).toEqual([origin, true, origin]);
    }
  });
});
