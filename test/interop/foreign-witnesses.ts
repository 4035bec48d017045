/** litewitness and omniwitness, each on a loopback port behind a recording proxy, each with a key of this run. */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { toBase64 } from '#shared/bytes/base64.ts';
import { concatBytes } from '#shared/bytes/bytes.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { EMPTY_ROOT } from '#shared/log/merkle.ts';
import { encodeVkey, type NoteKey, noteKey } from '#shared/log/note.ts';
import { freePort } from '../../worker/local/free-port.ts';
import { answers, finish, type Running, start } from './processes.ts';
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.ts';
import { must } from './steps.ts';
import { goTool } from './tools.ts';

/** A witness of others. */
export interface ForeignWitness {
  readonly key: NoteKey;
  readonly proxy: RecordingProxy;
  /** Restarts it, with a backup of its database taken while it is down. */
  readonly backUp: () => Promise<void>;
  /** Restarts it from that backup. */
  readonly restore: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Witness {
  readonly key: NoteKey;
  readonly listen: string;
  /** Holds its database and nothing else. */
  readonly data: string;
  readonly run: () => Promise<Running>;
  readonly alsoStop?: () => Promise<void>;
}

async function withProxy({ key, listen, data, run, alsoStop }: Witness): Promise<ForeignWitness> {
  let running = await run();
  const restart = async (whileDown: () => void): Promise<void> => {
    await running.stop();
    whileDown();
    running = await run();
  };
  const backup = `${data}.backup`;
  const proxy = await startRecordingProxy(`http://${listen}`);
  return {
    key,
    proxy,
    backUp: () => restart(() => cpSync(data, backup, { recursive: true })),
    restore: () =>
      restart(() => {
        rmSync(data, { recursive: true });
        cpSync(backup, data, { recursive: true });
      }),
    stop: async () => {
      await Promise.all([running.stop(), proxy.stop()]);
      await alsoStop?.();
    },
  };
}

/** Starts omniwitness. */
export async function startOmniwitness(folder: string, log: NoteKey): Promise<ForeignWitness> {
  const seed = randomBytes(32);
  const key = noteKey('omniwitness.localhost', 4, ed25519PublicKey(seed));
  const keyFile = join(folder, 'omniwitness.key');
  const signer = noteKey(key.name, 1, key.publicKey);
  const secret = toBase64(concatBytes(Uint8Array.of(1), seed));
  writeFileSync(keyFile, `PRIVATE+KEY+${key.name}+${toHex(signer.keyId)}+${secret}`, { mode: 0o600 });
  const logs = join(folder, 'omniwitness.yaml');
  const quoted = JSON.stringify(encodeVkey(log));
  writeFileSync(logs, `Logs:\n  - Origin: ${log.name}\n    URL: http://127.0.0.1/\n    PublicKey: ${quoted}\n`);
  const listen = `127.0.0.1:${await freePort()}`;
  const data = join(folder, 'omniwitness');
  mkdirSync(data);
  const args = [
    `-listen=${listen}`,
    '-metrics_listen=',
    `-private_key_path=${keyFile}`,
    `-additional_logs=${logs}`,
    `-db_file=${join(data, 'checkpoints.db')}`,
  ];
  const run = () => start(goTool('omniwitness'), { args }, () => answers(`http://${listen}/`));
  return withProxy({ key, listen, data, run });
}

/** Starts litewitness with its key in an ssh-agent of its own. */
export async function startLitewitness(folder: string, log: NoteKey): Promise<ForeignWitness> {
  const socket = join(folder, 'agent');
  const secretFile = join(folder, 'litewitness.key');
  const made = await finish('ssh-keygen', { args: ['-q', '-t', 'ed25519', '-N', '', '-f', secretFile], seconds: 10 });
  must(made.code === 0, `ssh-keygen: ${made.output}`);
  const env = { SSH_AUTH_SOCK: socket };
  const add = async (): Promise<boolean> =>
    (await finish('ssh-add', { args: ['-q', secretFile], env, seconds: 10 })).code === 0;
  const agent = await start('ssh-agent', { args: ['-D', '-a', socket] }, add);

  // An OpenSSH public key ends in the 32 bytes of the Ed25519 key.
  const blob = Buffer.from(readFileSync(`${secretFile}.pub`, 'utf8').split(' ')[1] ?? '', 'base64');
  const key = noteKey('litewitness.localhost', 4, new Uint8Array(blob.subarray(-32)));
  const fingerprint = await finish('ssh-keygen', { args: ['-lf', `${secretFile}.pub`], seconds: 10 });
  const data = join(folder, 'litewitness');
  mkdirSync(data);
  const databaseFile = join(data, 'litewitness.db');
  knowLog(databaseFile, log);
  const listen = `127.0.0.1:${await freePort()}`;
  const args = [
    `-db=${databaseFile}`,
    `-name=${key.name}`,
    `-key=${fingerprint.output.split(' ')[1]}`,
    `-ssh-agent=${socket}`,
    `-listen=${listen}`,
  ];
  const run = async (): Promise<Running> => {
    const running = await start(goTool('litewitness'), { args }, () => answers(`http://${listen}/`));
    must(running.output().includes(encodeVkey(key)), 'litewitness prints another verifier key than ours for it');
    return running;
  };
  return withProxy({ key, listen, data, run, alsoStop: agent.stop });
}

/** What `witnessctl add-log` and `add-key` do; witnessctl itself is not needed for it. */
function knowLog(databaseFile: string, log: NoteKey): void {
  const database = new DatabaseSync(databaseFile);
  database.exec(`
    CREATE TABLE log (origin TEXT PRIMARY KEY, tree_size INTEGER NOT NULL, tree_hash TEXT NOT NULL);
    CREATE TABLE key (origin TEXT NOT NULL, key TEXT NOT NULL, FOREIGN KEY(origin) REFERENCES log(origin));
  `);
  database.prepare('INSERT INTO log VALUES (?, 0, ?)').run(log.name, toBase64(EMPTY_ROOT));
  database.prepare('INSERT INTO key VALUES (?, ?)').run(log.name, encodeVkey(log));
  database.close();
}
