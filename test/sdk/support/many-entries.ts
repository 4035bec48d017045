/** A log of any number of entries, made in no time: after its first two, all are one statement. Nothing is kept. */
import { signOutput } from '../../../sdk/issuer/build-output.ts';
import { createIssuerKey } from '../../../sdk/issuer/key.ts';
import { leafHash } from '../../../shared/log/merkle.ts';
import { type NewTile, newTiles } from '../../../shared/log/new-tiles.ts';
import { encodeEntryBundle, parseTilePath } from '../../../shared/log/tile.ts';
import { LOG_ADDRESS, MemoryLog } from './memory-log.ts';

const { statement } = signOutput(
  {
    text: 'Hello.',
    model: { provider: 'openai.com', name: 'gpt-5' },
    run: { operator: 'example.com' },
  },
  { issuer: 'https://example.com', key: createIssuerKey(new Uint8Array(32).fill(9)), log: LOG_ADDRESS },
);

export class ManyEntries {
  private readonly memory = new MemoryLog();
  private readonly tiles = new Map<string, Uint8Array>();
  private readonly root: Uint8Array;
  readonly size: number;

  constructor(size: number) {
    this.size = size;
    const leaf = leafHash(statement);
    const first = this.memory.entries.map(leafHash);
    let tree: { rightEdge: Uint8Array[]; root: Uint8Array; tiles: NewTile[] } = newTiles(0, [], []);
    for (let at = 0; at < size; at += 256) {
      const leaves = Array.from({ length: Math.min(256, size - at) }, (_, i) => first[at + i] ?? leaf);
      tree = newTiles(at, tree.rightEdge, leaves);
      for (const { level, n, bytes } of tree.tiles) this.tiles.set(`${level}/${n}`, bytes);
    }
    this.root = tree.root;
  }

  trust(): string {
    return this.memory.trust();
  }

  /** What the log serves at a path below its prefix. */
  file(path: string): Uint8Array | undefined {
    if (path === 'checkpoint') return new TextEncoder().encode(this.memory.checkpointOf(this.size, this.root));
    const name = parseTilePath(path);
    if (!name.ok) return undefined;
    const { level, n, width } = name.value;
    if (level !== 'entries') return this.tiles.get(`${level}/${n}`)?.subarray(0, width * 32);
    return encodeEntryBundle(Array.from({ length: width }, (_, i) => this.memory.entries[n * 256 + i] ?? statement));
  }

  /** The same log with its entries in memory, where a test can change them. */
  toMemoryLog(): MemoryLog {
    while (this.memory.entries.length < this.size) this.memory.append(statement);
    return this.memory;
  }
}
