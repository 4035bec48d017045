/** Finds attested texts and pictures that a page's may be copied from, in the logs the reader trusts. See `climb.ts` for the rungs. */
import { fetchBounded } from '../trails/fetch-bounded.ts';
import { Answers } from './answers.ts';
import { lookupAddress, parseBucket } from './bucket.ts';
import { spend } from './budget.ts';
import { type Climbed, climb, isSought, type LadderLog, type Means, type Outcome, type Sought } from './climb.ts';
import { type FilteredLog, filterLogs, loadFilters, refreshFilters } from './filters.ts';
import { nameObliviously } from './oblivious.ts';
import { loadSettings } from './settings.ts';

const MAX_BUCKET_BYTES = 8 << 20;
/** Between two requests, at least and at most. */
const PAUSE_MS = [20, 200] as const;

const random = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] as number) / 2 ** 32;

/** What a log had to say. */
export interface FoundInLog {
  /** Address of the log's service. */
  readonly log: string;
  readonly outcome: Outcome;
  /** What its filters cover: entries below this size of the shard that was open; nothing where they are not here. */
  readonly asOf?: { readonly origin: string; readonly size: number };
}

/** Candidates of all logs, those that share most first, and how each log was asked. */
export interface Found extends Climbed {
  readonly logs: readonly FoundInLog[];
}

/**
 * Finds candidates. Nothing leaves the device unless a filter knows the text, or the reader chose oblivious lookup; filters
 * that are old are fetched again meanwhile.
 */
export async function find(sought: Sought, now: number = Date.now()): Promise<Found> {
  if (!isSought(sought)) return { outcome: 'quiet', candidates: [], logs: [] };
  const logs = await filterLogs();
  const { relay, oblivious } = await loadSettings();
  const refreshed = refreshFilters(now, sought.explicit);
  const answers = await Answers.load(now);
  const means: Means = {
    random,
    known: (base, hit) => answers.known(base, hit),
    remember: (base, hit, ids) => answers.remember(base, hit, ids),
    mayAsk: ({ page, explicit }) => (explicit ? Promise.resolve(true) : spend('buckets', page, now)),
    pause: () => new Promise((done) => setTimeout(done, PAUSE_MS[0] + random() * (PAUSE_MS[1] - PAUSE_MS[0]))),
    ask: async (base, bucket) => {
      const fetched = await fetchBounded(
        lookupAddress(base, `${bucket.alg}/${bucket.prefix}`, relay),
        MAX_BUCKET_BYTES,
        'application/json',
      );
      return fetched.ok ? parseBucket(fetched.bytes, bucket) : undefined;
    },
  };
  const climbed: Climbed[] = [];
  const said: FoundInLog[] = [];
  for (const log of logs) {
    let filtered = await loadFilters(log);
    if (filtered === undefined || sought.explicit) {
      await refreshed;
      filtered = await loadFilters(log);
    }
    const found = await climb(sought, ladderOf(log.base, filtered, { relay, oblivious, now }), means);
    climbed.push(found);
    const { log: origin, asOf: size } = filtered?.manifest ?? {};
    const asOf = origin !== undefined && size !== undefined && { asOf: { origin, size } };
    said.push({ log: log.base, outcome: found.outcome, ...asOf });
  }
  await answers.save();
  const candidates = climbed.flatMap((found) => found.candidates).sort((a, b) => b.shared - a.shared);
  return { outcome: foremost(climbed), candidates, logs: said };
}

/** What is said of several logs at once: a log that was asked counts more than one that did not need to be. */
const ORDER: readonly Outcome[] = ['asked', 'deferred', 'unreachable', 'quiet', 'blind'];
const foremost = (climbed: readonly Climbed[]): Outcome =>
  ORDER.find((outcome) => climbed.some((each) => each.outcome === outcome)) ?? 'blind';

interface Choices {
  readonly relay: string | undefined;
  readonly oblivious: boolean;
  readonly now: number;
}

function ladderOf(base: string, log: FilteredLog | undefined, { relay, oblivious, now }: Choices): LadderLog {
  const publicKey = log?.manifest.oprf;
  const ladder = { base, filters: log?.filters };
  if (publicKey === undefined) return ladder;
  return {
    ...ladder,
    oblivious: async ({ fingerprints, page, explicit }) => {
      if ((fingerprints['wm-winnow-1'] ?? []).length === 0) return undefined;
      const mayAsk = explicit || (oblivious && (await spend('oblivious', page, now)));
      return mayAsk ? nameObliviously(lookupAddress(base, 'oprf', relay), publicKey, fingerprints) : undefined;
    },
  };
}
