/**
 * Which buckets are asked for a page: always the same number, of which at most three hold what the page has and the others
 * are drawn at random. So a page asks as much as any other, and its buckets are not a list of what it says. Pure.
 */
import type { Hit } from './hits.ts';

/** Hexadecimal digits that name a bucket. */
export const PREFIX_LENGTH = 4;
/** Buckets asked together. */
export const GROUP = 8;
/** How many of them are the page's own, at most. */
export const MAX_REAL = 3;

/** A bucket of the index. */
export interface BucketName {
  readonly alg: string;
  readonly prefix: string;
}

/** The bucket a fingerprint lies in. */
export const bucketOf = ({ alg, hex }: Hit): BucketName => ({ alg, prefix: hex.slice(0, PREFIX_LENGTH) });

/** Whether two are the same bucket. */
export const isBucket = (a: BucketName, b: BucketName): boolean => a.alg === b.alg && a.prefix === b.prefix;

/** At most `count` of the items, evenly spread over their order: what is copied may stand anywhere. */
export function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, n) => items[Math.floor(((n + 0.5) * items.length) / count)] as T);
}

/** Of five shingles in a row the least is kept: so are the prefixes of winnowed fingerprints, and so must decoys be. */
const WINNOWED_FROM = 5;

/** A bucket drawn as a stranger's page would have it. */
function decoy(alg: string, random: () => number): BucketName {
  const draws = Array.from({ length: alg === 'wm-winnow-1' ? WINNOWED_FROM : 1 }, () => Math.floor(random() * 0x10000));
  return {
    alg,
    prefix: Math.min(...draws)
      .toString(16)
      .padStart(PREFIX_LENGTH, '0'),
  };
}

/**
 * `GROUP` different buckets in random order; those of `hits` among them as far as `MAX_REAL` goes. Each decoy is of an
 * algorithm that one of the page's own has.
 *
 * @param random - numbers from 0 to below 1
 */
export function chooseBuckets(hits: readonly Hit[], random: () => number): BucketName[] {
  const own: BucketName[] = [];
  for (const hit of hits) if (!own.some((each) => isBucket(each, bucketOf(hit)))) own.push(bucketOf(hit));
  const group = spread(own, MAX_REAL);
  const algs = group.map(({ alg }) => alg);
  while (algs.length > 0 && group.length < GROUP) {
    const next = decoy(algs[Math.floor(random() * algs.length)] as string, random);
    if (!group.some((each) => isBucket(each, next))) group.push(next);
  }
  for (let at = group.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [group[at], group[other]] = [group[other] as BucketName, group[at] as BucketName];
  }
  return group;
}
