import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { encodeVkey, type NoteKey, type NoteKeyType, noteKey } from '#shared/log/note.ts';
import { MAX_POLICY_LENGTH, type Policy, parsePolicy, quorumMet } from '#shared/log/policy.ts';
import { describeVectors, vectorText } from '../../support/vectors.ts';

const keyOf = (name: string, type: NoteKeyType = 4): NoteKey => noteKey(`${name}.example`, type, sha256(utf8(name)));
const vkey = (name: string, type: NoteKeyType = 4): string => encodeVkey(keyOf(name, type));

const read = (text: string): Policy => {
  const policy = parsePolicy(text);
  if (!policy.ok) throw new Error(policy.detail);
  return policy.value;
};

const WITNESSES = ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'];

describeVectors('C2SP tlog-policy', () => {
  const template = vectorText('log/policy/two-level-quorum.template.txt');

  test('the two-level example is met by two of X and one of Y, in each of the 64 cases', () => {
    const text = template
      .replace('log <vkey>', `log ${vkey('log', 1)}`)
      .replace(/^witness (\S+) <vkey>/gm, (_, name: string) => `witness ${name} ${vkey(name)}`);
    const policy = read(text);
    expect(policy.witnesses.map(({ name }) => name)).toEqual(WITNESSES);
    for (let set = 0; set < 64; set++) {
      const cosigned = WITNESSES.filter((_, i) => set & (1 << i));
      const count = (letter: string) => cosigned.filter((name) => name.startsWith(letter)).length;
      const met = count('X') >= 2 && count('Y') >= 1;
      expect(
        quorumMet(
          policy,
          cosigned.map((name) => keyOf(name)),
        ),
        cosigned.join(),
      ).toBe(met);
    }
  });

  test('the example with its keys not filled in is malformed in its first line', () => {
    expect(parsePolicy(template)).toMatchObject({
      reason: 'policy-malformed',
      detail: expect.stringMatching(/^line 1:/),
    });
  });
});

const log = `log ${vkey('log', 1)} https://log.example/\n`;
const [a, b, c] = ['a', 'b', 'c'].map((name) => `witness ${name} ${vkey(name)} https://${name}.example/\n`);

describe('a policy', () => {
  test('is read with its logs, witnesses, addresses and groups', () => {
    expect(read(`${log}${a}${b}group g any a b\nquorum g\n`)).toEqual({
      logs: [{ key: keyOf('log', 1), url: 'https://log.example/' }],
      witnesses: [
        { name: 'a', key: keyOf('a'), url: 'https://a.example/' },
        { name: 'b', key: keyOf('b'), url: 'https://b.example/' },
      ],
      groups: [{ name: 'g', threshold: 1, members: ['a', 'b'] }],
      quorum: 'g',
    });
  });

  test('may hold comments, blank lines, tabs, indents and no log or address', () => {
    expect(read(`# first\n\n \t# indented\n\twitness\ta \t${vkey('a')}  \n\nquorum a\n`)).toEqual({
      logs: [],
      witnesses: [{ name: 'a', key: keyOf('a') }],
      groups: [],
      quorum: 'a',
    });
  });

  test('takes ML-DSA-44 keys for logs and witnesses', () => {
    const key = encodeVkey(noteKey('pq.example', 6, new Uint8Array(1312)));
    expect(read(`log ${key}\nwitness pq ${key}\nquorum pq\n`).witnesses).toHaveLength(1);
  });

  test.each([
    ['no quorum', a],
    ['two quorums', `${a}quorum a\nquorum a\n`],
    ['a quorum of two names', `${a}${b}quorum a b\n`],
    ['a quorum without a name', `${a}quorum\n`],
    ['a quorum before its witness', `quorum a\n${a}`],
    ['a quorum nobody defined', `${a}quorum b\n`],
    ['a group before its member', `group g any a\n${a}quorum g\n`],
    ['a group that is a member of itself', `${a}group g any a g\nquorum g\n`],
    ['a group without members', `${a}group g all\nquorum g\n`],
    ['a group of any without members', `${a}group g any\nquorum g\n`],
    ['a threshold of 0', `${a}group g 0 a\nquorum g\n`],
    ['a threshold above its members', `${a}${b}group g 3 a b\nquorum g\n`],
    ['a threshold with a leading zero', `${a}${b}group g 02 a b\nquorum g\n`],
    ['a threshold in words', `${a}group g most a\nquorum g\n`],
    ['a member twice', `${a}group g 2 a a\nquorum g\n`],
    ['a member in two groups', `${a}${b}group g any a b\ngroup h any a\nquorum h\n`],
    ['a name used twice by witnesses', `${a}${b}`.replace('witness b', 'witness a').concat('quorum a\n')],
    ['a name used by witness and group', `${a}${b}group a any b\nquorum a\n`],
    ['a witness named none', `${a}`.replace('witness a', 'witness none').concat('quorum none\n')],
    ['a group named none', `${a}group none any a\nquorum none\n`],
    [
      'a public key twice under two witnesses',
      `${a}witness z ${encodeVkey(noteKey('z', 4, keyOf('a').publicKey))}\nquorum a\n`,
    ],
    [
      'a public key twice under two logs',
      `${log}log ${encodeVkey(noteKey('z', 1, keyOf('log').publicKey))}\nquorum none\n`,
    ],
    ['a log key for a witness', `witness a ${vkey('a', 1)}\nquorum a\n`],
    ['a witness key for a log', `log ${vkey('a', 4)}\nquorum none\n`],
    ['a key that is not one', `witness a ${vkey('a').slice(0, -4)}\nquorum a\n`],
    ['a word behind an address', `${a?.trimEnd()} more\nquorum a\n`],
    ['a word behind a log address', `${log.trimEnd()} more\nquorum none\n`],
    ['an unknown keyword', `${a}threshold 2\nquorum a\n`],
    ['a keyword in capitals', `${a}Quorum a\n`],
    ['no newline at its end', `${a}quorum a`],
    ['carriage returns', `${a}quorum a\n`.replaceAll('\n', '\r\n')],
    ['a lone surrogate', `# \ud800\n${a}quorum a\n`],
    ['nothing in it', ''],
    ['more than is read', `#${'a'.repeat(MAX_POLICY_LENGTH)}\nquorum none\n`],
  ])('with %s is malformed', (_, text) => {
    expect(parsePolicy(text ?? '')).toMatchObject({ ok: false, reason: 'policy-malformed' });
  });

  test('says which line is wrong and why', () => {
    expect(parsePolicy(`${a}\n# comment\nquorum b\n`)).toMatchObject({
      detail: 'line 4: quorum: name not defined before',
    });
  });
});

describe('a quorum', () => {
  const policy = read(`${a}${b}${c}group inner all a b\ngroup outer any inner c\nquorum outer\n`);

  test('of none is met by nobody', () => {
    expect(quorumMet(read('quorum none\n'), [])).toBe(true);
  });

  test('of one witness is met by its key, under whatever name it cosigned', () => {
    const single = read(`${a}quorum a\n`);
    expect(quorumMet(single, [noteKey('alias', 4, keyOf('a').publicKey)])).toBe(true);
    expect(quorumMet(single, [noteKey('a.example', 4, keyOf('b').publicKey)])).toBe(false);
  });

  const post = noteKey('a.example', 6, new Uint8Array(1312).fill(1));
  test.each([
    ['all', ['Ed25519'], false],
    ['all', ['ML-DSA-44'], false],
    ['all', ['Ed25519', 'ML-DSA-44'], true],
    ['any', ['Ed25519'], true],
    ['any', ['ML-DSA-44'], true],
    ['any', [], false],
    ['ml-dsa', ['Ed25519'], false],
    ['ml-dsa', ['ML-DSA-44'], true],
  ])('that asks for %s of the two keys of a witness, of which %j cosigned, is met: %s', (asked, cosigned, met) => {
    const keys = `${a}witness a-pq ${encodeVkey(post)} https://a.example/\n`;
    const two = read(asked === 'ml-dsa' ? `${keys}quorum a-pq\n` : `${keys}group both ${asked} a a-pq\nquorum both\n`);
    const used = cosigned.map((name) => (name === 'Ed25519' ? keyOf('a') : post));
    expect(quorumMet(two, used)).toBe(met);
  });

  test('never depends on order, duplicates or strangers', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c', 'stranger'), { maxLength: 8 });
    fc.assert(
      fc.property(names, (cosigned) => {
        const met = cosigned.includes('c') || (cosigned.includes('a') && cosigned.includes('b'));
        expect(
          quorumMet(
            policy,
            cosigned.map((name) => keyOf(name)),
          ),
        ).toBe(met);
      }),
    );
  });

  test('reaches through 32 witnesses and 32 groups nested in one another', () => {
    const witnesses = Array.from({ length: 32 }, (_, i) => `w${i}`);
    const lines = witnesses.map((name) => `witness ${name} ${vkey(name)}\n`);
    const groups = witnesses.map((name, i) => `group g${i} all ${name}${i > 0 ? ` g${i - 1}` : ''}\n`);
    const nested = read(`${lines.join('')}${groups.join('')}quorum g31\n`);
    const keys = witnesses.map((name) => keyOf(name));
    expect(quorumMet(nested, keys)).toBe(true);
    for (const missing of keys)
      expect(
        quorumMet(
          nested,
          keys.filter((key) => key !== missing),
        ),
      ).toBe(false);
  });
});
