import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTrail } from '#shared/trail/trail.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { attestationOf, type IssuerOrigin, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';

let log: LocalLog;
let issuer: IssuerOrigin;

beforeAll(async () => {
  [log, issuer] = await Promise.all([startTestLog(), startIssuer()]);
});
afterAll(async () => {
  await Promise.all([log.stop(), issuer.stop()]);
});

test('an issuer registers, attests, and is answered with the trail that the log then serves', async () => {
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  const registered = await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  expect(registered.status).toBe(200);
  expect(await registered.json()).toMatchObject({ keys: [{ state: 'active' }], logged: [{ action: 'add', index: 2 }] });

  const answer = await postJson(`${log.logUrl}/v1/attestations`, attestationOf('One passage.', issuer.origin, key));
  expect(answer.status).toBe(201);
  const trail = await answer.text();
  expect(parseTrail(trail).ok).toBe(true);
  expect(trail.match(/— witness-[123]\.localhost/g)?.length).toBeGreaterThanOrEqual(2);

  const served = await fetch(`${log.logUrl}${answer.headers.get('location')}`);
  expect(await served.text()).toBe(trail);
});
