/** Who an index names for a key, read as the lookup route reads it. */
import { type LookupAlg, PREFIX_LENGTH } from '../../../worker/lookup/bucket.ts';
import type { LookupIndex } from '../../../worker/lookup/lookup-index.ts';

/** The ids under a key in hex; none while the index is being built. */
export async function foundBy(lookup: LookupIndex, alg: LookupAlg, hex: string): Promise<string[]> {
  const bucket = await lookup.bucket(alg, hex.slice(0, PREFIX_LENGTH));
  const entries = bucket?.entries ?? [];
  return entries.filter(({ suffix }) => suffix === hex.slice(PREFIX_LENGTH)).map(({ id }) => id);
}
