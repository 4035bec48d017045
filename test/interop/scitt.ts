/** python-cwt, an independent COSE implementation, reads our Signed Statements, receipts and Transparent Statements. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coseKey } from '#shared/attestation/key.ts';
import { statementId } from '#shared/attestation/statement.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { tilePath } from '#shared/log/tile.ts';
import { type ReadTile, rootFromTiles } from '#shared/log/tile-proofs.ts';
import { parseReceipt } from '#shared/receipt/receipt.ts';
import type { AttestingLog } from './attesting-log.ts';
import { finish } from './processes.ts';
import { must, once, type Step } from './steps.ts';
import { pythonWith } from './tools.ts';

/** Everything a SCITT client is given, as the log serves it, in a file for Python. */
async function makeMaterial({ folder, log, key, issuer, attest }: AttestingLog) {
  const { trail } = await attest('What a second implementation reads.');
  const id = statementId(trail.statement);
  const get = async (path: string): Promise<Uint8Array> => {
    const answer = await fetch(`${log.logUrl}${path}`);
    must(answer.ok, `${path}: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  };
  const receipt = await get(`/entries/${id}`);
  const transparent = await get(`/entries/${id}/statement`);
  const parsed = parseReceipt(receipt);
  if (!parsed.ok) throw new Error(`the receipt: ${parsed.detail}`);
  const { index, size, kid } = parsed.value;
  const read: ReadTile = (level, n, width) => get(`/log/${tilePath(level, n, width)}`);
  const root = await rootFromTiles(read, size);
  if (!root.ok) throw new Error('no root from the tiles');
  const file = join(folder, 'scitt.json');
  const material = {
    statement: toHex(trail.statement),
    claim: toHex(trail.claim),
    issuer: issuer.origin,
    issuerKey: toHex(coseKey(issuer.key.publicKey)),
    receipt: toHex(receipt),
    log: key.name,
    logKey: toHex(await get(`/.well-known/scitt-keys/${toBase64Url(kid)}`)),
    transparent: toHex(transparent),
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
    const { code, output } = await finish(pythonWith('python-cwt'), { args, seconds: 60 });
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
