/** Holds a log against the ledger: over HTTP while it runs, and in its database while it is dead. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseStatement } from '#shared/attestation/statement.ts';
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import type { LogSource } from '#shared/log/log-files.ts';
import { leafHash, treeRoot } from '#shared/log/merkle.ts';
import { entriesPath, parseEntryBundle } from '#shared/log/tile.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import { fsck } from '../../sdk/fsck/fsck.ts';
import { httpLogSource } from '../../sdk/log/log-source.ts';
import type { Ledger } from './ledger.ts';

/** Checks a running log from its first entry to its checkpoint; gives its size. */
export async function inspectRunning(base: string, trustText: string, ledger: Ledger): Promise<number> {
  const http = httpLogSource(`${base}/log`);
  const trust = parseTrust(trustText);
  if (!http || !trust.ok) throw new Error('the log has no address or no trust document');
  let checkpoint = '';
  const source: LogSource = {
    name: base,
    async read(path, maxBytes) {
      const file = await http.read(path, maxBytes);
      if (file.ok && file.value && path === 'checkpoint') checkpoint = fromUtf8(file.value) ?? '';
      else if (file.ok && file.value) ledger.seeFile(path, file.value);
      return file;
    },
  };
  const report = await fsck(source, { trust: trust.value });
  if (!report.ok) throw new Error(`fsck could not read the log: ${report.detail ?? report.reason}`);
  const { size, signature, problems } = report.value;
  if (signature !== 'passed') ledger.violations.push('the checkpoint is not signed by the log');
  for (const { where, what } of problems) ledger.violations.push(`fsck: ${where} ${what}`);
  ledger.see(checkpoint, true);
  await compare(source, size, ledger);
  return size;
}

async function compare(source: LogSource, size: number, ledger: Ledger): Promise<void> {
  const leaves: Uint8Array[] = [];
  let lastEventAt = 0;
  for (let n = 0; n * 256 < size; n++) {
    const width = Math.min(256, size - n * 256);
    let file = await source.read(entriesPath(n, width), 1 << 25);
    // The partial bundle may just have made way for the full one.
    if (file.ok && !file.value) file = await source.read(entriesPath(n), 1 << 25);
    const bundle = file.ok && file.value ? parseEntryBundle(file.value) : undefined;
    for (const entry of bundle?.ok ? bundle.value.slice(0, width) : []) {
      leaves.push(leafHash(entry));
      const statement = parseStatement(entry);
      if (!statement.ok || statement.value.type !== 'key') continue;
      if (statement.value.issuedAt < lastEventAt) ledger.violations.push(`I7: entry ${leaves.length - 1} is earlier`);
      lastEventAt = Math.max(lastEventAt, statement.value.issuedAt);
    }
  }
  for (const [leaf, index] of ledger.acknowledged) {
    const found = leaves[index];
    if (!found || toHex(found) !== leaf) ledger.violations.push(`I1: entry ${index} is not where it was acknowledged`);
  }
  for (const [seen, root] of ledger.checkpoints) {
    if (seen > size || toHex(treeRoot(leaves.slice(0, seen))) !== root)
      ledger.violations.push(`I2: the checkpoint of ${seen} is not of this tree of ${size}`);
    // What has been compared with one later tree needs no second comparison: that tree's checkpoint stays.
    if (seen < size) ledger.checkpoints.delete(seen);
  }
}

/** How a dead log left its database. */
export interface AtRest {
  /** Size of the committed head; 0 for none. */
  readonly committed: number;
  /** Objects that were committed but not known to be uploaded. */
  readonly staged: number;
}

/** Reads a copy of the sequencer's database, so that the log finds its own as it left it. */
export function inspectAtRest(folder: string, ledger: Ledger): AtRest {
  const databases = join(folder, 'state/do/log-SequencerDO');
  const names = existsSync(databases) ? readdirSync(databases) : [];
  const name = names.find((each) => /^[0-9a-f]{64}\.sqlite$/.test(each));
  if (name === undefined) return { committed: 0, staged: 0 };
  const copy = mkdtempSync(join(tmpdir(), 'witnessmark-rest-'));
  try {
    for (const file of names.filter((each) => each === name || each === `${name}-wal`))
      copyFileSync(join(databases, file), join(copy, file));
    const database = new DatabaseSync(join(copy, name));
    const numberFrom = (query: string): number => Number(Object.values(database.prepare(query).get() ?? {})[0] ?? 0);
    const rest = { committed: numberFrom('SELECT size FROM lock'), staged: numberFrom('SELECT count(*) FROM staged') };
    const last = numberFrom('SELECT max(idx) FROM entries');
    database.close();
    if (rest.committed < ledger.visibleSize)
      ledger.violations.push(`I4: ${ledger.visibleSize} were visible, ${rest.committed} are committed`);
    if (last >= rest.committed) ledger.violations.push(`I6: entry ${last} is indexed, ${rest.committed} are committed`);
    return rest;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
