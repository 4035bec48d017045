import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { mlDsa44KeyPair } from '#shared/bytes/ml-dsa.ts';
import { encodeCheckpoint, openCheckpoint } from '#shared/log/checkpoint.ts';
import { parseForkProof, verifyForkProof } from '#shared/log/fork-proof.ts';
import { leafHash } from '#shared/log/merkle.ts';
import { cosignMlDsa44 } from '#shared/log/ml-dsa-cosignature.ts';
import { encodeNote, noteKey, signNote } from '#shared/log/note.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { encodeWitnessRequest } from '#shared/log/witness-request.ts';
import { startTestLog } from '../support/worker-harness.ts';

test('the log key signs a second history: the witness refuses it and logs a proof that convinces anybody', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'witnessmark-fork-'));
  const lines: string[] = [];
  const log = await startTestLog({ folder, witnesses: 1, onLog: (line) => lines.push(line) });
  try {
    const { log: seed, mlDsa } = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8'));
    const secretKey = new Uint8Array(Buffer.from(seed, 'base64'));
    const key = noteKey('localhost/log/2026', 1, ed25519PublicKey(secretKey));
    const second = mlDsa44KeyPair(new Uint8Array(Buffer.from(mlDsa.log, 'base64')));
    const secondKey = noteKey('localhost/log/2026', 6, second.publicKey);
    const keys = [key, secondKey];
    const genuine = openCheckpoint(await (await fetch(`${log.logUrl}/log/checkpoint`)).text(), keys, NOTE_ALGORITHMS);
    if (!genuine.ok) throw new Error(genuine.reason);
    const { size } = genuine.value.checkpoint;
    const text = encodeCheckpoint({ origin: key.name, size, root: leafHash(Uint8Array.of(1)) });
    const alone = { text, signatures: [signNote(text, { key, secretKey })] };
    const line = cosignMlDsa44(alone, { key: secondKey, secretKey: second.secretKey }, 0);
    const checkpoint = encodeNote({ text, signatures: [...alone.signatures, line] });
    const body = encodeWitnessRequest({ oldSize: size, proof: [], checkpoint });
    const answer = await fetch(`${log.witnessUrls[0]}/add-checkpoint`, { method: 'POST', body });
    expect(answer.status).toBe(422);
    // With one of its two keys left out it would not be the log's word.
    const half = encodeWitnessRequest({ oldSize: size, proof: [], checkpoint: encodeNote(alone) });
    const refused = await fetch(`${log.witnessUrls[0]}/add-checkpoint`, { method: 'POST', body: half });
    expect(refused.status).toBe(403);
    // The log line may come after the answer.
    const alarms = () => lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'fork-alarm');
    await expect.poll(alarms).toMatchObject([{ level: 'error', state: 'fork' }]);
    const [alarm] = alarms();
    const proof = parseForkProof(alarm.proof);
    const fork = proof.ok && verifyForkProof(proof.value, keys, NOTE_ALGORITHMS);
    expect(fork).toMatchObject({ ok: true, value: { kind: 'same-size' } });
  } finally {
    await log.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
