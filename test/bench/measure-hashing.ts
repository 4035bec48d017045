/** The measured hashing itself, free of Node, so that the same code runs in the reader's engine. */
import { fromBase64 } from '#shared/bytes/base64.ts';
import { type Hasher, NOBLE_HASHER, TILE_BYTES } from '#shared/hashing/hasher.ts';
import { fastestHasher } from '#shared/hashing/wasm-hasher.ts';
import { Audit } from '#shared/log/audit.ts';
import { newTiles } from '#shared/log/new-tiles.ts';
import { encodeEntryBundle, entriesPath, tilePath } from '#shared/log/tile.ts';
import { ok } from '#shared/result.ts';
import { median } from './median.ts';

/** The core's two builds in base64. */
export interface HashingFixture {
  readonly simd: string;
  readonly scalar: string;
}

type Engine = Hasher['engine'];

/** By engine. */
export type PerEngine = Readonly<Record<Engine, number>>;

/** Rates a second: the median round, and the best, in which least else ran on the machine. */
export interface Rates {
  readonly median: PerEngine;
  readonly best: PerEngine;
}

export interface HashingMeasured {
  /** Inner nodes, tile by tile. */
  readonly nodes: Rates;
  /** Entries of a whole log in memory: parsed, hashed, every tile and the root compared. */
  readonly audit: Rates;
}

export const ROUNDS = 15;
const ROUND_MS = 100;
const NODES_OF_TILE = 255;
const AUDITED = 12_800;
/** About the statement of an attestation. */
const ENTRY_BYTES = 350;

const pattern = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 2_654_435_761) >>> 24);

function nodesPerSecond(hasher: Hasher, tile: Uint8Array): number {
  const started = performance.now();
  let nodes = 0;
  while (performance.now() - started < ROUND_MS) {
    for (let i = 0; i < 8; i++) hasher.tileRoot(tile);
    nodes += 8 * NODES_OF_TILE;
  }
  return (1000 * nodes) / (performance.now() - started);
}

/** A log in memory whose bundles are all the same one. */
function auditOf(hasher: Hasher): () => Promise<number> {
  const entries = Array.from({ length: 256 }, (_, i) => pattern(ENTRY_BYTES + (i % 7), i));
  const packed = NOBLE_HASHER.leafHashes(entries);
  const leaves = Array.from({ length: AUDITED }, (_, i) => packed.subarray(32 * (i % 256), 32 * (i % 256) + 32));
  const { tiles, root } = newTiles(0, [], leaves);
  const files = new Map(tiles.map(({ level, n, width, bytes }) => [tilePath(level, n, width), bytes]));
  for (let n = 0; n < AUDITED / 256; n++) files.set(entriesPath(n), encodeEntryBundle(entries));
  const source = { name: 'memory', read: async (path: string) => ok(files.get(path)) };
  return async () => {
    const started = performance.now();
    const audit = new Audit({ source, checkpoint: { size: AUDITED, root }, hasher });
    for await (const { faults } of audit.bundles()) if (faults.length > 0) throw new Error('the log does not hold');
    if ((await audit.finish()).length > 0) throw new Error('the log does not hold');
    return (1000 * AUDITED) / (performance.now() - started);
  };
}

/** Every engine has its turn in each round, so that a busy machine is busy for all; the first round is warm-up. */
export async function measure({ simd, scalar }: HashingFixture): Promise<HashingMeasured> {
  const none = new Uint8Array(0);
  const binaries = { simd: fromBase64(simd) ?? none, scalar: fromBase64(scalar) ?? none };
  const hashers = [fastestHasher(binaries), fastestHasher({ ...binaries, simd: none }), NOBLE_HASHER];
  const tile = pattern(TILE_BYTES, 1);
  const audits = hashers.map((hasher) => ({ engine: hasher.engine, run: auditOf(hasher) }));
  const nodes: Record<Engine, number[]> = { simd: [], scalar: [], noble: [] };
  const audited: Record<Engine, number[]> = { simd: [], scalar: [], noble: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const hasher of hashers) nodes[hasher.engine].push(nodesPerSecond(hasher, tile));
    for (const { engine, run } of audits) audited[engine].push(await run());
  }
  return { nodes: rates(nodes), audit: rates(audited) };
}

function rates({ simd, scalar, noble }: Record<Engine, number[]>): Rates {
  const of = (rate: (samples: number[]) => number): PerEngine => ({
    simd: rate(simd.slice(1)),
    scalar: rate(scalar.slice(1)),
    noble: rate(noble.slice(1)),
  });
  return { median: of(median), best: of((samples) => Math.max(...samples)) };
}
