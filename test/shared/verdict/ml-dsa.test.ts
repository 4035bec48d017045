/** Trails under a policy that demands ML-DSA-44 of the log, of a witness, or of both. */
import { describe, expect, test } from 'vitest';
import { mlDsa44KeyPair } from '#shared/bytes/ml-dsa.ts';
import { cosignMlDsa44 } from '#shared/log/ml-dsa-cosignature.ts';
import { encodeVkey, noteKey, parseNote } from '#shared/log/note.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import type { VerifyTrailInput } from '#shared/verdict/established.ts';
import { TIME, World } from '../../support/build-trail.ts';
import { brokenSignature, TEXT, verdictOn } from './world.ts';

const world = new World();
const entry = world.issue(TEXT);
const signer = (name: string, seed: number) => {
  const { publicKey, secretKey } = mlDsa44KeyPair(new Uint8Array(32).fill(seed));
  return { key: noteKey(name, 6, publicKey), secretKey };
};
const log = signer(world.origin, 1);
const witness = signer('w1.test.example', 2);
const plain = parseNote(world.checkpoint());
if (!plain.ok) throw new Error(plain.reason);
const logLine = cosignMlDsa44(plain.value, log, 0);
const witnessLine = cosignMlDsa44(plain.value, witness, TIME + 5);
const complete = world.checkpoint({ extra: [logLine, witnessLine] });

/** The world's own policy with more lines before its quorum. */
function trustWith(...lines: string[]) {
  const document = JSON.parse(world.trustText());
  document.policy = document.policy.replace('quorum two', [...lines, 'quorum two'].join('\n'));
  if (lines.some((line) => line.startsWith('group')))
    document.policy = document.policy.replace(/quorum two/, 'quorum all');
  const trust = parseTrust(JSON.stringify(document));
  if (!trust.ok) throw new Error(trust.detail);
  return [trust.value];
}
const DEMANDS = {
  log: trustWith(`log ${encodeVkey(log.key)}`),
  witness: trustWith(`witness pq ${encodeVkey(witness.key)}`, 'group all all two pq'),
  both: trustWith(`log ${encodeVkey(log.key)}`, `witness pq ${encodeVkey(witness.key)}`, 'group all all two pq'),
};
const on = (checkpoint: string, trust: VerifyTrailInput['trust'], more: Partial<VerifyTrailInput> = {}) => {
  const { verdict, reasons, facts } = verdictOn(world, world.trail(entry, { checkpoint }), { trust, ...more });
  return { verdict, reasons: [...new Set(reasons)], witnesses: facts?.witnesses.map(({ name }) => name) };
};
/** Without the lines whose signature is as long as ML-DSA-44's, of that name. */
const without = (note: string, name: string): string =>
  note
    .split('\n')
    .filter((line) => !(line.startsWith(`— ${name} `) && line.length > 1000))
    .join('\n');
const forged = (note: string, name: string): string =>
  note
    .split('\n')
    .map((line) => (line.length > 1000 ? brokenSignature(line, name) : line))
    .join('\n');
const [LOG, WITNESS] = [world.origin, 'w1.test.example'];

describe('a trail', () => {
  test.each(Object.entries(DEMANDS))('that carries what is demanded of the %s is verified', (_, trust) => {
    expect(on(complete, trust)).toMatchObject({ verdict: 'verified', reasons: [] });
  });

  test('names a witness once, though it signed with two keys', () => {
    const { witnesses } = on(complete, DEMANDS.both);
    expect(witnesses).toEqual(['w1.test.example', 'w2.test.example', 'w3.test.example']);
  });

  test.each([
    ['the line of the log stripped', 'log', without(complete, LOG), 'unproven', 'log-signature-incomplete'],
    ['the line of the log forged', 'log', forged(complete, LOG), 'invalid', 'log-signature-invalid'],
    ['the line of the witness stripped', 'witness', without(complete, WITNESS), 'unproven', 'quorum-unmet'],
    ['the line of the witness forged', 'witness', forged(complete, WITNESS), 'invalid', 'cosignature-invalid'],
    [
      'a cosignature that claims no time',
      'witness',
      world.checkpoint({ extra: [cosignMlDsa44(plain.value, witness, 0)] }),
      'unproven',
      'quorum-unmet',
    ],
    [
      "the witness's Ed25519 line twice",
      'witness',
      world.checkpoint({ cosigners: ['w1', 'w2', 'w1'] }),
      'unproven',
      'quorum-unmet',
    ],
    ['both lines stripped', 'both', without(without(complete, LOG), WITNESS), 'unproven', 'log-signature-incomplete'],
  ] as const)('with %s is not verified', (_, demand, checkpoint, verdict, reason) => {
    expect(checkpoint).not.toBe(complete);
    const found = on(checkpoint, DEMANDS[demand]);
    expect([found.verdict, found.reasons[0]]).toEqual([verdict, reason]);
  });

  test.each(Object.entries(DEMANDS))(
    'is never verified for a reader without ML-DSA-44, demanded of the %s',
    (demand, trust) => {
      const { verdict, reasons } = on(complete, trust, { noteAlgorithms: [] });
      expect(verdict).toBe('unproven');
      expect(reasons[0]).toBe(demand === 'witness' ? 'quorum-unmet' : 'log-signature-incomplete');
    },
  );

  test('with more signatures than its reader asks for is verified, also without ML-DSA-44', () => {
    const trust = trustWith();
    expect(on(complete, trust).verdict).toBe('verified');
    expect(on(complete, trust, { noteAlgorithms: [] }).verdict).toBe('verified');
    expect(on(forged(complete, LOG), trust).verdict).toBe('verified');
  });
});
