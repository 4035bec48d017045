import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes } from '#shared/bytes/bytes.ts';
import {
  encodeEntryBundle,
  entriesPath,
  MAX_ENTRY_BYTES,
  parseEntryBundle,
  parseTilePath,
  TILE_WIDTH,
  tilePath,
} from '#shared/log/tile.ts';

describe('the path of a tile', () => {
  // The examples of C2SP tlog-tiles and those of a tree of 70,000 leaves.
  test.each([
    [tilePath(0, 1_234_067), 'tile/0/x001/x234/067'],
    [tilePath(0, 0), 'tile/0/000'],
    [tilePath(0, 273, 112), 'tile/0/273.p/112'],
    [tilePath(1, 1, 17), 'tile/1/001.p/17'],
    [tilePath(2, 0, 1), 'tile/2/000.p/1'],
    [tilePath(63, 999), 'tile/63/999'],
    [tilePath(0, 1000), 'tile/0/x001/000'],
    [tilePath(0, Number.MAX_SAFE_INTEGER), 'tile/0/x009/x007/x199/x254/x740/991'],
    [entriesPath(1, 44), 'tile/entries/001.p/44'],
    [entriesPath(123_456), 'tile/entries/x123/456'],
  ])('is written %s', (written, path) => {
    expect(written).toBe(path);
    expect(parseTilePath(path).ok).toBe(true);
  });

  test('reads back as it was written', () => {
    const levels = fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const));
    fc.assert(
      fc.property(levels, fc.maxSafeNat(), fc.integer({ min: 1, max: 256 }), (level, n, width) => {
        const path = level === 'entries' ? entriesPath(n, width) : tilePath(level, n, width);
        expect(parseTilePath(path)).toEqual({ ok: true, value: { level, n, width } });
      }),
    );
  });

  test.each([
    '',
    'tile/0',
    'tile/0/',
    'tile/0/0',
    'tile/0/00',
    'tile/0/0000',
    'tile/00/000',
    'tile/+5/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/data/000',
    'tile/0/x000/001',
    'tile/0/x001/67',
    'tile/0/001/067',
    'tile/0/x001/x067',
    'tile/0/X001/067',
    'tile/0/x009/x007/x199/x254/x740/992',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/000.p/+5',
    'tile/0/000.p/256',
    'tile/0/000.p/257',
    'tile/0/000.p/',
    'tile/0/000.p',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/000\n',
    'tile/0/000?x',
    'tile/0/../000',
    'tile/0/%30%30%30',
    'tile/0/\u0660\u0660\u0660',
    `tile/0/${'x000/'.repeat(20)}001`,
  ])('spelled %j is malformed', (path) => {
    expect(parseTilePath(path)).toEqual({ ok: false, reason: 'tile-path-malformed' });
  });

  test('that is accepted is the path which would be written', () => {
    const pieces = fc.constantFrom('tile', 'entries', '/', '0', '63', '000', 'x001', '067', '.p/', '5', '255', '256');
    const near = fc.array(pieces, { maxLength: 8 }).map((parts) => `tile/${parts.join('')}`);
    fc.assert(
      fc.property(near, (path) => {
        const name = parseTilePath(path);
        if (!name.ok) return;
        const { level, n, width } = name.value;
        expect(level === 'entries' ? entriesPath(n, width) : tilePath(level, n, width)).toBe(path);
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    [64, 0, 256],
    [-1, 0, 256],
    [0, -1, 256],
    [0, 2 ** 53, 256],
    [0, 0, 0],
    [0, 0, 257],
    [0, 0, 1.5],
  ])('is not written for level %d, tile %d, width %d', (level, n, width) => {
    expect(() => tilePath(level, n, width)).toThrow(RangeError);
  });
});

describe('a bundle of entries', () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 20 });

  test('reads back as it was written, empty entries too', () => {
    fc.assert(
      fc.property(entries, (list) => {
        expect(parseEntryBundle(encodeEntryBundle(list))).toEqual({ ok: true, value: list });
      }),
    );
  });

  test('holds 256 entries and entries of 65,535 bytes, no more', () => {
    const full = Array.from({ length: TILE_WIDTH }, () => new Uint8Array(1));
    expect(parseEntryBundle(encodeEntryBundle(full))).toMatchObject({ ok: true });
    expect(() => encodeEntryBundle([...full, new Uint8Array(1)])).toThrow(RangeError);
    const long = new Uint8Array(MAX_ENTRY_BYTES).fill(7);
    expect(parseEntryBundle(encodeEntryBundle([long]))).toEqual({ ok: true, value: [long] });
    expect(() => encodeEntryBundle([new Uint8Array(MAX_ENTRY_BYTES + 1)])).toThrow(RangeError);
    expect(() => encodeEntryBundle([])).toThrow(RangeError);
  });

  test('cut anywhere loses whole entries or is malformed', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (list, where) => {
        const bytes = encodeEntryBundle(list);
        const cut = parseEntryBundle(bytes.slice(0, where % bytes.length));
        if (cut.ok) expect(cut.value).toEqual(list.slice(0, cut.value.length));
        else expect(cut.reason).toBe('bundle-malformed');
      }),
    );
  });

  test.each([
    ['nothing in it', new Uint8Array(0)],
    ['half a length', Uint8Array.of(0)],
    ['a length beyond its end', Uint8Array.of(0, 2, 7)],
    ['half a length behind an entry', Uint8Array.of(0, 1, 7, 0)],
    ['257 entries', concatBytes(...Array.from({ length: 257 }, () => Uint8Array.of(0, 0)))],
  ])('with %s is malformed', (_, bytes) => {
    expect(parseEntryBundle(bytes)).toMatchObject({ ok: false, reason: 'bundle-malformed' });
  });
});
