/**
 * A text that named no trail and was recognised by its words, or an image by how it looks: rung B of the evidence ladder,
 * "signed, recovered by fingerprint". It is shown apart from everything that brings its own proof: somebody else may have
 * put it there, in part or with changes. Spec: docs/spec/compare.md §6.
 */
import type { Comparison } from '../compare/compare.ts';
import type { ContentMatch } from '../text/content.ts';
import { inQuestion } from './badge.ts';

/** The part of a verdict that decides. */
interface Judged {
  readonly verdict: 'verified' | 'unproven' | 'invalid' | 'unsupported';
  readonly reasons: readonly string[];
  readonly content: Pick<ContentMatch, 'match'>;
}

/** What was recognised of a text. */
export interface RecoveredText {
  /**
   * How the page's words relate to the attested ones: `exact`, `quoted` and `edited` as in `Comparison`. `unrelated`: the
   * record is genuine and about other words. `unproven`: the record does not hold, so nothing is recovered from it.
   */
  readonly state: 'exact' | 'quoted' | 'edited' | 'unrelated' | 'unproven';
  /** As in `Comparison`; 1 where whole passages were compared by their digests, because the text is not published. */
  readonly similarity: number;
}

/** What was recognised of an image. */
export interface RecoveredImage {
  /** `exact`: the same bytes. `similar`: other bytes that look alike. The rest as of a text. */
  readonly state: 'exact' | 'similar' | 'unrelated' | 'unproven';
  /** As `compareImages` says; 1 for the same bytes. */
  readonly similarity: number;
}

/** What was recognised. */
export type Recovered = RecoveredText | RecoveredImage;

/**
 * What a record recovers of a text.
 *
 * @param judged - the verdict on the record's trail, its content compared with what stands on the page
 * @param words - the same page compared with the attested words, where they are published
 * @example
 * import { recovered } from '#shared/verdict/recovered.ts';
 * const judged = { verdict: 'verified', reasons: [], content: { match: 'passages' } } as const;
 * recovered(judged); // => { state: 'quoted', similarity: 1 }
 */
export function recovered(judged: Judged, words?: Pick<Comparison, 'verdict' | 'similarity'>): RecoveredText {
  if (!holds(judged)) return UNPROVEN;
  if (words !== undefined) return { state: words.verdict, similarity: words.similarity };
  const { match } = judged.content;
  if (match === 'exact') return EXACT;
  return match === 'passages' ? { state: 'quoted', similarity: 1 } : UNRELATED;
}

/**
 * What a record recovers of an image. Its looks never make it `exact`, only its bytes do.
 *
 * @param judged - the verdict on the record's trail, its content compared with the bytes of the image on the page
 * @param looks - `compareImages` of the claim's hash and the page's, where both have one
 * @example
 * import { recoveredImage } from '#shared/verdict/recovered.ts';
 * const judged = { verdict: 'unproven', reasons: ['content-none'], content: { match: 'none' } } as const;
 * recoveredImage(judged, { similar: true, similarity: 1 }).state; // => 'similar'
 */
export function recoveredImage(
  judged: Judged,
  looks?: { readonly similar: boolean; readonly similarity: number },
): RecoveredImage {
  if (!holds(judged)) return UNPROVEN;
  if (judged.content.match === 'exact') return EXACT;
  return looks?.similar ? { state: 'similar', similarity: looks.similarity } : UNRELATED;
}

const EXACT = { state: 'exact', similarity: 1 } as const;
const UNRELATED = { state: 'unrelated', similarity: 0 } as const;
const UNPROVEN = { state: 'unproven', similarity: 0 } as const;

/** Whether a record stands. What was edited has other digests: that alone says nothing against it. */
const holds = ({ verdict, reasons }: Judged): boolean =>
  verdict === 'verified' ||
  (verdict === 'unproven' && reasons.length > 0 && reasons.every((reason) => reason === 'content-none'));

/**
 * How something recovered is shown in one glance: never as one that brought its proof.
 *
 * @example
 * import { recoveredBadge } from '#shared/verdict/recovered.ts';
 * recoveredBadge({ state: 'exact', similarity: 1 }, { state: 'active' }); // => 'found'
 * recoveredBadge({ state: 'exact', similarity: 1 }, { state: 'disputed' }); // => 'unproven'
 */
export function recoveredBadge(
  { state }: Recovered,
  standing: { readonly state: string; readonly cause?: string },
): 'found' | 'unproven' {
  const recognised = state !== 'unrelated' && state !== 'unproven';
  return recognised && !inQuestion(standing) ? 'found' : 'unproven';
}

/** What is compared between the records of one text or image. */
export interface RecoveredRecord {
  readonly recovered: Recovered;
  /** Origin of the issuer. */
  readonly issuer: string;
  /** The model's name and its provider. */
  readonly model: string;
  readonly provider: string;
  /** Unix seconds by which witnesses had seen it; absent without witnesses. */
  readonly loggedBefore?: number;
}

const RANK = { exact: 5, quoted: 4, edited: 3, similar: 2, unrelated: 1, unproven: 0 } as const;

/**
 * The records of one text or image, the closest first; of equally close ones the one that witnesses saw first. Whoever attests
 * another's text later cannot come before it.
 *
 * @example
 * import { closestFirst } from '#shared/verdict/recovered.ts';
 * const record = { recovered: { state: 'exact', similarity: 1 }, issuer: 'a', model: 'm', provider: 'p' } as const;
 * closestFirst([{ ...record, loggedBefore: 20 }, { ...record, loggedBefore: 10 }])[0]?.loggedBefore; // => 10
 */
export function closestFirst<R extends RecoveredRecord>(records: readonly R[]): R[] {
  const seen = ({ loggedBefore = Number.POSITIVE_INFINITY }: R): number => loggedBefore;
  return [...records].sort(
    (a, b) =>
      RANK[b.recovered.state] - RANK[a.recovered.state] ||
      b.recovered.similarity - a.recovered.similarity ||
      (seen(a) === seen(b) ? 0 : seen(a) - seen(b)),
  );
}

/**
 * Whether a record contradicts the one that is shown: it is as close, and names another issuer or another model.
 *
 * @example
 * import { contradicts } from '#shared/verdict/recovered.ts';
 * const record = { recovered: { state: 'exact', similarity: 1 }, issuer: 'a', model: 'm', provider: 'p' } as const;
 * contradicts(record, { ...record, model: 'other' }); // => true
 * contradicts(record, { ...record, recovered: { state: 'quoted', similarity: 1 } }); // => false
 */
export function contradicts(shown: RecoveredRecord, other: RecoveredRecord): boolean {
  if (other.recovered.state !== shown.recovered.state || other.recovered.similarity !== shown.recovered.similarity) {
    return false;
  }
  return other.issuer !== shown.issuer || other.model !== shown.model || other.provider !== shown.provider;
}
