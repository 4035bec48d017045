/** What clients were told and what readers saw: everything that a log must stand by, whatever kills it. */
import { toHex } from '#shared/bytes/hex.ts';
import { parseCheckpoint } from '#shared/log/checkpoint.ts';
import { parseNote } from '#shared/log/note.ts';

/** A statement on its way; the same one may be sent many times. */
export interface Sent {
  readonly leaf: Uint8Array;
  /** The JSON body that asks for it. */
  readonly body: string;
}

/** See the file's header. */
export class Ledger {
  readonly violations: string[] = [];
  /** Index by leaf hash in hex. */
  readonly acknowledged = new Map<string, number>();
  /** Everything ever sent, by leaf hash in hex. */
  readonly sent = new Map<string, Sent>();
  /** Root in hex by size, for every checkpoint anybody saw. */
  readonly checkpoints = new Map<number, string>();
  /** The largest size that was visible. */
  visibleSize = 0;
  duplicates = 0;
  readonly #files = new Map<string, string>();

  /** An answer with an index. */
  acknowledge(leaf: Uint8Array, index: number): void {
    const name = toHex(leaf);
    const before = this.acknowledged.get(name);
    if (before !== undefined) this.duplicates++;
    if (before !== undefined && before !== index)
      this.violations.push(`I6: entry ${before} was then answered ${index}`);
    this.acknowledged.set(name, index);
  }

  /** A checkpoint as text; `newest` where the log itself showed it as its newest. */
  see(text: string, newest: boolean): number {
    const note = parseNote(text);
    const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
    if (!checkpoint.ok) {
      this.violations.push(`a checkpoint is unreadable: ${checkpoint.reason}`);
      return 0;
    }
    const { size } = checkpoint.value;
    const root = toHex(checkpoint.value.root);
    const before = this.checkpoints.get(size);
    if (before !== undefined && before !== root) this.violations.push(`I2: two roots of size ${size}`);
    if (newest && size < this.visibleSize) this.violations.push(`I2: ${size} is visible after ${this.visibleSize}`);
    this.checkpoints.set(size, root);
    this.visibleSize = Math.max(this.visibleSize, size);
    return size;
  }

  /** A tile or bundle as it was served. */
  seeFile(path: string, bytes: Uint8Array): void {
    const content = toHex(bytes);
    const before = this.#files.get(path);
    if (before !== undefined && before !== content) this.violations.push(`I5: ${path} has changed`);
    this.#files.set(path, content);
  }
}
