/** A witness in real workerd that knows many logs, so that every test asks about one of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { expect } from 'vitest';
import { toBase64 } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { verifyCosignatures } from '#shared/log/cosignature.ts';
import { encodeVkey, type Note, type NoteKey, noteKey, parseNote } from '#shared/log/note.ts';
import { bundle, COMPATIBILITY_DATE } from '../../../worker/local/bundle.ts';
import { TestLog } from './test-log.ts';

const SEED = sha256(utf8('test witness'));

/** A note that must be one. */
export function noteOf(text: string): Note {
  const note = parseNote(text);
  if (!note.ok) throw new Error(note.reason);
  return note.value;
}

/** A witness with its memory in a folder of its own. */
export class TestWitness {
  readonly key = noteKey('witness.test.example', 4, ed25519PublicKey(SEED));
  readonly #folder = mkdtempSync(join(tmpdir(), 'witnessmark-witness-'));
  readonly #more: readonly NoteKey[];
  readonly #logs = Array.from({ length: 60 }, (_, n) => new TestLog(`log-${n}.test.example/log`));
  #used = 0;
  #miniflare: Miniflare | undefined;
  #url = '';

  /** `more`: keys of further logs it knows. */
  constructor(more: readonly NoteKey[] = []) {
    this.#more = more;
  }

  async start(): Promise<void> {
    const keys = [...this.#logs.flatMap((log) => [log.key, log.nextKey]), ...this.#more];
    const worker = {
      name: 'witness',
      compatibilityDate: COMPATIBILITY_DATE,
      unsafeEphemeralDurableObjects: false,
      modules: [await bundle('../witness/index.ts')],
      durableObjects: { WITNESS: { className: 'WitnessDO', useSQLite: true } },
      bindings: {
        WITNESS_NAME: this.key.name,
        WITNESS_KEY: toBase64(SEED),
        LOGS: keys.map(encodeVkey).join('\n'),
      },
    };
    this.#miniflare = new Miniflare({
      ...convertV4MiniflareOptions({ workers: [worker], host: '127.0.0.1', port: 0, cf: false }),
      resourcePersistencePath: this.#folder,
      handleStructuredLogs: () => {},
    });
    this.#url = (await this.#miniflare.ready).origin;
  }

  async restart(): Promise<void> {
    await this.#miniflare?.dispose();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#miniflare?.dispose();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.#url}${path}`, init);
  }

  /** Asks for a cosignature. */
  ask(body: string): Promise<Response> {
    return this.get('/add-checkpoint', { method: 'POST', body });
  }

  /** What monitors are shown of a log. */
  monitored(log: TestLog): Promise<Response> {
    return this.get(`/${toHex(sha256(utf8(log.key.name)))}/checkpoint`);
  }

  /** A log nobody has asked about yet; the last one is never given, it serves as another log. */
  freshLog(): TestLog {
    const log = this.#logs[this.#used++];
    if (!log || log === this.otherLog) throw new Error('more logs are needed');
    return log;
  }

  get otherLog(): TestLog | undefined {
    return this.#logs.at(-1);
  }

  /** A fresh log of which the witness has cosigned `size`. */
  async logAt(size: number): Promise<TestLog> {
    const log = this.freshLog();
    expect((await this.ask(log.request(0, size))).status).toBe(200);
    return log;
  }

  /** The size it knows, asked as a client without knowledge asks. */
  async knownSize(log: TestLog): Promise<string> {
    const answer = await this.ask(log.request(2 ** 40, 2 ** 40, { root: new Uint8Array(32) }));
    expect(answer.status).toBe(409);
    expect(answer.headers.get('content-type')).toBe('text/x.tlog.size');
    return answer.text();
  }

  /** Expects exactly one cosignature of this witness, on this checkpoint and of this time. */
  expectCosigned(checkpoint: string, lines: string): void {
    expect(lines).toMatch(/^— witness\.test\.example [A-Za-z0-9+/=]+\n$/);
    const cosigned = verifyCosignatures(noteOf(checkpoint + lines), [this.key]);
    expect(cosigned).toMatchObject({ ok: true, value: [{ witness: { name: 'witness.test.example' } }] });
    const [{ timestamp } = { timestamp: 0 }] = cosigned.ok ? cosigned.value : [];
    expect(Math.abs(timestamp - Date.now() / 1000)).toBeLessThan(60);
  }
}
