/** The runtime's engine is asked first; what it says must never differ from strict verification, which decides. */
import { ed25519 } from '@noble/curves/ed25519.js';
import * as fc from 'fast-check';
import { describe, expect, inject, test } from 'vitest';
import { parseStatement, signStatement, verifyStatement } from '#shared/attestation/statement.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { verifyEd25519 } from '#shared/bytes/ed25519.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { nativeKey, verifyByKey } from '../../worker/issuance/issuer-keys.ts';
import { ISSUER } from './support/submissions.ts';

interface Case {
  readonly key: Uint8Array;
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
}

const hex = (text: string): Uint8Array => fromHex(text) ?? new Uint8Array();

/** The runtime throws at a signature of another length; no statement has one. */
async function nativeAccepts({ key, signature, message }: Case): Promise<boolean | undefined> {
  const native = await nativeKey(key);
  return native && signature.length === 64 && crypto.subtle.verify('Ed25519', native, signature, message);
}

function agreeing(cases: readonly Case[], accepted: { readonly native: number; readonly strict: number }): void {
  test('whatever the runtime accepts under a key it may be asked about, strict verification accepts', async () => {
    let native = 0;
    for (const each of cases) {
      if (!(await nativeAccepts(each))) continue;
      native++;
      expect(verifyEd25519(each.signature, each.message, each.key)).toBe(true);
    }
    // Were nothing accepted, nothing would have been compared.
    expect(native).toBe(accepted.native);
    expect(cases.filter((each) => verifyEd25519(each.signature, each.message, each.key))).toHaveLength(accepted.strict);
  });
}

const edges = inject('edges');
describe('vectors of C2SP/CCTV ed25519', () => {
  if (!edges) return test.skip('are not beside the repository', () => undefined);
  const cases = edges.map(({ key, sig, msg }) => ({ key: hex(key), signature: hex(sig), message: utf8(msg) }));
  agreeing(cases, { native: 86, strict: 212 });
  test('a key of low order or in another spelling is never handed to the runtime', async () => {
    const refused = edges.filter(({ flags }) => flags?.some((flag) => /^(low_order|non_canonical)_A$/.test(flag)));
    for (const { key } of refused) expect(await nativeKey(hex(key))).toBeUndefined();
    expect(refused.length).toBeGreaterThan(100);
  });
});

const wycheproof = inject('wycheproof');
describe('vectors of C2SP/wycheproof ed25519', () => {
  if (!wycheproof) return test.skip('are not beside the repository', () => undefined);
  const cases = wycheproof.testGroups.flatMap(({ publicKey, tests }) =>
    tests.map(({ sig, msg }) => ({ key: hex(publicKey.pk), signature: hex(sig), message: hex(msg) })),
  );
  agreeing(cases, { native: 88, strict: 88 });
});

test('statements are accepted and refused exactly as by strict verification, whatever bit is turned over', async () => {
  const key = ed25519.keygen(new Uint8Array(32).fill(5));
  const content = { type: 'output', issuer: ISSUER, subject: 's', issuedAt: 1, preimage: utf8('p') } as const;
  const signed = parseStatement(signStatement({ ...content, preimageType: 'text/plain', location: 'https://l/' }, key));
  if (!signed.ok) throw new Error(signed.reason);
  const native = await nativeKey(key.publicKey);
  if (!native) throw new Error('no native key');
  const issuerKey = { issuer: ISSUER, publicKey: key.publicKey, native };
  expect(await verifyByKey(signed.value, issuerKey)).toBe(true);
  await fc.assert(
    fc.asyncProperty(fc.nat(511), async (bit) => {
      const signature = signed.value.signature.slice();
      signature[bit >> 3] = (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const turned = { ...signed.value, signature };
      expect(await verifyByKey(turned, issuerKey)).toBe(verifyStatement(turned, key.publicKey));
    }),
  );
});
