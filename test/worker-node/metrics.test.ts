import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { attestationOf, type IssuerOrigin, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';
import { expectProblem } from './support/problem.ts';

let log: LocalLog;
let issuer: IssuerOrigin;
beforeAll(async () => {
  [log, issuer] = await Promise.all([startTestLog({ witnesses: 2 }), startIssuer()]);
});
afterAll(async () => {
  await Promise.all([log.stop(), issuer.stop()]);
});

const scrape = async (token = log.adminToken): Promise<Response> =>
  fetch(`${log.logUrl}/metrics`, { headers: { authorization: `Bearer ${token}` } });

/** Values by series, once every line has the form that Prometheus reads. */
async function values(): Promise<Record<string, number>> {
  const text = await (await scrape()).text();
  expect(text.endsWith('\n')).toBe(true);
  const read: Record<string, number> = {};
  for (const line of text.trimEnd().split('\n')) {
    if (/^# (HELP \w+ [^\n]+|TYPE \w+ (counter|gauge|histogram))$/.test(line)) continue;
    const [, series = '', value] = /^(\w+(?:\{\w+="[^"\\\n]*"\})?) ([0-9.e+-]+)$/.exec(line) ?? [];
    expect(series, line).not.toBe('');
    expect(read[series], `${series} stands twice`).toBeUndefined();
    read[series] = Number(value);
  }
  return read;
}

test('metrics are the operator’s', async () => {
  await expectProblem(await scrape('somebody else’s token'.replace('’', '')), 401, 'unauthorized');
  expect((await scrape()).headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
});

test('they count what became of every submission, and say how far log, witnesses and lookup are', async () => {
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  const before = await values();
  const body = attestationOf('A counted text.', issuer.origin, key);
  for (const status of [201, 200]) {
    const answer = await postJson(`${log.logUrl}/v1/attestations`, body);
    expect(answer.status).toBe(status);
  }
  await expect.poll(async () => (await values())['witnessmark_undelivered_packs']).toBe(0);
  const after = await values();
  const grown = (series: string): number => (after[series] ?? 0) - (before[series] ?? 0);
  expect(grown('witnessmark_submissions_total{outcome="logged"}')).toBe(1);
  expect(grown('witnessmark_submissions_total{outcome="duplicate"}')).toBe(1);
  expect(grown('witnessmark_submission_seconds_count')).toBe(1);
  expect(grown('witnessmark_submission_seconds_bucket{le="+Inf"}')).toBe(1);
  expect(grown('witnessmark_publications_total{quorum="met"}')).toBe(1);
  expect(after).toMatchObject({
    witnessmark_tree_size: 4,
    witnessmark_published_size: 4,
    witnessmark_behind_seconds: 0,
    witnessmark_waiting_submissions: 0,
    witnessmark_staged_objects: 0,
    'witnessmark_witness_size{witness="w1"}': 4,
    'witnessmark_witness_size{witness="w2"}': 4,
  });
  expect(JSON.stringify(after)).not.toContain(issuer.origin);
});
