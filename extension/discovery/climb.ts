/**
 * The ladder, rung by rung, for one text and one log: what the text says of itself, the log's filters on this machine, the
 * buckets of what hit, oblivious lookup. A rung is climbed only where the one below gave a reason. Pure: whoever calls brings
 * the network, the memory and the chance.
 */
import type { Filter } from '#shared/filter/filter.ts';
import { MIN_WORDS } from '#shared/fingerprint/winnow.ts';
import { IMAGE_ALG } from '#shared/image/image-keys.ts';
import type { BucketRow } from './bucket.ts';
import { type BucketName, bucketOf, chooseBuckets, isBucket, MAX_REAL } from './choose-buckets.ts';
import { type FingerprintsByAlg, type Hit, hitsIn, worthAsking } from './hits.ts';

/** A text or a picture to be found. */
export interface Sought {
  readonly fingerprints: FingerprintsByAlg;
  /** Of a text; nothing for a picture. */
  readonly words?: number;
  /** It names or carries its own trail. */
  readonly marked?: boolean;
  /** Which page it stands on; what is asked is counted for each. */
  readonly page: string;
  /** The reader asked for this very one: it is looked up even where a log's filters are not here. */
  readonly explicit?: boolean;
}

/** An attested text or picture that may be this one. */
export interface Candidate {
  readonly id: string;
  /** Address of the log's service, without a slash at the end. */
  readonly log: string;
  /** Fingerprints in common, of those asked for. */
  readonly shared: number;
}

/**
 * What came of it. `quiet`: no reason to ask, and nothing was asked. `asked`. `deferred`: there was a reason, but so much
 * has been asked already. `unreachable`: the log did not answer. `blind`: the log's filters are not here.
 */
export type Outcome = 'quiet' | 'asked' | 'deferred' | 'unreachable' | 'blind';

/** What a log has for a text. */
export interface Climbed {
  readonly outcome: Outcome;
  readonly candidates: readonly Candidate[];
}

/** One log as the ladder needs it. */
export interface LadderLog {
  readonly base: string;
  /** Nothing where they could not be fetched. */
  readonly filters: readonly Filter[] | undefined;
  /** What the log's key makes of some fingerprints; nothing where it was not asked or did not prove its answer. */
  readonly oblivious?: (sought: Sought) => Promise<FingerprintsByAlg | undefined>;
}

/** What the ladder is given to climb with. */
export interface Means {
  readonly random: () => number;
  /** What a log answered about a fingerprint not long ago. */
  readonly known: (base: string, hit: Hit) => readonly string[] | undefined;
  readonly remember: (base: string, hit: Hit, ids: readonly string[]) => void;
  /** Whether this page may ask for one more group of buckets; if so, it is counted. */
  readonly mayAsk: (sought: Sought) => Promise<boolean>;
  readonly ask: (base: string, bucket: BucketName) => Promise<readonly BucketRow[] | undefined>;
  /** Lets some time pass between two requests. */
  readonly pause: () => Promise<void>;
}

/** Finds candidates for a text or picture in one log. */
export async function climb(sought: Sought, log: LadderLog, means: Means): Promise<Climbed> {
  if (!isSought(sought)) return { outcome: 'quiet', candidates: [] };
  const { filters, oblivious } = log;
  if (filters === undefined) {
    return sought.explicit ? askFor(unfiltered(sought), sought, log, means) : { outcome: 'blind', candidates: [] };
  }
  const plain = await askFor([...hitsIn(filters, sought.fingerprints), ...digestsOf(sought)], sought, log, means);
  if (plain.candidates.length > 0 || oblivious === undefined) return plain;
  const names = await oblivious(sought);
  if (names === undefined) return plain;
  const hidden = await askFor(hitsIn(filters, names), sought, log, means);
  return hidden.outcome === 'quiet' ? plain : hidden;
}

/**
 * Whether something is to be looked up at all: without a trail of its own, and if it is a text, long enough to be somebody's.
 * A picture that could be anybody's has no fingerprints.
 */
export const isSought = ({ marked, words = MIN_WORDS }: Sought): boolean => marked !== true && words >= MIN_WORDS;

/** Digests of files are in no filter: they are asked for only where the reader asks for this very picture. */
const digestsOf = ({ fingerprints, explicit }: Sought): Hit[] =>
  explicit ? (fingerprints['sha-256'] ?? []).map((hex) => ({ alg: 'sha-256', hex })) : [];

/** What stands in for hits where no filter tells: whole passages if there are any, for they are the surest. */
function unfiltered({ fingerprints }: Sought): Hit[] {
  const alg = UNFILTERED.find((each) => (fingerprints[each] ?? []).length > 0) ?? '';
  const list = fingerprints[alg] ?? [];
  // Of a picture the first ones are the likeliest.
  return (alg === IMAGE_ALG ? list.slice(0, MAX_REAL) : list).map((hex) => ({ alg, hex }));
}

const UNFILTERED = ['wm-match-1', 'wm-winnow-1', IMAGE_ALG, 'sha-256'];

async function askFor(hits: readonly Hit[], sought: Sought, { base }: LadderLog, means: Means): Promise<Climbed> {
  if (!worthAsking(hits)) return { outcome: 'quiet', candidates: [] };
  const before = tally(hits, base, means);
  const open = hits.filter((hit) => means.known(base, hit) === undefined);
  // Each bucket more would say more: one candidate is enough, the comparison decides about it.
  if (before.length > 0 || open.length === 0) return { outcome: 'asked', candidates: before };
  if (!(await means.mayAsk(sought))) return { outcome: 'deferred', candidates: before };
  let reached = false;
  for (const bucket of chooseBuckets(open, means.random)) {
    const rows = await means.ask(base, bucket);
    await means.pause();
    if (rows === undefined) continue;
    reached = true;
    for (const hit of open.filter((each) => isBucket(bucketOf(each), bucket))) {
      const suffix = hit.hex.slice(bucket.prefix.length);
      const ids = rows.filter((row) => row.suffix === suffix).map(({ id }) => id);
      means.remember(base, hit, [...new Set(ids)]);
    }
  }
  return { outcome: reached ? 'asked' : 'unreachable', candidates: tally(hits, base, means) };
}

/** The attestations that share most come first. */
function tally(hits: readonly Hit[], base: string, means: Means): Candidate[] {
  const shared = new Map<string, number>();
  for (const hit of hits) for (const id of means.known(base, hit) ?? []) shared.set(id, (shared.get(id) ?? 0) + 1);
  const candidates = [...shared].map(([id, count]) => ({ id, log: base, shared: count }));
  return candidates.sort((a, b) => b.shared - a.shared || (a.id < b.id ? -1 : 1));
}
