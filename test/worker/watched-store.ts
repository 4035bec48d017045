/** What is truly stored, with an eye on every change: the invariants that hold at each moment are checked at each. */
import { equalBytes, fromUtf8 } from '#shared/bytes/bytes.ts';
import { type Checkpoint, parseCheckpoint } from '#shared/log/checkpoint.ts';
import { parseNote } from '#shared/log/note.ts';
import { rootFromTiles } from '#shared/log/tile.ts';
import { CHECKPOINT_KEY, COSIGNED_KEY, readBundle, tileReader } from '../../worker/storage/log-store.ts';
import { R2ObjectStore, type Versioned } from '../../worker/storage/object-store.ts';

/** The text of a signed checkpoint, read; its signature is fsck's to check. */
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
  readonly #written = new Map<string, Uint8Array>();

  constructor(bucket: R2Bucket, prefix: string, lockSize: () => number) {
    super(bucket);
    this.#prefix = `${prefix}/`;
    this.#lockSize = lockSize;
  }

  get visibleSize(): number {
    return this.visible.at(-1)?.size ?? 0;
  }

  override get(key: string): Promise<Uint8Array | undefined> {
    return super.get(this.#prefix + key);
  }

  override getVersioned(key: string): Promise<Versioned | undefined> {
    return super.getVersioned(this.#prefix + key);
  }

  override async put(key: string, value: Uint8Array): Promise<void> {
    if (key === COSIGNED_KEY) await this.#checkCheckpoint(key, value);
    const before = this.#written.get(key);
    if (key.startsWith('log/tile/') && before && !equalBytes(before, value)) this.violations.push(`I5: ${key} changed`);
    this.#written.set(key, value);
    await super.put(this.#prefix + key, value);
  }

  override putNew(key: string, value: Uint8Array): Promise<boolean> {
    return super.putNew(this.#prefix + key, value);
  }

  override async replace(key: string, value: Uint8Array, version: string | undefined): Promise<string | undefined> {
    await this.#checkCheckpoint(key, value);
    const stored = await super.replace(this.#prefix + key, value, version);
    if (stored === undefined || key !== CHECKPOINT_KEY) return stored;
    const checkpoint = checkpointIn(value);
    if (checkpoint.size < this.visibleSize) this.violations.push(`the checkpoint went back to ${checkpoint.size}`);
    this.visible.push(checkpoint);
    return stored;
  }

  override delete(...keys: readonly string[]): Promise<void> {
    return super.delete(...keys.map((key) => this.#prefix + key));
  }

  async #checkCheckpoint(key: string, value: Uint8Array): Promise<void> {
    const { size, root } = checkpointIn(value);
    if (size > this.#lockSize()) this.violations.push(`I4: ${key} of ${size}, committed are ${this.#lockSize()}`);
    const derived = await rootFromTiles(tileReader(this), size);
    if (!derived.ok) this.violations.push(`I3: ${key} of ${size} before its tiles: ${derived.detail}`);
    else if (!equalBytes(derived.value, root)) this.violations.push(`I3: ${key} of ${size} has another root`);
    const bundle = await readBundle(this, Math.floor((size - 1) / 256), size);
    if (!bundle) this.violations.push(`I3: ${key} of ${size} before its last entries`);
  }
}
