/**
 * A whole log read again: every bundle of entries hashed, each tile on each level and the root compared with what the log
 * publishes and signed. Reading is the caller's function. Memory does not grow with the log.
 *
 * Not checked here: who signed the checkpoint, and what the entries say.
 */
import { equalBytes } from '../bytes/bytes.ts';
import { HASH_BYTES, type Hasher } from '../hashing/hasher.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type DerivedTile, DerivedTree } from './derived-tree.ts';
import { type LogSource, readAhead, readBundleFile, readTileFile, tilesOf, widthOf } from './log-files.ts';
import { verifyInclusion } from './merkle.ts';
import { entriesPath, TILE_WIDTH, tilePath } from './tile.ts';
import { inclusionProofFromTiles } from './tile-proofs.ts';

/** Something that is not as the log's signature says it must be. */
export interface AuditFault {
  /** Path of the file, or `entry N`. */
  readonly where: string;
  readonly what: string;
}

/** Entries that have been hashed, and what was found when they were. */
export interface AuditedBundle {
  readonly entries: readonly Uint8Array[];
  readonly faults: readonly AuditFault[];
}

/** What is audited. */
export interface AuditInput {
  readonly source: LogSource;
  readonly checkpoint: Pick<Checkpoint, 'size' | 'root'>;
  readonly hasher: Hasher;
  /** Earlier states that the log's history must lead through, with what to say where it does not. */
  readonly through?: readonly (Pick<Checkpoint, 'size' | 'root'> & { readonly otherwise: string })[];
}

/** The first entry that is not the one its tile names. */
interface Difference {
  readonly index: number;
  readonly published: Uint8Array;
}

/**
 * @example
 * import { NOBLE_HASHER } from '#shared/hashing/hasher.ts';
 * import { Audit } from '#shared/log/audit.ts';
 * import { EMPTY_ROOT } from '#shared/log/merkle.ts';
 * import { ok } from '#shared/result.ts';
 * const source = { name: 'empty', read: async () => ok(undefined) };
 * const audit = new Audit({ source, checkpoint: { size: 0, root: EMPTY_ROOT }, hasher: NOBLE_HASHER });
 * await audit.finish(); // => []
 */
export class Audit {
  private readonly input: AuditInput;
  private tree: DerivedTree;
  private difference: Difference | undefined;

  constructor(input: AuditInput) {
    this.input = input;
    this.tree = new DerivedTree(input.hasher);
  }

  /** The tree derived so far. */
  get derived(): DerivedTree {
    return this.tree;
  }

  /**
   * Goes on from a tree that ends between two bundles, if the log still serves the tiles on its right edge; the root at
   * the end then proves that what was derived before is the beginning of this log.
   *
   * @throws LogUnreachable (as a rejection)
   */
  async resume(tree: DerivedTree): Promise<boolean> {
    if (tree.size > this.input.checkpoint.size || tree.size % TILE_WIDTH !== 0) return false;
    for (const tile of tree.unfilled()) {
      if ((await this.fault(tile)) !== undefined) return false;
    }
    this.tree = tree;
    return true;
  }

  /**
   * Reads all bundles in order up to the first that cannot be had, which is a fault.
   *
   * @throws LogUnreachable (as a rejection)
   */
  async *bundles(): AsyncGenerator<AuditedBundle> {
    const { source, checkpoint, hasher } = this.input;
    const { size } = checkpoint;
    const files = readAhead(this.tree.size / TILE_WIDTH, Math.ceil(size / TILE_WIDTH), async (n) => {
      const width = widthOf(n, size);
      const full = width === TILE_WIDTH ? readTileFile(source, 0, n, width) : undefined;
      const [bundle, tile] = await Promise.all([readBundleFile(source, n, width), full]);
      return { n, width, bundle, tile };
    });
    for await (const { n, width, bundle, tile } of files) {
      if (!bundle.ok) {
        yield { entries: [], faults: [{ where: entriesPath(n, width), what: bundle.reason }] };
        return;
      }
      const faults = this.grow(hasher.leafHashes(bundle.value));
      for (const filled of this.tree.takeFilled()) {
        faults.push(...(await (filled.level === 0 ? this.compare(filled, tile) : this.compare(filled))));
      }
      yield { entries: bundle.value, faults };
    }
  }

  /** Adds leaves, and looks at the root where an earlier state ended. */
  private grow(leaves: Uint8Array): AuditFault[] {
    const { through = [] } = this.input;
    const start = this.tree.size;
    const end = start + leaves.length / HASH_BYTES;
    const faults: AuditFault[] = [];
    const stops = through.filter(({ size }) => size > start && size <= end).sort((a, b) => a.size - b.size);
    for (const { size, root, otherwise } of stops) {
      this.tree.add(leaves.subarray(HASH_BYTES * (this.tree.size - start), HASH_BYTES * (size - start)));
      if (!equalBytes(this.tree.root(), root)) faults.push({ where: 'checkpoint', what: otherwise });
    }
    this.tree.add(leaves.subarray(HASH_BYTES * (this.tree.size - start)));
    return faults;
  }

  /**
   * Compares the right edge and the root, once all bundles are read. Where the root is not the signed one, says which
   * entry is not, if the log's own tiles prove it.
   *
   * @throws LogUnreachable (as a rejection)
   */
  async finish(): Promise<AuditFault[]> {
    const { size, root } = this.input.checkpoint;
    const faults: AuditFault[] = [];
    for (const tile of this.tree.unfilled()) faults.push(...(await this.compare(tile)));
    if (this.tree.size < size) {
      faults.push({ where: 'checkpoint', what: `entries end at ${this.tree.size} of ${size}` });
    } else if (!equalBytes(this.tree.root(), root)) {
      faults.push({ where: 'checkpoint', what: 'root-mismatch' }, ...(await this.notTheSigned()));
    }
    return faults;
  }

  /** The tile that an entry differs from is itself as signed: then it is the entry that was changed. */
  private async notTheSigned(): Promise<AuditFault[]> {
    if (this.difference === undefined) return [];
    const { source, checkpoint } = this.input;
    const { size, root } = checkpoint;
    const { index, published } = this.difference;
    const proof = await inclusionProofFromTiles(tilesOf(source), index, size);
    if (!proof.ok || !verifyInclusion({ leafHash: published, index, size, proof: proof.value, root }).ok) return [];
    const n = Math.floor(index / TILE_WIDTH);
    return [{ where: entriesPath(n, widthOf(n, size)), what: `entry ${index} is not the one that was signed` }];
  }

  private async compare(tile: DerivedTile, published?: Uint8Array): Promise<AuditFault[]> {
    const fault = await this.fault(tile, published);
    return fault === undefined ? [] : [{ where: tilePath(tile.level, tile.n, this.publishedWidth(tile)), what: fault }];
  }

  private async fault(tile: DerivedTile, published?: Uint8Array): Promise<string | undefined> {
    const { level, n, bytes: derived } = tile;
    const width = this.publishedWidth(tile);
    const bytes = published ?? (await readTileFile(this.input.source, level, n, width));
    if (bytes === undefined) return 'missing';
    if (!equalBytes(derived, bytes.subarray(0, derived.length))) {
      const at = Math.floor(derived.findIndex((value, i) => value !== bytes[i]) / HASH_BYTES);
      const hash = bytes.slice(HASH_BYTES * at, HASH_BYTES * (at + 1));
      if (level === 0) this.difference ??= { index: n * TILE_WIDTH + at, published: hash };
      return `differs from the entries at hash ${at}`;
    }
    return [width, TILE_WIDTH].some((hashes) => bytes.length === HASH_BYTES * hashes)
      ? undefined
      : 'has the wrong length';
  }

  private publishedWidth({ level, n }: DerivedTile): number {
    return widthOf(n, Math.floor(this.input.checkpoint.size / TILE_WIDTH ** level));
  }
}
