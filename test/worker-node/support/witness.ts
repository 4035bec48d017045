/** A witness in real workerd, and logs in memory that ask it to cosign. */
import { sha256 } from '@noble/hashes/sha2.js';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { toBase64 } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { encodeCheckpoint } from '#shared/log/checkpoint.ts';
import { consistencyProof, leafHash, treeRoot } from '#shared/log/merkle.ts';
import { encodeNote, encodeVkey, type NoteKey, noteKey, signNote } from '#shared/log/note.ts';
import { bundle, COMPATIBILITY_DATE } from '../../../worker/local/bundle.ts';

const WITNESS_SEED = sha256(utf8('test witness'));

/** A running witness. */
export interface TestWitness {
  readonly url: string;
  readonly key: NoteKey;
  readonly stop: () => Promise<void>;
}

/** Starts a witness that knows `logs`; its memory is in `folder` and survives a restart. */
export async function startTestWitness(folder: string, logs: readonly NoteKey[]): Promise<TestWitness> {
  const key = noteKey('witness.test.example', 4, ed25519PublicKey(WITNESS_SEED));
  const worker = {
    name: 'witness',
    compatibilityDate: COMPATIBILITY_DATE,
    unsafeEphemeralDurableObjects: false,
    modules: [await bundle('../witness/index.ts')],
    durableObjects: { WITNESS: { className: 'WitnessDO', useSQLite: true } },
    bindings: {
      WITNESS_NAME: key.name,
      WITNESS_KEY: toBase64(WITNESS_SEED),
      LOGS: logs.map(encodeVkey).join('\n'),
    },
  };
  const miniflare = new Miniflare({
    ...convertV4MiniflareOptions({ workers: [worker], host: '127.0.0.1', port: 0, cf: false }),
    resourcePersistencePath: folder,
    handleStructuredLogs: () => {},
  });
  const url = (await miniflare.ready).origin;
  return { url, key, stop: () => miniflare.dispose() };
}

/** What may be changed about a request. */
export interface RequestChange {
  readonly proof?: readonly Uint8Array[];
  readonly root?: Uint8Array;
  readonly origin?: string;
  /** Signature lines after the log's own. */
  readonly more?: string;
}

/** A log with entries 0, 1, 2, …; another `branch` agrees with it up to `fork`. */
export class TestLog {
  readonly secretKey: Uint8Array;
  readonly key: NoteKey;
  readonly #branch: string;
  readonly #fork: number;

  constructor(origin: string, branch = '', fork = 0) {
    this.secretKey = sha256(utf8(`test log ${origin}`));
    this.key = noteKey(origin, 1, ed25519PublicKey(this.secretKey));
    this.#branch = branch;
    this.#fork = fork;
  }

  /** The same log, telling somebody another story after `size` entries. */
  forked(size: number): TestLog {
    return new TestLog(this.key.name, ' forked', size);
  }

  leaves(size: number): Uint8Array[] {
    return Array.from({ length: size }, (_, n) => leafHash(utf8(`entry ${n}${n < this.#fork ? '' : this.#branch}`)));
  }

  checkpoint(size: number, { root = treeRoot(this.leaves(size)), origin = this.key.name }: RequestChange = {}): string {
    const text = encodeCheckpoint({ origin, size, root });
    return encodeNote({ text, signatures: [signNote(text, { key: this.key, secretKey: this.secretKey })] });
  }

  /** The body that asks for a cosignature on `size` from `old`, right unless changed. */
  request(old: number, size: number, change: RequestChange = {}): string {
    const honest = old > 0 && old < size ? consistencyProof(this.leaves(size), old) : [];
    const lines = (change.proof ?? honest).map((hash) => `${toBase64(hash)}\n`).join('');
    return `old ${old}\n${lines}\n${this.checkpoint(size, change)}${change.more ?? ''}`;
  }
}
