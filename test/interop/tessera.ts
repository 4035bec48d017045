/** Tessera's own tools against our tiles: fsck derives the log again, hammer writes and reads while it grows. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { encodeVkey } from '#shared/log/note.ts';
import { entriesPath, tilePath } from '#shared/log/tile.ts';
import { freePort } from '../../worker/local/free-port.ts';
import { attestationOf } from '../support/worker-harness.ts';
import type { AttestingLog } from './attesting-log.ts';
import { type Finished, finish } from './processes.ts';
import { must, type Step } from './steps.ts';
import { goTool } from './tools.ts';

/** Two full tiles, a partial third, and a second level. */
const ENTRIES = 620;
const HAMMERED = 150;

async function fsck({ folder, log, key }: AttestingLog): Promise<Finished> {
  const keyFile = join(folder, 'log.vkey');
  writeFileSync(keyFile, encodeVkey(key));
  // With one worker it waits for ever after the first bad resource, because nobody reads its queue any more.
  const args = [`-storage_url=${log.logUrl}/log/`, `-public_key=${keyFile}`, '-ui=false', '-N=8'];
  return finish(goTool('fsck'), { args, seconds: 60 });
}

/** The file in which the local object store keeps exactly these bytes. */
function storedFile(folder: string, bytes: Buffer): string | undefined {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() && stat.size === bytes.length && readFileSync(path).equals(bytes)) return path;
  }
  return undefined;
}

/** What fsck says once one byte of the stored object has changed; the byte is put back. */
async function fsckWithChange(filled: AttestingLog, path: string): Promise<string> {
  const bytes = Buffer.from(await (await fetch(`${filled.log.logUrl}/log/${path}`)).arrayBuffer());
  const file = storedFile(join(filled.folder, 'state/r2'), bytes);
  must(file !== undefined, `${path}: not found in the store`);
  const changed = Buffer.from(bytes);
  const middle = bytes.length >> 1;
  changed[middle] = (changed[middle] ?? 0) ^ 1;
  writeFileSync(file, changed);
  const { output } = await fsck(filled);
  writeFileSync(file, bytes);
  must(!output.includes("Successfully fsck'd"), `${path}: a changed byte was accepted`);
  return /fsck failed: (.*)/.exec(output)?.[1] ?? '';
}

/**
 * Hammer's `POST /add` before a log that takes attestations only: each leaf becomes the text of one attestation, and
 * what is answered is that attestation's index. Hammer does not compare leaves, so nothing is pretended about them.
 */
async function startAddRoute(filled: AttestingLog): Promise<{ url: string; repeated: () => number; stop: () => void }> {
  const attestations = new Map<string, ReturnType<typeof attestationOf>>();
  const indices = new Map<string, number>();
  let repeated = 0;
  const add = async (leaf: string): Promise<number> => {
    const attestation = attestations.get(leaf) ?? attestationOf(leaf, filled.issuer.origin, filled.issuer.key);
    attestations.set(leaf, attestation);
    const { index } = await filled.submit(attestation);
    const before = indices.get(leaf);
    must(before === undefined || before === index, `a leaf at ${before} was answered again with ${index}`);
    if (before !== undefined) repeated++;
    indices.set(leaf, index);
    return index;
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      response.end(String(await add(Buffer.concat(chunks).toString('utf8'))));
    } catch (thrown) {
      response.writeHead(500).end(String(thrown));
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/`, repeated: () => repeated, stop };
}

async function hammer(filled: AttestingLog): Promise<string> {
  const before = await filled.size();
  const route = await startAddRoute(filled);
  const args = [
    `-log_public_key=${encodeVkey(filled.key)}`,
    `-log_url=${filled.log.logUrl}/log/`,
    `-write_log_url=${route.url}`,
    '-show_ui=false',
    '-num_writers=32',
    '-max_write_ops=64',
    '-max_read_ops=64',
    '-dup_chance=0.1',
    `-leaf_write_goal=${HAMMERED}`,
    '-max_runtime=3m',
  ];
  const { code, output } = await finish(goTool('hammer'), { args, seconds: 200 });
  route.stop();
  const lines = output.split('\n').filter((line) => /^[WEF]\d{4} /.test(line));
  // At its goal it cancels what it still reads, and then complains of that.
  const complaints = lines.filter((line) => !line.endsWith('context canceled'));
  must(code === 0, `hammer ended with ${code}: ${output.slice(-300)}`);
  must(complaints.length === 0, `hammer complained: ${complaints[0]}`);
  const added = (await filled.size()) - before;
  return `${added} entries written while read, ${route.repeated()} repeated under their index, no complaint`;
}

/** Steps on one shared log. */
export const tesseraSteps = (filledLog: () => Promise<AttestingLog>): Step[] => [
  {
    name: 'Tessera hammer runs clean (its leaves as texts of attestations)',
    needs: ['hammer'],
    run: async () => hammer(await filledLog()),
  },
  {
    name: 'Tessera fsck accepts our tiles',
    needs: ['fsck'],
    run: async () => {
      const filled = await filledLog();
      await filled.fillTo(ENTRIES);
      const { code, output } = await fsck(filled);
      const accepted = /Successfully fsck'd log with size (\d+)/.exec(output)?.[1];
      must(code === 0 && Number(accepted) >= ENTRIES, output.slice(-500));
      return `${accepted} entries`;
    },
  },
  {
    name: 'Tessera fsck refuses one changed byte',
    needs: ['fsck'],
    run: async () => {
      const filled = await filledLog();
      await filled.fillTo(ENTRIES);
      const size = await filled.size();
      const paths = [
        tilePath(0, 0),
        entriesPath(1),
        tilePath(1, 0, Math.floor(size / 256)),
        tilePath(0, 2, size - 512),
      ];
      for (const path of paths) {
        const reason = await fsckWithChange(filled, path);
        must(reason !== '', `${path}: refused without a reason`);
      }
      must((await fsck(filled)).output.includes("Successfully fsck'd"), 'refused after the byte was put back');
      return paths.join(', ');
    },
  },
];
