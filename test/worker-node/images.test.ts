/** Images in a running log: found by keys that it makes from the signed hash, and by nothing that anybody brings. */
import { sha256 } from '@noble/hashes/sha2.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromBase64, toBase64Url } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import type { ClaimedOutput } from '#shared/claim/claim.ts';
import { imageOutput } from '#shared/claim/image-output.ts';
import { filterKey, mayContain, parseFilter } from '#shared/filter/filter.ts';
import { imageKeys, imageProbes } from '#shared/image/image-keys.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { madeImage } from '../support/made-image.ts';
import { attestationOf, type IssuerOrigin, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';
import { expectProblem, publishedSize } from './support/problem.ts';

interface Attested {
  readonly id: string;
  readonly output: ClaimedOutput;
  /** base64 */
  readonly claim: string;
}

let log: LocalLog;
let issuer: IssuerOrigin;
let whole: Attested;
let copied: Attested;
let plain: Attested;
let gone: Attested;

beforeAll(async () => {
  const oprfKey = Buffer.from(new Uint8Array(32).fill(5)).toString('base64');
  [log, issuer] = await Promise.all([startTestLog({ witnesses: 0, filterSeconds: 1, oprfKey }), startIssuer()]);
  await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  // All at once: rows follow the publication.
  [whole, copied, plain, gone] = await Promise.all([
    attested(outputOf(1)),
    attested(outputOf(2)),
    attested(withoutHash(outputOf(4))),
    attested(outputOf(5)),
  ]);
});
afterAll(() => Promise.all([log.stop(), issuer.stop()]));

const outputOf = (seed: number): ClaimedOutput => imageOutput(utf8(`file ${seed}`), 'image/png', madeImage(seed));
const hashOf = ({ match }: ClaimedOutput): Uint8Array => {
  if (!match) throw new Error('no hash');
  return match.hash;
};

function bodyOf(output: ClaimedOutput): Omit<ReturnType<typeof attestationOf>, 'passages'> {
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  const { passages: _, ...body } = attestationOf('', issuer.origin, key, { output });
  return body;
}
const post = (body: object): Promise<Response> => postJson(`${log.logUrl}/v1/attestations`, body);
async function attested(output: ClaimedOutput): Promise<Attested> {
  const body = bodyOf(output);
  const answer = await post(body);
  expect(answer.status).toBe(201);
  await answer.body?.cancel();
  return { id: answer.headers.get('location')?.split('/').at(-1) ?? '', output, claim: body.claim };
}
const withoutHash = ({ match: _, ...output }: ClaimedOutput): ClaimedOutput => output;

/** Attestations under what is looked up; none while the index is being built. */
async function foundBy(alg: string, hex: string): Promise<string[]> {
  const answer = await fetch(`${log.logUrl}/v1/lookup/${alg}/${hex.slice(0, 4)}`);
  if (answer.status === 503) return [];
  const { entries } = (await answer.json()) as { entries: { suffix: string; id: string }[] };
  return entries.filter(({ suffix }) => suffix === hex.slice(4)).map(({ id }) => id);
}
const foundByLooks = async (hash: Uint8Array): Promise<Set<string>> =>
  new Set((await Promise.all(imageProbes(hash).map((hex) => foundBy('wm-image-1', hex)))).flat());

/** Which of these keys some filter of the log may hold. */
async function filtered(keys: readonly string[]): Promise<boolean[]> {
  const list = await (await fetch(`${log.logUrl}/v1/filters`)).text();
  const digests = [...list.matchAll(/^filter wm-image-1\/\S+ \d+ \d+ (\S{43})$/gm)].map(([, digest]) => digest);
  const filters = await Promise.all(
    digests.map(async (digest) => {
      const answer = await fetch(`${log.logUrl}/v1/filters/${digest}`);
      const filter = parseFilter(new Uint8Array(await answer.arrayBuffer()));
      if (!filter.ok) throw new Error(filter.reason);
      return filter.value;
    }),
  );
  return keys.map((hex) =>
    filters.some((filter) => filter.name === `wm-image-1/${hex[0]}` && mayContain(filter, filterKey(hex) ?? -1)),
  );
}

test('an image is found by every key of its hash and by its digest, and is in the filters', async () => {
  const { id, output } = whole;
  const keys = imageKeys(hashOf(output));
  for (const hex of keys) await expect.poll(() => foundBy('wm-image-1', hex), { timeout: 15_000 }).toEqual([id]);
  expect(await foundBy('sha-256', toHex(output.digest))).toEqual([id]);
  await expect.poll(() => filtered(keys), { timeout: 20_000, interval: 300 }).toEqual(keys.map(() => true));
  expect(await filtered(imageKeys(sha256(utf8('another image'))))).toContain(false);
});

test('a copy whose hash differs in a few bits leads to the attested image, another image does not', async () => {
  const { id, output } = copied;
  const copy = hashOf(output).slice();
  // The lowest frequencies stand last.
  copy.set([(copy[29] ?? 0) ^ 2, copy[30] ?? 0, (copy[31] ?? 0) ^ 1], 29);
  await expect.poll(() => foundByLooks(copy), { timeout: 15_000 }).toEqual(new Set([id]));
  expect(await foundByLooks(hashOf(outputOf(3)))).toEqual(new Set());
});

test('an image without a hash is found by its digest alone', async () => {
  const { id, output } = plain;
  await expect.poll(() => foundBy('sha-256', toHex(output.digest)), { timeout: 15_000 }).toEqual([id]);
  expect(await foundByLooks(hashOf(outputOf(4)))).toEqual(new Set());
});

test('a withdrawn claim takes the keys of its image with it', async () => {
  const { id, output, claim } = gone;
  await expect.poll(() => foundByLooks(hashOf(output)), { timeout: 15_000 }).toEqual(new Set([id]));
  const digest = toBase64Url(sha256(fromBase64(claim) ?? utf8('')));
  const headers = { authorization: `Bearer ${log.adminToken}` };
  expect((await fetch(`${log.logUrl}/v1/claims/${digest}`, { method: 'DELETE', headers })).status).toBe(204);
  expect(await foundByLooks(hashOf(output))).toEqual(new Set());
  expect(await foundBy('sha-256', toHex(output.digest))).toEqual([]);
});

test('an image whose claim shows its hash cannot be indexed obliviously; nothing is logged', async () => {
  const size = await publishedSize(log.logUrl);
  const { detail } = await expectProblem(
    await post({ ...bodyOf(outputOf(6)), index: 'oblivious' }),
    422,
    'fingerprints-refused',
  );
  expect(detail).toContain('hash of the image');
  expect(await publishedSize(log.logUrl)).toBe(size);
});
