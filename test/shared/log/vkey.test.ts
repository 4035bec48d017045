import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '#shared/bytes/base64.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { encodeVkey, type NoteKeyType, noteKey, parseVkey } from '#shared/log/note.ts';
import { describeVectors, vectorJson } from '../../support/vectors.ts';

describeVectors('transparency-dev/formats note', () => {
  interface Vkey {
    readonly name: string;
    readonly vkey: string;
    readonly wantErr: boolean;
    /** The key ID the specification gives, where the published one is another. */
    readonly specKeyId?: string;
  }
  const { vkeys } = vectorJson<{ vkeys: readonly Vkey[] }>('log/vkey/cosignature-v1.json');
  const asPublished = vkeys.filter(({ specKeyId }) => specKeyId === undefined);

  test('all 8 keys are there', () => {
    expect(vkeys).toHaveLength(8);
    expect(asPublished).toHaveLength(7);
  });

  test.each(asPublished)('$name: refused is $wantErr', ({ vkey, wantErr }) => {
    const key = parseVkey(vkey);
    expect(key.ok).toBe(!wantErr);
    if (key.ok) expect(encodeVkey(key.value)).toBe(vkey);
  });

  test('a key ID that the specification does not give is refused, and accepted once it is the right one', () => {
    const [odd] = vkeys.filter(({ specKeyId }) => specKeyId !== undefined);
    if (!odd?.specKeyId) throw new Error('no such vector');
    expect(parseVkey(odd.vkey)).toMatchObject({ reason: 'vkey-malformed' });
    const parts = odd.vkey.split('+');
    const right = [parts[0], odd.specKeyId, ...parts.slice(2)].join('+');
    expect(parseVkey(right)).toMatchObject({ ok: true, value: { name: 'test', type: 6 } });
  });
});

describeVectors('FiloSottile/sunlight skylight', () => {
  test.each([
    'log/sunlight/witness/witness.v0.json',
    'log/sunlight/witness2/witness.v0.json',
    'log/sunlight/replica/replica.v0.json',
  ])('the key in %s is of type 4 and carries its own key ID', (path) => {
    const { name, verifier_keys } = vectorJson<{ name: string; verifier_keys: readonly string[] }>(path);
    expect(verifier_keys).toHaveLength(1);
    for (const vkey of verifier_keys) expect(parseVkey(vkey)).toMatchObject({ ok: true, value: { name, type: 4 } });
  });
});

describe('a verifier key', () => {
  const key = noteKey('log.example/2026', 1, new Uint8Array(32).fill(7));
  const vkey = encodeVkey(key);
  const [name = '', id = '', encoded = ''] = vkey.split('+');

  test.each([
    [1, 32],
    [4, 32],
    [6, 1312],
  ] satisfies readonly (readonly [NoteKeyType, number])[])('of type %i has %i bytes and reads back', (type, length) => {
    const made = noteKey('a', type, new Uint8Array(length));
    expect(parseVkey(encodeVkey(made))).toEqual({ ok: true, value: made });
    expect(() => noteKey('a', type, new Uint8Array(length - 1))).toThrow(RangeError);
    expect(() => noteKey('a', type, new Uint8Array(length + 1))).toThrow(RangeError);
  });

  test('has another ID under another name or of another type', () => {
    const ids = [key, noteKey('log.example/2027', 1, key.publicKey), noteKey(key.name, 4, key.publicKey)];
    expect(new Set(ids.map(({ keyId }) => toHex(keyId))).size).toBe(3);
  });

  const withType = (type: number): string => {
    const blob = fromBase64(encoded) ?? new Uint8Array(0);
    return `${name}+${id}+${toBase64(blob.map((byte, i) => (i === 0 ? type : byte)))}`;
  };

  test.each([
    ['another name', vkey.replace('2026', '2027')],
    ['no name', `+${id}+${encoded}`],
    ['a space in the name', vkey.replace('log.', 'log ')],
    ['a control character in the name', vkey.replace('log.', 'log\u0007')],
    ['another key ID', vkey.replace(id, '00000000')],
    ['a key ID in upper case', vkey.replace(id, id.toUpperCase())],
    ['a short key ID', vkey.replace(id, id.slice(1))],
    ['type 2, ECDSA', withType(2)],
    ['type 4 under the ID of type 1', withType(4)],
    ['a key a byte short', `${name}+${id}+${toBase64((fromBase64(encoded) ?? new Uint8Array(0)).slice(0, 32))}`],
    ['no key', `${name}+${id}+`],
    ['only its name', name],
    ['a part more', `${vkey}+`],
    ['a newline at its end', `${vkey}\n`],
    ['more than 4096 characters', `${'a'.repeat(4096)}${vkey}`],
  ])('with %s is malformed', (_, changed) => {
    expect(changed).not.toBe(vkey);
    expect(parseVkey(changed)).toMatchObject({ ok: false, reason: 'vkey-malformed' });
  });

  test.each(['', 'a b', 'a+b', 'a\u2003b', 'a\nb', '\udfff'])('is not made under the name %j', (bad) => {
    expect(() => noteKey(bad, 1, key.publicKey)).toThrow(RangeError);
  });
});
