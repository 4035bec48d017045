import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CborValue, decodeCbor, encodeCbor } from '#shared/bytes/cbor.ts';
import { encodeVkey, noteKey } from '#shared/log/note.ts';
import { encodeShardDocument, parseShardDocument } from '#shared/shards/shard-document.ts';
import {
  encodeShardList,
  encodeSuccessor,
  MAX_SHARDS,
  parseShardList,
  parseSuccessor,
  type Shard,
} from '#shared/shards/shard-list.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

const names = fc.record({ registrar: bytes(32), key: bytes(32), openedAt: fc.nat() });
const lists = fc.array(names, { minLength: 1, maxLength: 6 }).map((items) =>
  items.map(({ registrar, key, openedAt }, i): Shard => {
    const origin = `log.example/log/${2026 + i}`;
    const receipts = registrar;
    const shard = {
      origin,
      keys: [noteKey(origin, 1, key)],
      registrar,
      receipts,
      url: `https://log.example/log/${i}`,
      openedAt,
    };
    return i === items.length - 1 ? shard : { ...shard, final: { size: i + 3, root: key } };
  }),
);

const [sample = []] = fc.sample(
  lists.filter(({ length }) => length === 3),
  { numRuns: 1, seed: 7 },
);
const preimage = encodeShardList(sample);

/** The list with one field of its n-th shard replaced; `undefined` takes it away. */
function changed(n: number, field: string, value: CborValue | undefined): Uint8Array {
  const decoded = decodeCbor(preimage);
  if (!decoded.ok) throw new Error(decoded.reason);
  const list = decoded.value as Map<string, Map<string, CborValue>[]>;
  const shard = list.get('shards')?.[n];
  if (value === undefined) shard?.delete(field);
  else shard?.set(field, value);
  return encodeCbor(list as never);
}

const vkey = (name: string, type: 1 | 4 = 1): string => encodeVkey(noteKey(name, type, new Uint8Array(32)));

describe('a shard list', () => {
  test('reads back as it was written', () => {
    fc.assert(
      fc.property(lists, (shards) => {
        expect(parseShardList(encodeShardList(shards))).toEqual({ ok: true, value: shards });
      }),
    );
  });

  test('never throws, and reads only what it would write', () => {
    fc.assert(
      fc.property(fc.nat({ max: preimage.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const damaged = Uint8Array.from(preimage);
        damaged[at] = byte;
        const parsed = parseShardList(damaged);
        if (parsed.ok) expect(encodeShardList(parsed.value)).toEqual(damaged);
        else expect(parsed.reason).toBe('shards-malformed');
      }),
    );
  });

  test.each<[string, number, string, CborValue | undefined]>([
    ['with an open shard in the middle', 1, 'size', undefined],
    ['whose last shard is frozen without a root', 2, 'size', 9],
    ['with an empty frozen shard', 0, 'size', 0],
    ['with a shard twice', 1, 'origin', 'log.example/log/2026'],
    ['with a shard of another host', 1, 'origin', 'other.example/log/2027'],
    ['with an origin that is none', 1, 'origin', 'log.example'],
    ['with a key of another name', 1, 'keys', [vkey('log.example/log/2030')]],
    ['with a witness’s key', 1, 'keys', [vkey('log.example/log/2027', 4)]],
    ['without a key', 1, 'keys', []],
    ['with too many keys', 1, 'keys', Array.from({ length: 5 }, () => vkey('log.example/log/2027'))],
    ['with a short registrar key', 1, 'registrar', new Uint8Array(31)],
    ['without a receipt key', 1, 'receipts', undefined],
    ['with an address that is not secure', 1, 'url', 'http://log.example/log/1'],
    ['with credentials in an address', 1, 'url', 'https://a:b@log.example/log/1'],
    ['with a query in an address', 1, 'url', 'https://log.example/log/1?x=y'],
    ['with a final slash in an address', 1, 'url', 'https://log.example/log/1/'],
    ['with a field of its own', 1, 'more', 1],
  ])('%s is refused', (_, n, field, value) => {
    expect(parseShardList(changed(n, field, value))).toMatchObject({ ok: false, reason: 'shards-malformed' });
  });

  test('of more shards than a log can have is refused before it is signed', () => {
    const [open] = sample.slice(-1);
    if (!open) throw new Error('no shard');
    const many = Array.from({ length: MAX_SHARDS + 1 }, (_, i): Shard => {
      const origin = `log.example/log/${i}`;
      const shard = { ...open, origin, keys: [noteKey(origin, 1, open.registrar)] };
      return i === MAX_SHARDS ? shard : { ...shard, final: { size: 3, root: open.registrar } };
    });
    expect(() => encodeShardList(many)).toThrow(RangeError);
    expect(parseShardList(encodeShardList(many.slice(1)))).toMatchObject({ ok: true });
  });

  test('of no shard is refused', () => {
    expect(() => encodeShardList([])).toThrow(RangeError);
  });
});

describe('a successor record', () => {
  test('reads back as it was written, and is no list', () => {
    fc.assert(
      fc.property(lists, (shards) => {
        const [first] = shards;
        if (!first) throw new Error('no shard');
        const { openedAt: _, final: __, ...name } = first;
        const record = encodeSuccessor(name);
        expect(parseSuccessor(record)).toEqual({ ok: true, value: name });
        expect(parseShardList(record).ok).toBe(false);
      }),
    );
  });
});

describe('a shard document', () => {
  const logged = { statement: new Uint8Array(3), claim: new Uint8Array(5), proof: 'proof' };
  const text = encodeShardDocument({ list: logged, ends: [logged, logged] });

  test('reads back as it was written', () => {
    expect(parseShardDocument(text)).toEqual({ ok: true, value: { list: logged, ends: [logged, logged] } });
  });

  test.each([
    ['no JSON', 'x', 'shards-malformed'],
    ['nothing', 'null', 'shards-malformed'],
    ['of a newer form', text.replace('"shards":1', '"shards":2'), 'shards-unsupported'],
    ['of no form', text.replace('"shards":1', '"shards":"1"'), 'shards-malformed'],
    ['with a space', text.replace(':1,', ': 1,'), 'shards-malformed'],
    ['with a field more', text.replace('{"shards"', '{"more":1,"shards"'), 'shards-malformed'],
    ['with another base64', text.replace('AAAA', 'AAA'), 'shards-malformed'],
    ['without ends', text.replace(/"ends".*/, '"ends":null}'), 'shards-malformed'],
    ['with an end that is none', text.replace(/"ends".*/, '"ends":[7]}'), 'shards-malformed'],
    ['that is too large', ' '.repeat(2 * 1024 * 1024 + 1), 'shards-too-large'],
  ])('%s is refused', (_, hostile, reason) => {
    expect(parseShardDocument(hostile)).toMatchObject({ ok: false, reason });
  });
});
