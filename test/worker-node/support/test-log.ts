/** Logs in memory that ask a witness to cosign. */
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64 } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { encodeCheckpoint } from '#shared/log/checkpoint.ts';
import { consistencyProof, leafHash, treeRoot } from '#shared/log/merkle.ts';
import { encodeNote, encodeSignatureLines, type NoteKey, noteKey, signNote } from '#shared/log/note.ts';

/** The key every log is about to change to. */
const NEXT_SECRET = sha256(utf8('test next key'));

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

  /** A second key the witness knows for this log. */
  get nextKey(): NoteKey {
    return noteKey(this.key.name, 1, ed25519PublicKey(NEXT_SECRET));
  }

  /** The line with which the second key signs a checkpoint's text. */
  nextLine(text: string): string {
    return encodeSignatureLines([signNote(text, { key: this.nextKey, secretKey: NEXT_SECRET })]);
  }
}
