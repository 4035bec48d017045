import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { expect, test } from 'vitest';
import { parseTlogProof } from '#shared/log/proof.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { freePort } from '../../worker/local/free-port.ts';
import { inspectRunning } from '../soak/inspect.ts';
import { runKills } from '../soak/kill-run.ts';
import { Ledger } from '../soak/ledger.ts';
import { Server } from '../soak/server.ts';
import { attestationOf, postJson, startIssuer } from '../support/worker-harness.ts';

const KILLS = 8;

function indexIn(trailText: string): number {
  const trail = parseTrail(trailText);
  const proof = trail.ok ? parseTlogProof(trail.value.proof) : trail;
  if (!proof.ok) throw new Error(proof.reason);
  return proof.value.index;
}

test('killed right after an acknowledgement, the log comes back on the same folder and port with the entry at its index', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'witnessmark-crash-'));
  const port = await freePort();
  const key = ed25519.keygen();
  const issuer = await startIssuer([key]);
  let server = new Server(port, folder);
  try {
    const { base, trust } = await server.ready;
    await postJson(`${base}/v1/issuers`, { origin: issuer.origin });
    const attestation = attestationOf('One passage.', issuer.origin, key);
    const answer = await postJson(`${base}/v1/attestations`, attestation);
    const trail = await answer.text();
    await server.kill('everything', 0);
    expect(answer.status).toBe(201);

    server = new Server(port, folder);
    expect((await server.ready).base).toBe(base);
    const served = await fetch(`${base}${answer.headers.get('location')}`);
    expect(indexIn(await served.text())).toBe(indexIn(trail));
    const again = await postJson(`${base}/v1/attestations`, attestation);
    expect([again.status, indexIn(await again.text())]).toEqual([200, indexIn(trail)]);
    const ledger = new Ledger();
    expect(await inspectRunning(base, trust, ledger)).toBe(4);
    expect(ledger.violations).toEqual([]);
  } finally {
    await server.stop();
    await issuer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

test(`${KILLS} SIGKILLs at random moments: after each restart every acknowledged index holds and fsck is clean`, async () => {
  const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  const summary = await runKills({ seed, kills: KILLS });
  console.log(`KILL_SEED=${seed} ${JSON.stringify(summary)}`);
  expect(summary.violations, `repeat with KILL_SEED=${seed}`).toEqual([]);
  expect(summary.kills).toBe(KILLS);
  expect(summary.acknowledged).toBeGreaterThan(0);
}, 180_000);
