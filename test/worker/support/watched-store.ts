/** What is truly stored, with an eye on every change: the invariants that hold at each moment are checked at each. */
import { equalBytes, fromUtf8 } from '#shared/bytes/bytes.ts';
import { type Checkpoint, parseCheckpoint } from '#shared/log/checkpoint.ts';
import { parseNote } from '#shared/log/note.ts';
import { CHECKPOINT_KEY, COSIGNED_KEY, readBundle, tileReader } from '../../../worker/storage/log-store.ts';
import { type ByteRange, R2ObjectStore, type Versioned } from '../../../worker/storage/object-store.ts';

/** The text of a signed checkpoint, read; its signature is checked at the end. */
export function checkpointIn(bytes: Uint8Array): Checkpoint {
  const note = parseNote(fromUtf8(bytes) ?? '');
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!checkpoint.ok) throw new Error(`a stored checkpoint is unreadable: ${checkpoint.reason}`);
  return checkpoint.value;
}

/** One log's share of the bucket. */
export class WatchedStore extends R2ObjectStore {
  /** What broke an invariant, in words. */
  readonly violations: string[] = [];
  /** Every checkpoint that ever was visible, in order. */
  readonly visible: Checkpoint[] = [];
  readonly #prefix: string;
  readonly #lockSize: () => number;
  /** Tiles and bundles that are in the bucket. */
  readonly #stored = new Map<string, Uint8Array>();
  readonly #everStored = new Map<string, Uint8Array>();

  constructor(bucket: R2Bucket, prefix: string, lockSize: () => number) {
    super(bucket);
    this.#prefix = `${prefix}/`;
    this.#lockSize = lockSize;
  }

  get visibleSize(): number {
    return this.visible.at(-1)?.size ?? 0;
  }

  /** What never changes is read from R2 once: most of the time of these tests would go there. */
  override async get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    if (!key.startsWith('log/tile/')) return super.get(this.#prefix + key, range);
    const known = this.#stored.get(key);
    return known ? known.slice() : undefined;
  }

  /** The same object from R2 itself. */
  getFromBucket(key: string): Promise<Uint8Array | undefined> {
    return super.get(this.#prefix + key);
  }

  override getVersioned(key: string): Promise<Versioned | undefined> {
    return super.getVersioned(this.#prefix + key);
  }

  /** A tile or bundle as if it had been put: what a test begins with is not what it tries. */
  plant(key: string, value: Uint8Array): void {
    this.#stored.set(key, value);
    this.#everStored.set(key, value);
  }

  override async put(key: string, value: Uint8Array): Promise<void> {
    if (key === COSIGNED_KEY) await this.#checkCheckpoint(key, value);
    const before = this.#everStored.get(key);
    if (key.startsWith('log/tile/') && before && !equalBytes(before, value)) this.violations.push(`I5: ${key} changed`);
    await super.put(this.#prefix + key, value);
    this.plant(key, value);
  }

  override putNew(key: string, value: Uint8Array): Promise<boolean> {
    return super.putNew(this.#prefix + key, value);
  }

  override async replace(key: string, value: Uint8Array, version: string | undefined): Promise<string | undefined> {
    if (key === CHECKPOINT_KEY) await this.#checkCheckpoint(key, value);
    const stored = await super.replace(this.#prefix + key, value, version);
    if (stored === undefined || key !== CHECKPOINT_KEY) return stored;
    const checkpoint = checkpointIn(value);
    if (checkpoint.size < this.visibleSize) this.violations.push(`the checkpoint went back to ${checkpoint.size}`);
    this.visible.push(checkpoint);
    return stored;
  }

  override async delete(...keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#stored.delete(key);
    await super.delete(...keys.map((key) => this.#prefix + key));
  }

  /** Keys of the tiles and bundles that are stored. */
  get tiles(): string[] {
    return [...this.#stored.keys()].filter((key) => key.startsWith('log/tile/')).sort();
  }

  async #checkCheckpoint(key: string, value: Uint8Array): Promise<void> {
    const { size } = checkpointIn(value);
    if (size > this.#lockSize()) this.violations.push(`I4: ${key} of ${size}, committed are ${this.#lockSize()}`);
    const read = tileReader(this);
    for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / 256)) {
      for (let n = 0; n * 256 < hashes; n++) {
        // A checkpoint at quorum may be written late, when a full tile has replaced the partial one: readers take that.
        const tile = (await read(level, n, Math.min(256, hashes - n * 256))) ?? (await read(level, n, 256));
        if (!tile) this.violations.push(`I3: ${key} of ${size} before tile ${level}/${n}`);
      }
    }
    const bundle = await readBundle(this, Math.floor((size - 1) / 256), size);
    if (!bundle) this.violations.push(`I3: ${key} of ${size} before its last entries`);
  }
}
