import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { encodeCheckpoint, openCheckpoint } from '#shared/log/checkpoint.ts';
import { parseForkProof, verifyForkProof } from '#shared/log/fork-proof.ts';
import { leafHash } from '#shared/log/merkle.ts';
import { encodeNote, noteKey, signNote } from '#shared/log/note.ts';
import { encodeWitnessRequest } from '#shared/log/witness-request.ts';
import { startTestLog } from '../support/worker-harness.ts';

test('the log key signs a second history: the witness refuses it and logs a proof that convinces anybody', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'witnessmark-fork-'));
  const lines: string[] = [];
  const log = await startTestLog({ folder, witnesses: 1, onLog: (line) => lines.push(line) });
  try {
    const secretKey = new Uint8Array(
      Buffer.from(JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')).log, 'base64'),
    );
    const key = noteKey('localhost/log/2026', 1, ed25519PublicKey(secretKey));
    const genuine = openCheckpoint(await (await fetch(`${log.logUrl}/log/checkpoint`)).text(), [key]);
    if (!genuine.ok) throw new Error(genuine.reason);
    const { size } = genuine.value.checkpoint;
    const text = encodeCheckpoint({ origin: key.name, size, root: leafHash(Uint8Array.of(1)) });
    const checkpoint = encodeNote({ text, signatures: [signNote(text, { key, secretKey })] });
    const body = encodeWitnessRequest({ oldSize: size, proof: [], checkpoint });
    const answer = await fetch(`${log.witnessUrls[0]}/add-checkpoint`, { method: 'POST', body });
    expect(answer.status).toBe(422);
    // The log line may come after the answer.
    const alarms = () => lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'fork-alarm');
    await expect.poll(alarms).toMatchObject([{ level: 'error', state: 'fork' }]);
    const [alarm] = alarms();
    const proof = parseForkProof(alarm.proof);
    expect(proof.ok && verifyForkProof(proof.value, [key])).toMatchObject({ ok: true, value: { kind: 'same-size' } });
  } finally {
    await log.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
