/**
 * How much may be asked: so many groups for a page, so many in an hour for all pages together. What a log could see of a
 * reader is bounded by it, whatever pages do. Kept in memory until the browser closes. Pure but for `spend`.
 */
import { inOrder, loadStored, saveStored } from '../trails/stored.ts';

/** What can be asked: groups of buckets, and oblivious evaluations. */
export type Spending = 'buckets' | 'oblivious';

const LIMITS: Readonly<Record<Spending, { readonly page: number; readonly hour: number }>> = {
  buckets: { page: 4, hour: 24 },
  oblivious: { page: 1, hour: 30 },
};
const HOUR_MS = 60 * 60_000;

/** One group that was asked. */
export interface Spent {
  readonly what: Spending;
  readonly page: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What was spent in the last hour with one more, or nothing where that is too much. */
export function spendOne(spent: readonly Spent[], next: Spent): Spent[] | undefined {
  const recent = spent.filter(({ at }) => at > next.at - HOUR_MS && at <= next.at);
  const same = recent.filter(({ what }) => what === next.what);
  const { page, hour } = LIMITS[next.what];
  if (same.length >= hour || same.filter((each) => each.page === next.page).length >= page) return undefined;
  return [...recent, next];
}

const KEY = 'discovery-spent';

/** Counts one group for a page; false where it may not be asked. */
export function spend(what: Spending, page: string, now: number): Promise<boolean> {
  return inOrder(async () => {
    const spent = spendOne((await loadStored<Spent[]>('session', KEY)) ?? [], { what, page, at: now });
    return spent !== undefined && (await saveStored('session', KEY, spent));
  });
}
