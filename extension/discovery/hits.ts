/** Which fingerprints of a page may be in a log's index, by the log's filters alone: nothing is asked. Pure. */

import { type Filter, filterKey, mayContain } from '#shared/filter/filter.ts';
import { IMAGE_ALG, MIN_IMAGE_HITS } from '#shared/image/image-keys.ts';

/** Fingerprints or digests of a text or picture in hexadecimal, by the name of their algorithm, in the order of the text. */
export type FingerprintsByAlg = Readonly<Record<string, readonly string[]>>;

/** A fingerprint that a filter knows. */
export interface Hit {
  readonly alg: string;
  readonly hex: string;
}

/** The fingerprints that one of the filters may contain, in their order, each once. */
export function hitsIn(filters: readonly Filter[], fingerprints: FingerprintsByAlg): Hit[] {
  return Object.entries(fingerprints).flatMap(([alg, list]) => {
    const own = filters.filter(({ name }) => name.startsWith(`${alg}/`));
    const shards = own.map((filter) => ({ filter, prefix: filter.name.slice(alg.length + 1) }));
    const seen = [...new Set(list)].filter((hex) => {
      const key = filterKey(hex);
      if (key === undefined) return false;
      return shards.some(({ filter, prefix }) => hex.startsWith(prefix) && mayContain(filter, key));
    });
    return seen.map((hex) => ({ alg, hex }));
  });
}

/**
 * Hits of an algorithm that are a reason to ask. A stretch of forty attested words has five winnowed fingerprints or more, and
 * one alone is most often a false one: a page of 2,000 words has about 700, and the chance that two of them hit by accident
 * is one in 18,000. Any other fingerprint is one of few, and is asked for alone.
 */
const NEEDED: Readonly<Record<string, number>> = { 'wm-winnow-1': 2, [IMAGE_ALG]: MIN_IMAGE_HITS };

/** Whether these hits are a reason to ask. */
export function worthAsking(hits: readonly Hit[]): boolean {
  const counts = new Map<string, number>();
  for (const { alg } of hits) counts.set(alg, (counts.get(alg) ?? 0) + 1);
  return [...counts].some(([alg, count]) => count >= (NEEDED[alg] ?? 1));
}
