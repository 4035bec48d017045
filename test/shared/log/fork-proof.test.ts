import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { type Checkpoint, encodeCheckpoint } from '#shared/log/checkpoint.ts';
import { compareCheckpoints } from '#shared/log/compare-checkpoints.ts';
import { contradict, encodeForkProof, evidenceIn, parseForkProof, verifyForkProof } from '#shared/log/fork-proof.ts';
import { consistencyProof, EMPTY_ROOT, leafHash, treeRoot } from '#shared/log/merkle.ts';
import { newTiles } from '#shared/log/new-tiles.ts';
import { encodeNote, type NoteKey, noteKey, parseNote, signNote } from '#shared/log/note.ts';
import type { ReadTile } from '#shared/log/tile-proofs.ts';
import { describeVectors, vectorBytes, vectorText } from '../../support/vectors.ts';

const secretKey = new Uint8Array(32).fill(7);
const LOG = { key: noteKey('log.example', 1, ed25519PublicKey(secretKey)), secretKey };
const AT = 1_790_000_000;

/** Leaves that agree up to `from` and then are another history's. */
const history = (size: number, from = size): Uint8Array[] =>
  Array.from({ length: size }, (_, i) => leafHash(Uint8Array.of(i >> 8, i & 255, i < from ? 0 : 1)));
const checkpointOf = (leaves: readonly Uint8Array[]): Checkpoint => ({
  origin: LOG.key.name,
  size: leaves.length,
  root: treeRoot(leaves),
});

function signed(checkpoint: Checkpoint, signer = LOG): string {
  const text = encodeCheckpoint(checkpoint);
  return encodeNote({ text, signatures: [signNote(text, signer)] });
}

/** A log that serves the tiles of these leaves, those of its present width alone. */
function tilesOf(leaves: readonly Uint8Array[]): ReadTile {
  const { tiles } = newTiles(0, [], leaves);
  return async (level, n, width) =>
    tiles.find((tile) => tile.level === level && tile.n === n && tile.width === width)?.bytes;
}

/** What an honest finder saves about two histories. */
async function found(kept: readonly Uint8Array[], offered: readonly Uint8Array[]): Promise<string> {
  const [a, b] = [checkpointOf(kept), checkpointOf(offered)];
  const compared = await compareCheckpoints(tilesOf(a.size > b.size ? kept : offered), a, b);
  const evidence = compared.state === 'fork' ? compared.evidence : undefined;
  return encodeForkProof({ at: AT, kept: signed(a), offered: signed(b), ...(evidence && { evidence }) });
}

const verdict = (text: string, key: NoteKey = LOG.key): string => {
  const proof = parseForkProof(text);
  if (!proof.ok) return proof.reason;
  const fork = verifyForkProof(proof.value, [key]);
  return fork.ok ? fork.value.kind : fork.reason;
};

describe('a fork', () => {
  test.each([
    ['same size', history(5), history(5, 4), 'same-size'],
    ['the larger is another history', history(5), history(9, 3), 'other-prefix'],
    ['the smaller is another history', history(9), history(5, 2), 'other-prefix'],
    ['from a perfect tree, whose proof does not hold its root', history(4), history(7, 0), 'other-prefix'],
    ['over a tile', history(256), history(600, 255), 'other-prefix'],
    ['of one leaf', history(1), history(2, 0), 'other-prefix'],
  ])('%s is proven from the tiles to whoever has the key', async (_, kept, offered, kind) => {
    expect(verdict(await found(kept, offered))).toBe(kind);
  });

  test('of an empty tree with a root of its own is proven by the notes alone', () => {
    const odd = { ...checkpointOf([]), root: leafHash(Uint8Array.of(1)) };
    const file = (a: Checkpoint) =>
      encodeForkProof({ at: AT, kept: signed(a), offered: signed(checkpointOf(history(3))) });
    expect(verdict(file(odd))).toBe('other-prefix');
    expect(verdict(file({ ...odd, root: EMPTY_ROOT }))).toBe('fork-none');
  });

  test('is never proven against a log that only grew, whatever the sizes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), async (m, n) => {
        const [a, b] = [history(m), history(n)];
        const compared = await compareCheckpoints(tilesOf(m > n ? a : b), checkpointOf(a), checkpointOf(b));
        expect(compared.state).toBe('consistent');
        expect(verdict(await found(a, b))).toBe(m === n || m * n === 0 ? 'fork-none' : 'fork-unproven');
      }),
      { numRuns: 40 },
    );
  });

  test('is proven for any two sizes whose common leaves differ', async () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), fc.nat(299));
    await fc.assert(
      fc.asyncProperty(sizes, async ([m, n, at]) => {
        const from = at % Math.min(m, n);
        expect(verdict(await found(history(m), history(n, from)))).toBe(m === n ? 'same-size' : 'other-prefix');
      }),
      { numRuns: 40 },
    );
  });
});

describe('what only looks like a fork', () => {
  const [small, large, other] = [history(5), history(9), history(9, 3)];
  const notes = { at: AT, kept: signed(checkpointOf(small)), offered: signed(checkpointOf(large)) };
  const honest = consistencyProof(large, 5);

  test.each([
    [
      'a proof that fails without leading to the larger root',
      { prefix: EMPTY_ROOT, proof: honest },
      'fork-evidence-invalid',
    ],
    [
      'a proof of another tree',
      { prefix: treeRoot(other.slice(0, 5)), proof: consistencyProof(other, 5) },
      'fork-evidence-invalid',
    ],
    ['a proof of the wrong length', { prefix: treeRoot(small), proof: honest.slice(1) }, 'fork-evidence-invalid'],
    ['a proof that the one continues the other', { prefix: treeRoot(small), proof: honest }, 'fork-none'],
    ['no evidence', undefined, 'fork-unproven'],
  ])('%s', (_, evidence, reason) => {
    expect(verdict(encodeForkProof({ ...notes, ...(evidence && { evidence }) }))).toBe(reason);
  });

  test('notes that another key signed, or another origin, or nobody', () => {
    const forger = {
      key: noteKey('log.example', 1, ed25519PublicKey(new Uint8Array(32))),
      secretKey: new Uint8Array(32),
    };
    const elsewhere = { key: noteKey('other.example', 1, LOG.key.publicKey), secretKey };
    const forged = (offered: string) => verdict(encodeForkProof({ ...notes, offered }));
    expect(forged(signed(checkpointOf(other), forger))).toBe('fork-note-refused');
    expect(forged(signed({ ...checkpointOf(other), origin: 'other.example' }, elsewhere))).toBe('fork-note-refused');
    expect(forged(signed({ ...checkpointOf(other), origin: 'other.example' }))).toBe('fork-note-refused');
    expect(forged('other')).toBe('fork-note-refused');
  });

  test('evidence where the notes are of one size is not what a finder writes', () => {
    const evidence = { prefix: EMPTY_ROOT, proof: [] };
    expect(contradict(checkpointOf(large), checkpointOf(other), evidence).ok).toBe(false);
  });

  test('tiles that are missing, cut short or of a third tree leave the pair unproven', async () => {
    const [a, b] = [checkpointOf(history(5)), checkpointOf(history(300, 3))];
    const reasons = await Promise.all(
      [async () => undefined, async () => new Uint8Array(31), tilesOf(history(300, 1))].map((read) =>
        compareCheckpoints(read, a, b),
      ),
    );
    expect(reasons.map((each) => each.state === 'unproven' && each.reason)).toEqual([
      'tile-missing',
      'tile-malformed',
      'tiles-differ',
    ]);
  });
});

describe('the evidence in a failing proof', () => {
  test('is the prefix that the proof leads from, and proves the fork where it leads to the larger root', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }), (a, b) => {
        const [m, n] = [Math.min(a, b), Math.max(a, b) + 1];
        const offered = history(n, 0);
        const evidence = evidenceIn(consistencyProof(offered, m), m, n);
        expect(evidence === undefined).toBe(Number.isInteger(Math.log2(m)));
        if (evidence !== undefined) {
          expect(contradict(checkpointOf(history(m)), checkpointOf(offered), evidence).ok).toBe(true);
        }
      }),
    );
  });

  test('is none in a proof of another length', () => {
    expect(evidenceIn(consistencyProof(history(9), 5).slice(1), 5, 9)).toBeUndefined();
    expect(evidenceIn([], 9, 5)).toBeUndefined();
  });
});

describe('the file', () => {
  test('has one spelling: no byte of a proven fork can be changed and still prove another one', async () => {
    const text = await found(history(5), history(9, 3));
    const bytes = new TextEncoder().encode(text);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        const read = new TextDecoder().decode(changed);
        // The time is not signed: it may be another, and nothing else.
        const same = read.replace(/"at":\d+/, '') === text.replace(/"at":\d+/, '');
        expect(verdict(read) === 'other-prefix').toBe(same && parseForkProof(read).ok);
      }),
      { numRuns: 1000 },
    );
  });

  test('reads back as written, and is refused in any other spelling, cut short or too long', async () => {
    const text = await found(history(5), history(9, 3));
    const read = parseForkProof(text);
    expect(read.ok && encodeForkProof(read.value)).toBe(text);
    const value = JSON.parse(text);
    const spellings = [
      text.slice(0, -1),
      `${text}\n`,
      text.replace('"at"', ' "at"'),
      `${JSON.stringify({ ...value, extra: 1 })}\n`,
      `${JSON.stringify({ ...value, proof: undefined })}\n`,
      `${JSON.stringify({ ...value, prefix: undefined })}\n`,
      `${JSON.stringify({ ...value, at: -1 })}\n`,
      `${JSON.stringify({ ...value, proof: Array(64).fill(value.prefix) })}\n`,
      `${JSON.stringify({ ...value, kept: 'x'.repeat(131_073) })}\n`,
      '[]',
      'null',
      '',
    ];
    for (const other of spellings) expect(verdict(other), other.slice(0, 40)).toBe('fork-proof-malformed');
    expect(verdict(' '.repeat(400_000))).toBe('fork-proof-too-large');
    expect(verdict('{"forkProof":2}')).toBe('fork-proof-unsupported');
  });

  test('is total on hostile text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((v) => JSON.stringify({ forkProof: 1, v })),
        ),
        (text) => {
          expect(parseForkProof(text).ok).toBe(false);
        },
      ),
    );
  });
});

describeVectors('FiloSottile/sunlight cmd/skylight/testdata', () => {
  const folder = 'log/sunlight/replica/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706';

  test('a checkpoint of a witness and a replica of one size and two roots is a fork, shown by the tiles to be no mix-up', async () => {
    const notes = ['witness', 'replica'].map((each) =>
      vectorText(folder.replace('replica', each).concat('/checkpoint')),
    );
    const [a, b] = notes.map((text) => {
      const note = parseNote(text);
      const [origin = '', size] = note.ok ? note.value.text.split('\n') : [];
      const root = Buffer.from((note.ok ? note.value.text.split('\n')[2] : '') ?? '', 'base64');
      return { origin, size: Number(size), root: new Uint8Array(root) };
    });
    if (a === undefined || b === undefined) throw new Error('two checkpoints');
    const read: ReadTile = async (level, n, width) =>
      vectorBytes(`${folder}/tile/${level}/00${n}${width === 256 ? '' : `.p/${width}`}`);
    expect([a.origin, a.size]).toEqual([b.origin, b.size]);
    expect(await compareCheckpoints(read, a, b)).toEqual({ state: 'fork' });
    const half = { origin: b.origin, size: 150, root: EMPTY_ROOT };
    const compared = await compareCheckpoints(read, half, b);
    expect(compared.state === 'fork' && contradict(half, b, compared.evidence).ok).toBe(true);
  });
});
