/** How much one client may write, and that reading stays open when it has written too much. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { postJson, startTestLog } from '../support/worker-harness.ts';
import { expectProblem } from './support/problem.ts';

const LIMIT = 5;
let log: LocalLog;

beforeAll(async () => {
  log = await startTestLog({ witnesses: 0, writesPerMinute: LIMIT });
});
afterAll(() => log.stop());

const write = (route: string, client: string): Promise<Response> =>
  postJson(`${log.logUrl}/v1/${route}`, {}, { 'cf-connecting-ip': client });

test('a client that writes too often is told when to come back; others and readers notice nothing', async () => {
  const client = '192.0.2.1';
  for (let n = 0; n < LIMIT; n++) await expectProblem(await write('attestations', client), 400, 'request-malformed');
  for (const route of ['attestations', 'issuers']) {
    const refused = await write(route, client);
    expect(refused.headers.get('retry-after')).toBe('60');
    await expectProblem(refused, 429, 'rate-limited');
  }
  await expectProblem(await write('attestations', '192.0.2.2'), 400, 'request-malformed');
  const read = await fetch(`${log.logUrl}/log/checkpoint`, { headers: { 'cf-connecting-ip': client } });
  expect(read.status).toBe(200);
});

test('a batch counts as many writes as it has attestations', async () => {
  const batch = (client: string, count: number): Promise<Response> => {
    const attestations = Array.from({ length: count }, () => ({ statement: '', claim: '' }));
    const headers = { 'cf-connecting-ip': client };
    return postJson(`${log.logUrl}/v1/attestations/batch`, { attestations }, headers);
  };
  expect((await batch('192.0.2.3', LIMIT)).status).toBe(200);
  await expectProblem(await write('attestations', '192.0.2.3'), 429, 'rate-limited');
  await expectProblem(await batch('192.0.2.4', LIMIT + 1), 429, 'rate-limited');
});
