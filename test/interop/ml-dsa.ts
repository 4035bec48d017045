/** pyca/cryptography, an independent ML-DSA-44, reads our cosignatures, and we read the one it makes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mlDsa44KeyPair } from '#shared/bytes/ml-dsa.ts';
import { openCheckpoint } from '#shared/log/checkpoint.ts';
import { verifyCosignatures } from '#shared/log/cosignature.ts';
import { cosignMlDsa44 } from '#shared/log/ml-dsa-cosignature.ts';
import { encodeNote, encodeVkey, noteKey, parseSignatureLines, parseVkey } from '#shared/log/note.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import type { AttestingLog } from './attesting-log.ts';
import { finish } from './processes.ts';
import { must, type Step } from './steps.ts';
import { pythonWith } from './tools.ts';

const TIME = 1_790_000_000;
const script = fileURLToPath(new URL('cosign_ml_dsa.py', import.meta.url));

async function exchange({ folder, log, checkpoint }: AttestingLog): Promise<string> {
  const trust = parseTrust(log.trust);
  must(trust.ok, 'the trust document is none');
  const logKeys = trust.value.policy.logs.map(({ key }) => key);
  const opened = openCheckpoint(await checkpoint(), logKeys, NOTE_ALGORITHMS);
  must(opened.ok, 'the checkpoint does not open');
  const { note } = opened.value;
  const pair = mlDsa44KeyPair(new Uint8Array(32).fill(6));
  const witness = noteKey('witness.example.org', 6, pair.publicKey);
  const line = cosignMlDsa44(note, { key: witness, secretKey: pair.secretKey }, TIME);
  const cosigned = encodeNote({ text: note.text, signatures: [...note.signatures, line] });
  const keys = [...logKeys.filter(({ type }) => type === 6), witness].map(encodeVkey);
  must(keys.length === 2, 'the log has no ML-DSA-44 key');
  const file = join(folder, 'ml-dsa.json');
  writeFileSync(file, JSON.stringify({ note: cosigned, keys }));
  const { code, output } = await finish(pythonWith('python-cwt'), { args: [script, file], seconds: 60 });
  must(code === 0, output.trim().split('\n').slice(-3).join(' | '));
  const answer = JSON.parse(output);
  must(answer.times.join() === [0, TIME].join(), `the times are read as ${answer.times}`);
  const [theirs, lines] = [parseVkey(answer.vkey), parseSignatureLines(answer.line)];
  must(theirs.ok && lines.ok, 'their key or line cannot be read');
  const verified = verifyCosignatures({ text: note.text, signatures: lines.value }, [theirs.value], NOTE_ALGORITHMS);
  must(verified.ok && verified.value[0]?.timestamp === TIME, 'their cosignature does not verify');
  return `log and witness lines read there, a line of theirs (${answer.line.length} characters) read here`;
}

/** Steps on the shared log. */
export const mlDsaSteps = (filledLog: () => Promise<AttestingLog>): Step[] => [
  {
    name: 'pyca/cryptography and we verify each other’s ML-DSA-44 cosignatures',
    needs: ['python-cwt'],
    run: async () => exchange(await filledLog()),
  },
];
