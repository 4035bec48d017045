/** A witness's ML-DSA-44 key: made by keygen, read by witness. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeMlDsaKey, parseMlDsaKey } from '../../sdk/witness/ml-dsa-key.ts';
import { toBase64Url } from '../../shared/bytes/base64.ts';
import { mlDsa44KeyPair } from '../../shared/bytes/ml-dsa.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const seed = new Uint8Array(32).fill(5);
const jwk = JSON.parse(encodeMlDsaKey(seed));

describe('an ML-DSA-44 key file', () => {
  test('is the AKP JWK of RFC 9964, with the seed as its secret part, and reads back', () => {
    const pair = mlDsa44KeyPair(seed);
    expect(jwk).toEqual({ kty: 'AKP', alg: 'ML-DSA-44', pub: toBase64Url(pair.publicKey), priv: toBase64Url(seed) });
    expect(parseMlDsaKey(encodeMlDsaKey(seed))).toEqual({ ok: true, value: pair });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', [jwk]],
    ['null', null],
    ['an Ed25519 key', { ...jwk, kty: 'OKP', crv: 'Ed25519' }],
    ['another parameter set', { ...jwk, alg: 'ML-DSA-65' }],
    ['no secret part', { ...jwk, priv: undefined }],
    ['a seed of 31 bytes', { ...jwk, priv: toBase64Url(seed.slice(1)) }],
    ['an expanded secret key', { ...jwk, priv: toBase64Url(mlDsa44KeyPair(seed).secretKey) }],
    ['the public key of another', { ...jwk, pub: JSON.parse(encodeMlDsaKey(new Uint8Array(32))).pub }],
    ['no public key', { ...jwk, pub: undefined }],
  ])('of %s is refused', (_, value) => {
    expect(parseMlDsaKey(JSON.stringify(value) ?? '')).toMatchObject({ ok: false, reason: 'key-malformed' });
  });
});

describe('keygen --alg ML-DSA-44', () => {
  test('writes a private file, or says on the terminal that this is the secret', async () => {
    const path = join(temporaryFolder(), 'key');
    expect(await witnessmark(['keygen', '--alg', 'ML-DSA-44', '--out', path])).toMatchObject({ code: 0, out: '' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(parseMlDsaKey(readFileSync(path, 'utf8')).ok).toBe(true);
    const shown = await witnessmark(['keygen', '--alg', 'ML-DSA-44']);
    expect([shown.code, parseMlDsaKey(shown.out).ok, shown.err]).toEqual([0, true, expect.stringContaining('secret')]);
  });

  test.each([
    [['--alg', 'ML-DSA-44', '--key-set', 'set'], /no key set/],
    [['--alg', 'ML-DSA-87'], /--alg "ML-DSA-87" is not known/],
  ])('%j says what is wrong (30)', async (more, message) => {
    const { code, err } = await witnessmark(['keygen', ...more]);
    expect([code, err]).toEqual([30, expect.stringMatching(message)]);
  });
});

test('witness --ml-dsa-key takes no other key', async () => {
  const folder = temporaryFolder();
  const [key, policy] = [join(folder, 'key'), join(folder, 'policy')];
  await witnessmark(['keygen', '--out', key]);
  writeFileSync(policy, 'log log.example+f3e73440+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nquorum none\n');
  const options = ['--name', 'w.example', '--key', key, '--ml-dsa-key', key, '--policy', policy, '--state', folder];
  const { code, err } = await witnessmark(['witness', ...options]);
  expect([code, err]).toEqual([30, expect.stringContaining('not an ML-DSA-44 JWK')]);
});
