/** Tessera's log on this machine's disk, where Go is installed: the peer that the log's throughput is compared with. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toBase64 } from '#shared/bytes/base64.ts';
import { concatBytes } from '#shared/bytes/bytes.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { noteKey } from '#shared/log/note.ts';
import { freePort } from '../../worker/local/free-port.ts';
import { goTool, Missing, versionOf } from '../interop/tools.ts';

const NAME = 'peer.localhost/log';
const ED25519 = 1;
const PATIENCE_MS = 10_000;

/** A running peer. `add` takes an entry's bytes as the body of a POST and answers with its index. */
export interface Peer {
  readonly name: string;
  readonly add: string;
  readonly stop: () => void;
}

/** A note signer's private key as golang.org/x/mod/sumdb/note writes it. */
function privateKey(): string {
  const seed = new Uint8Array(randomBytes(32));
  const { keyId } = noteKey(NAME, ED25519, ed25519PublicKey(seed));
  return `PRIVATE+KEY+${NAME}+${toHex(keyId)}+${toBase64(concatBytes(Uint8Array.of(ED25519), seed))}`;
}

/** Starts the peer; `undefined` where Go cannot build it, with a line that says so. */
export async function startTessera(): Promise<Peer | undefined> {
  let program: string;
  try {
    program = goTool('posix');
  } catch (thrown) {
    if (!(thrown instanceof Missing)) throw thrown;
    console.log(`no peer: ${thrown.message}`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'wm-tessera-'));
  const key = join(folder, 'key');
  writeFileSync(key, privateKey(), { mode: 0o600 });
  const port = await freePort();
  const args = ['-storage_dir', join(folder, 'log'), '-private_key', key, '-listen', `127.0.0.1:${port}`];
  const child = spawn(program, args, { stdio: 'ignore' });
  const stop = (): void => {
    child.kill('SIGTERM');
    child.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  };
  const add = `http://127.0.0.1:${port}/add`;
  await answering(child, add);
  return { name: `Tessera's POSIX log (${versionOf('posix')}), which answers before it publishes`, add, stop };
}

async function answering(child: ChildProcess, add: string): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until && child.exitCode === null) {
    const answer = await fetch(add, { method: 'POST', body: 'ready?' }).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((wait) => setTimeout(wait, 100));
  }
  child.kill('SIGKILL');
  throw new Error("Tessera's log did not start");
}
