import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeVkey, noteKey } from '#shared/log/note.ts';
import { followShards } from '#shared/shards/follow-shards.ts';
import { encodeShardDocument, parseShardDocument, type ShardDocument } from '#shared/shards/shard-document.ts';
import { encodeShardList, encodeSuccessor, SHARD_LIST_MEDIA_TYPE } from '#shared/shards/shard-list.ts';
import { parseTrust, type Trust } from '#shared/trust/trust.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import { Shards } from '../../support/build-shards.ts';
import { keyPair } from '../../support/build-trail.ts';

const TEXT = 'The tide follows the moon, and the moon does not mind.';
const build = (years: readonly number[] = [2026, 2027, 2028]): Shards =>
  new Shards(years, (world) => void world.issue(TEXT));
const shards = build();
const honest = shards.document();

function trustOf(text: string): Trust {
  const trust = parseTrust(text);
  if (!trust.ok) throw new Error(trust.detail);
  return trust.value;
}
const trustIn = (i: number, of = shards): Trust => trustOf(of.world(i).trustText());

/** The document with some of its parts replaced. */
function with_(change: (document: ShardDocument) => Partial<ShardDocument>): string {
  const parsed = parseShardDocument(honest);
  if (!parsed.ok) throw new Error(parsed.reason);
  return encodeShardDocument({ ...parsed.value, ...change(parsed.value) });
}

/** The document of a log that was rotated with what a thief has. */
const rotatedBy = ({
  registrar = 'registrar',
  ...signed
}: { registrar?: string } & Parameters<Shards['document']>[0]) =>
  new Shards([2026, 2027], () => {}, { signer: keyPair(registrar) }).document(signed);

describe('from trust in one shard', () => {
  test.each([0, 1, 2])('number %i alone, trails of every shard verify', (i) => {
    const followed = followShards(honest, trustIn(i));
    if (!followed.ok) throw new Error(`${followed.reason} ${followed.detail}`);
    expect(followed.value.shards.map(({ origin }) => origin)).toEqual(shards.worlds.map(({ origin }) => origin));
    expect(followed.value.checkpoints.map(({ checkpoint }) => checkpoint.size)).toEqual(
      shards.worlds.map(({ entries }) => entries.length),
    );
    for (const world of shards.worlds) {
      const entry = world.entries.find(({ passages }) => passages !== undefined);
      if (!entry) throw new Error('no output');
      const given = { trail: world.trailText(entry), evidenceKinds: [], noteAlgorithms: [] };
      expect(verifyTrail({ ...given, trust: [followed.value.trust] }).verdict).toBe('verified');
      const alone = verifyTrail({ ...given, trust: [trustIn(i)] });
      expect(alone.reasons).toEqual(world === shards.world(i) ? [] : ['log-unknown']);
    }
  });

  test('the reader’s own words about a shard are not changed', () => {
    const trust = trustIn(0);
    const followed = followShards(honest, trust);
    if (!followed.ok) throw new Error(followed.reason);
    expect(followed.value.trust.policy.logs.slice(0, 1)).toEqual(trust.policy.logs);
    expect(followed.value.trust.policy.witnesses).toBe(trust.policy.witnesses);
    expect(followed.value.trust.policy.quorum).toBe(trust.policy.quorum);
  });

  test('an expired document stays expired', () => {
    const followed = followShards(honest, trustOf(shards.world(0).trustText({ validUntil: 5 })));
    expect(followed.ok && followed.value.trust.validUntil).toBe(5);
  });
});

describe('a thief', () => {
  test('who has nothing stolen is followed: the forgery below differs only by what is stolen', () => {
    expect(followShards(rotatedBy({}), trustIn(0))).toMatchObject({ ok: true });
  });

  test.each<[string, Parameters<typeof rotatedBy>[0], string]>([
    ['of the log’s key and the witnesses’ trust', { registrar: 'thief' }, 'shards-unsigned'],
    [
      'of the registrar’s and the log’s key, whom the witnesses do not see',
      { cosigners: ['w1'] },
      'shards-unwitnessed',
    ],
    ['of the registrar’s key alone', { logKey: keyPair('thief') }, 'shards-unlogged'],
  ])('%s adds no shard', (_, who, reason) => {
    expect(followShards(rotatedBy(who), trustIn(0))).toMatchObject({ ok: false, reason });
  });
});

describe('what is refused', () => {
  test.each<[string, string, Trust, string]>([
    [
      'a list of logs the reader does not trust',
      honest,
      trustOf(new Shards([1999]).world(0).trustText()),
      'shards-unrelated',
    ],
    [
      'everything, where the reader trusts no registrar',
      honest,
      trustOf(`log ${encodeVkey(shards.world(0).logKey)}\nquorum none\n`),
      'shards-unrelated',
    ],
    [
      'a list that gives a trusted shard another key',
      honest,
      trustOf(
        `{"trust":1,"policy":"log ${encodeVkey(noteKey(shards.world(1).origin, 1, keyPair('x').publicKey))}\\nquorum none\\n","registrars":[]}`,
      ),
      'shards-contradict-trust',
    ],
    [
      'a list that gives a trusted shard another registrar',
      honest,
      { ...trustIn(0), registrars: [{ log: shards.world(0).origin, publicKey: keyPair('x').publicKey }] },
      'shards-contradict-trust',
    ],
    ['a document without an end', with_(({ ends }) => ({ ends: ends.slice(1) })), trustIn(0), 'shards-malformed'],
    ['ends in another order', with_(({ ends }) => ({ ends: ends.toReversed() })), trustIn(0), 'shards-unlogged'],
    [
      'an end in the place of the list',
      with_(({ ends: [end] }) => (end ? { list: end } : {})),
      trustIn(0),
      'shards-malformed',
    ],
    [
      'an end with another preimage',
      with_(({ ends: [end, ...more] }) => ({
        ends: end ? [{ ...end, claim: encodeSuccessor(shards.nameOf(2)) }, ...more] : [],
      })),
      trustIn(0),
      'shards-malformed',
    ],
    [
      'an end under a checkpoint that has grown since',
      with_(({ ends: [, ...more] }) => {
        const grown = build();
        const [end] = grown.ends;
        grown.world(0).issue('one more');
        return { ends: end ? [grown.logged(0, end), ...more] : [] };
      }),
      trustIn(0),
      'shards-broken',
    ],
    [
      'an end that names another shard than the list',
      (() => {
        const [one, other] = [new Shards([2026, 2027]), new Shards([2026, 2031])];
        const [list, end] = [one.lists[1], other.ends[0]];
        if (!list || !end) throw new Error('no list');
        const ends = [other.logged(0, end)];
        return encodeShardDocument({ list: one.logged(1, list), ends });
      })(),
      trustIn(0),
      'shards-broken',
    ],
    [
      'a list at another index',
      (() => {
        const late = new Shards([2026, 2027]);
        const again = late.append(1, SHARD_LIST_MEDIA_TYPE, encodeShardList(late.listed(1)));
        const [end] = late.ends;
        if (!end) throw new Error('no end');
        return encodeShardDocument({ list: late.logged(1, again), ends: [late.logged(0, end)] });
      })(),
      trustIn(0),
      'shards-broken',
    ],
  ])('%s', (_, document, trust, reason) => {
    expect(followShards(document, trust)).toMatchObject({ ok: false, reason });
  });

  test('any document with a byte changed, unless the byte signs nothing that counts', () => {
    const trust = trustIn(0);
    const before = followShards(honest, trust);
    fc.assert(
      fc.property(
        fc.nat({ max: honest.length - 1 }),
        fc.constantFrom('A', 'B', '0', '+', '"', '\n', ' '),
        (at, letter) => {
          const damaged = honest.slice(0, at) + letter + honest.slice(at + 1);
          const followed = followShards(damaged, trust);
          // A cosignature beyond the quorum may be damaged without harm; what is followed never changes.
          if (followed.ok && before.ok) expect(followed.value.shards).toEqual(before.value.shards);
        },
      ),
      { numRuns: 300 },
    );
  });
});
