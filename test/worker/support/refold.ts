/**
 * The oracle: the whole tree again from the stored bundles alone, and every stored tile compared with it. Bundles are
 * hashed once however often they are met, because most logs of these tests begin alike.
 */
import { concatBytes, equalBytes } from '#shared/bytes/bytes.ts';
import { leafHash, treeRoot } from '#shared/log/merkle.ts';
import { entriesPath, tilePath } from '#shared/log/tile.ts';
import { readBundle, tileKey } from '../../../worker/storage/log-store.ts';
import type { ObjectStore } from '../../../worker/storage/object-store.ts';

interface Bundle {
  readonly bytes: Uint8Array;
  readonly entries: readonly Uint8Array[];
  readonly leaves: readonly Uint8Array[];
  readonly root: Uint8Array;
}
const met = new Map<string, Bundle[]>();
const roots = new Map<string, Uint8Array>();

/** A log as its bundles say it is. */
export interface Refolded {
  readonly entries: readonly Uint8Array[];
  readonly leaves: readonly Uint8Array[];
  /** Root of the first `size` entries. */
  readonly rootAt: (size: number) => Uint8Array;
  /** What is missing or differs. */
  readonly problems: readonly string[];
}

async function bundleAt(store: ObjectStore, n: number, size: number): Promise<Bundle | undefined> {
  const entries = await readBundle(store, n, size);
  if (!entries) return undefined;
  const bytes = concatBytes(...entries);
  const name = entriesPath(n, entries.length);
  const known = met.get(name)?.find((bundle) => equalBytes(bundle.bytes, bytes));
  if (known) return known;
  const leaves = entries.map(leafHash);
  const bundle = { bytes, entries, leaves, root: treeRoot(leaves) };
  met.set(name, [...(met.get(name) ?? []), bundle]);
  return bundle;
}

/** Reads the first `size` entries and every tile of their tree; a partial tile may have made way for its full one. */
export async function refold(store: ObjectStore, size: number): Promise<Refolded> {
  const problems: string[] = [];
  const bundles: Bundle[] = [];
  for (let n = 0; n * 256 < size; n++) {
    const bundle = await bundleAt(store, n, size);
    if (bundle) bundles.push(bundle);
    else problems.push(`bundle ${n} of ${size} is missing or malformed`);
  }
  const leaves = bundles.flatMap((bundle) => bundle.leaves);
  let hashes: readonly Uint8Array[] = leaves;
  for (let level = 0; hashes.length > 0; level++) {
    for (let n = 0; n * 256 < hashes.length; n++) {
      const expected = hashes.slice(n * 256, n * 256 + 256);
      const exact = await store.get(tileKey(tilePath(level, n, expected.length)));
      const tile = exact ?? (await store.get(tileKey(tilePath(level, n))))?.slice(0, expected.length * 32);
      if (!tile || !equalBytes(tile, concatBytes(...expected)))
        problems.push(`tile ${level}/${n} is not of these entries`);
    }
    const full = Math.floor(hashes.length / 256);
    hashes = level === 0 ? bundles.slice(0, full).map(({ root }) => root) : [];
  }
  const rootAt = (prefix: number): Uint8Array => {
    const name = `${prefix} ${bundles.map((bundle) => bundle.root.join()).join(' ')}`;
    const root = roots.get(name) ?? treeRoot(leaves.slice(0, prefix));
    roots.set(name, root);
    return root;
  };
  return { entries: bundles.flatMap((bundle) => bundle.entries), leaves, rootAt, problems };
}
