/** python-cwt, an independent COSE implementation, reads our Signed Statements, receipts and Transparent Statements. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coseKey } from '#shared/attestation/key.ts';
import { statementId } from '#shared/attestation/statement.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { inclusionProofFromTiles, type ReadTile, rootFromTiles, tilePath } from '#shared/log/tile.ts';
import { signReceipt } from '#shared/receipt/receipt.ts';
import { encodeTransparentStatement } from '#shared/receipt/transparent-statement.ts';
import type { AttestingLog } from './attesting-log.ts';
import { finish } from './processes.ts';
import { must, once, type Step } from './steps.ts';
import { pythonWithCwt } from './tools.ts';

/** Everything a SCITT client is given, in a file for Python; and the receipt's tree. */
async function makeMaterial({ folder, log, key, issuer, attest, size: sizeNow }: AttestingLog) {
  const { index, trail } = await attest('What a second implementation reads.');
  const size = await sizeNow();
  const read: ReadTile = async (level, n, width) => {
    const answer = await fetch(`${log.logUrl}/log/${tilePath(level, n, width)}`);
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : undefined;
  };
  const [path, root] = await Promise.all([inclusionProofFromTiles(read, index, size), rootFromTiles(read, size)]);
  must(path.ok && root.ok, 'no inclusion proof from the tiles');
  const secretKey = new Uint8Array(randomBytes(32));
  const receiptKey = { secretKey, publicKey: ed25519PublicKey(secretKey) };
  const content = { log: key.name, subject: statementId(trail.statement), size, index, path: path.value };
  const receipt = signReceipt({ ...content, root: root.value }, receiptKey);
  const file = join(folder, 'scitt.json');
  const material = {
    statement: toHex(trail.statement),
    claim: toHex(trail.claim),
    issuer: issuer.origin,
    issuerKey: toHex(coseKey(issuer.key.publicKey)),
    receipt: toHex(receipt),
    log: key.name,
    logKey: toHex(coseKey(receiptKey.publicKey)),
    transparent: toHex(encodeTransparentStatement({ statement: trail.statement, receipts: [receipt] })),
    index,
    size,
    root: toHex(root.value),
  };
  writeFileSync(file, JSON.stringify(material));
  return file;
}

/** Steps on the shared log. */
export function scittSteps(filledLog: () => Promise<AttestingLog>): Step[] {
  const material = once(async () => makeMaterial(await filledLog()));
  const script = fileURLToPath(new URL('verify_scitt.py', import.meta.url));
  const verify = async (what: string): Promise<string> => {
    const args = [script, what, await material()];
    const { code, output } = await finish(pythonWithCwt(), { args, seconds: 60 });
    must(code === 0, output.trim().split('\n').slice(-3).join(' | '));
    return output.trim();
  };
  const needs = ['python-cwt'] as const;
  return [
    { name: 'python-cwt verifies our Signed Statement', needs, run: () => verify('statement') },
    { name: 'python-cwt verifies our COSE Receipt', needs, run: () => verify('receipt') },
    { name: 'python-cwt verifies our Transparent Statement', needs, run: () => verify('transparent') },
  ];
}
