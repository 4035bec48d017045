/** The log as a SCITT transparency service: statements go in alone, receipts come out over the same tree. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCoseKey, parseKeySet } from '#shared/attestation/key.ts';
import { statementId } from '#shared/attestation/statement.ts';
import { fromBase64, toBase64Url } from '#shared/bytes/base64.ts';
import { CborTag, type CborValue, decodeCbor } from '#shared/bytes/cbor.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { openCheckpoint } from '#shared/log/checkpoint.ts';
import { leafHash, verifyInclusion } from '#shared/log/merkle.ts';
import { parseTlogProof } from '#shared/log/proof.ts';
import { parseReceipt, verifyReceipt } from '#shared/receipt/receipt.ts';
import { parseTransparentStatement } from '#shared/receipt/transparent-statement.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { attestationOf, type IssuerOrigin, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';
import { expectProblem, publishedSize } from './support/problem.ts';

let log: LocalLog;
let issuer: IssuerOrigin;

beforeAll(async () => {
  [log, issuer] = await Promise.all([startTestLog({ witnesses: 1 }), startIssuer()]);
  await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
});
afterAll(async () => {
  await Promise.all([log.stop(), issuer.stop()]);
});

const bytesOf = async (answer: Response): Promise<Uint8Array> => new Uint8Array(await answer.arrayBuffer());
const get = (path: string): Promise<Response> => fetch(`${log.logUrl}${path}`);
const register = (entry: Uint8Array, type = 'application/cose'): Promise<Response> =>
  fetch(`${log.logUrl}/entries`, { method: 'POST', body: entry.slice().buffer, headers: { 'content-type': type } });

function attestation(text: string) {
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  const body = attestationOf(text, issuer.origin, key);
  const entry = fromBase64(body.statement) ?? new Uint8Array();
  return { body, entry, id: statementId(entry) };
}

/** The key receipts are signed with: the second of the set. */
async function receiptKey() {
  const keys = parseKeySet(await bytesOf(await get('/.well-known/scitt-keys')));
  const key = keys.ok ? keys.value[1] : undefined;
  if (!key) throw new Error('no receipt key');
  return key;
}

/** Expects a refusal in CBOR whose detail begins with the reason. */
async function expectConcise(answer: Response, status: number, reason: string): Promise<void> {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    status,
    'application/concise-problem-details+cbor',
  ]);
  const problem = decodeCbor(await bytesOf(answer));
  const fields = problem.ok ? (problem.value as Map<number, string | number>) : new Map();
  expect([fields.get(-2)?.toString().split(':')[0], fields.get(-4)]).toEqual([reason, status]);
}

test('a statement is answered with a receipt that holds for it, and the same again the second time', async () => {
  const { entry, id } = attestation('Registered alone.');
  const first = await register(entry);
  expect([first.status, first.headers.get('location')]).toEqual([201, `/entries/${id}`]);
  const receipt = parseReceipt(await bytesOf(first));
  if (!receipt.ok) throw new Error(receipt.detail);
  const { publicKey } = await receiptKey();
  expect(receipt.value).toMatchObject({ log: 'localhost/log/2026', subject: id });
  expect(verifyReceipt(receipt.value, leafHash(entry), publicKey)).toBe(true);
  const second = await register(entry, 'application/scitt-statement+cose; charset=binary');
  const again = parseReceipt(await bytesOf(second));
  expect([second.status, again.ok && again.value.index]).toEqual([200, receipt.value.index]);
});

test('an entry is given as receipt, as Transparent Statement and as tlog-proof, all of one tree', async () => {
  const { entry, id } = attestation('Three forms.');
  await register(entry);
  const { publicKey } = await receiptKey();
  const receipt = parseReceipt(await bytesOf(await get(`/entries/${id}`)));
  expect(receipt.ok && verifyReceipt(receipt.value, leafHash(entry), publicKey)).toBe(true);

  const transparent = parseTransparentStatement(await bytesOf(await get(`/entries/${id}/statement`)));
  if (!transparent.ok) throw new Error(transparent.detail);
  expect(transparent.value.statement).toEqual(entry);
  const carried = parseReceipt(transparent.value.receipts[0] ?? entry);
  expect(carried.ok && verifyReceipt(carried.value, leafHash(entry), publicKey)).toBe(true);

  const proof = parseTlogProof(await (await get(`/entries/${id}/tlog-proof`)).text());
  const trust = parseTrust(log.trust);
  const logKey = trust.ok ? trust.value.policy.logs[0]?.key : undefined;
  if (!proof.ok || !logKey) throw new Error('no proof');
  const checkpoint = openCheckpoint(proof.value.checkpoint, [logKey]);
  if (!checkpoint.ok) throw new Error(checkpoint.reason);
  const { size, root } = checkpoint.value.checkpoint;
  const { index, hashes } = proof.value;
  expect(verifyInclusion({ leafHash: leafHash(entry), index, size, proof: hashes, root }).ok).toBe(true);
});

test('a statement registered alone has a trail once its claim is brought, under the same index', async () => {
  const { body, entry, id } = attestation('The claim comes later.');
  const receipt = parseReceipt(await bytesOf(await register(entry)));
  await expectProblem(await get(`/v1/trails/${id}`), 404, 'claim-unknown');
  const brought = await postJson(`${log.logUrl}/v1/attestations`, body);
  expect(brought.status).toBe(200);
  const trail = parseTrail(await brought.text());
  const proof = trail.ok ? parseTlogProof(trail.value.proof) : trail;
  expect(proof.ok && receipt.ok && proof.value.index === receipt.value.index).toBe(true);
});

test('whoever registers a statement first cannot keep its text from being found', async () => {
  const { body, entry, id } = attestation('Registered by somebody else before its issuer brought the claim.');
  await register(entry);
  await postJson(`${log.logUrl}/v1/attestations`, body);
  const digest = toHex(fromBase64(body.passages[0] ?? '') ?? new Uint8Array());
  const found = async () => {
    const bucket = await (await get(`/v1/lookup/wm-match-1/${digest.slice(0, 4)}`)).json();
    const { entries } = bucket as { entries: { suffix: string; id: string }[] };
    return entries.filter(({ suffix }) => suffix === digest.slice(4)).map((row) => row.id);
  };
  await expect.poll(found).toEqual([id]);
});

test('each key of the log is served by its thumbprint', async () => {
  const { kid, publicKey } = await receiptKey();
  const key = parseCoseKey(await bytesOf(await get(`/.well-known/scitt-keys/${toBase64Url(kid)}`)));
  expect(key).toEqual({ ok: true, value: { kid, publicKey } });
  await expectProblem(await get(`/.well-known/scitt-keys/${'A'.repeat(43)}`), 404, 'key-unknown');
});

test('the receipt key is recorded in the first entry of the log', async () => {
  const [genesis] = [await bytesOf(await get('/log/tile/entries/000.p/2')).catch(() => new Uint8Array())];
  const { kid, publicKey } = await receiptKey();
  expect(kid).toHaveLength(32);
  const statement = decodeCbor(genesis?.slice(2, 2 + ((genesis[0] ?? 0) << 8) + (genesis[1] ?? 0)) ?? new Uint8Array());
  const parts =
    statement.ok && statement.value instanceof CborTag ? (statement.value.value as readonly CborValue[]) : [];
  const payload = parts[2];
  if (!(payload instanceof Uint8Array)) throw new Error('no payload');
  const epoch = decodeCbor(await bytesOf(await get(`/v1/claims/${toBase64Url(payload)}`)));
  expect(epoch.ok && (epoch.value as Map<string, CborValue>).get('receipts')).toEqual(publicKey);
});

describe('what is refused is refused in CBOR and leaves nothing behind', () => {
  const broken = (change: (entry: Uint8Array) => Uint8Array) => change(attestation('Refused.').entry);
  test.each<readonly [string, () => Uint8Array, string, number, string]>([
    ['nothing', () => new Uint8Array(0), 'application/cose', 400, 'statement-malformed'],
    ['JSON', () => new TextEncoder().encode('{}'), 'application/json', 415, 'media-type-unsupported'],
    [
      'a broken signature',
      () => broken((b) => b.with(-1, (b.at(-1) ?? 0) ^ 1)),
      'application/cose',
      403,
      'signature-invalid',
    ],
    ['bytes behind it', () => broken((b) => new Uint8Array([...b, 0])), 'application/cose', 400, 'statement-malformed'],
    ['over 4 KiB', () => new Uint8Array(4097), 'application/cose', 413, 'body-too-large'],
  ])('%s', async (_, entry, type, status, reason) => {
    const before = await publishedSize(log.logUrl);
    await expectConcise(await register(entry(), type), status, reason);
    expect(await publishedSize(log.logUrl)).toBe(before);
  });

  test('an issuer nobody registered', async () => {
    const stranger = await startIssuer();
    const [key] = stranger.keys;
    if (!key) throw new Error('no key');
    const { statement } = attestationOf('Unknown.', stranger.origin, key);
    await expectConcise(await register(fromBase64(statement) ?? new Uint8Array()), 403, 'issuer-unknown');
    await stranger.stop();
  });

  test('an entry that is not there', async () => {
    await expectConcise(await get(`/entries/${'A'.repeat(43)}`), 404, 'trail-not-found');
    await expectConcise(await get('/entries/short'), 400, 'request-malformed');
  });
});
