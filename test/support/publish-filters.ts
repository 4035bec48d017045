/** What a log offers for discovery, put on a fixture site: filters over fingerprints, the signed list, and their buckets. */
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { buildFilter } from '#shared/filter/build-filter.ts';
import { encodeFilter, filterKey } from '#shared/filter/filter.ts';
import { type FilterEntry, signManifest } from '#shared/filter/manifest.ts';
import { TIME, type World } from './build-trail.ts';
import type { FixtureSite } from './fixture-site.ts';

export interface Indexed {
  readonly id: string;
  /** Fingerprints in hexadecimal by algorithm. */
  readonly fingerprints: Readonly<Record<string, readonly string[]>>;
}

/** Offers an index of these attestations. */
export function publishIndex(
  site: FixtureSite,
  world: World,
  items: readonly Indexed[],
  oprf?: Uint8Array,
): readonly FilterEntry[] {
  const byAlg = new Map<string, string[]>();
  for (const { id, fingerprints } of items) {
    for (const [alg, list] of Object.entries(fingerprints)) {
      byAlg.set(alg, [...(byAlg.get(alg) ?? []), ...list]);
      for (const hex of list) {
        const bucket = `${alg}/${hex.slice(0, 4)}`;
        site.buckets.set(bucket, [...(site.buckets.get(bucket) ?? []), { suffix: hex.slice(4), id }]);
      }
    }
  }
  const filters = [...byAlg].map(([alg, list]): FilterEntry => {
    const name = `${alg}/`;
    const keys = list.map((hex) => filterKey(hex) ?? 0);
    const bytes = encodeFilter(buildFilter(name, keys, 1));
    const digest = sha256(bytes);
    site.files.set(`/v1/filters/${toBase64Url(digest)}`, bytes);
    return { name, count: new Set(keys).size, size: bytes.length, digest };
  });
  const manifest = { log: world.origin, asOf: world.entries.length, at: TIME, filters, ...(oprf && { oprf }) };
  site.files.set('/v1/filters', utf8(signManifest(manifest, world.registrar)));
  return filters;
}
