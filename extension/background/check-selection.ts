/**
 * "Verify this selection": finds the trail of unmarked text by private lookup and compares it here.
 *
 * What leaves the browser: at most eight four-digit prefixes of passage digests, to logs the
 * reader trusts, and then the candidates' ids. Never the text, never a full digest.
 */
import { toHex } from '#shared/bytes/hex.ts';
import { wordCount } from '#shared/text/match.ts';
import { passageDigest, passagesOf } from '#shared/text/passages.ts';
import type { SelectionText } from '../messaging/protocol.ts';
import { lookUpPassages, MAX_PREFIXES, MIN_WORDS } from '../trails/lookup.ts';
import { serviceOf } from '../trails/service-address.ts';
import { activeTrust } from '../trails/trust-store.ts';
import type { PageItem } from '../verification/page-store.ts';
import { verifyItem } from '../verification/verify-item.ts';

const MAX_CANDIDATES = 8;

/** The item that the panel shows for a selection. */
export const SELECTION_ID = 'selection';

/** Checks selected text and says what came of it. */
export async function checkSelection(selection: SelectionText | null, now: number): Promise<PageItem> {
  const lines = selection?.lines ?? [];
  const item: PageItem = {
    id: SELECTION_ID,
    kind: 'selection',
    detector: 'selection',
    excerpt: excerptOf(lines),
    overlaps: [],
    widened: selection?.widened ?? false,
  };
  const passages = passagesOf(lines);
  const words = passages.reduce((sum, passage) => sum + wordCount(passage), 0);
  if (words === 0) return { ...item, problem: 'selection_empty' };
  if (words < MIN_WORDS) return { ...item, problem: 'selection_short', problemCount: words };
  const bases = await lookupBases();
  if (bases.length === 0) return { ...item, problem: 'selection_no_log' };

  const digests = [...new Set(passages)]
    .sort((a, b) => wordCount(b) - wordCount(a))
    .slice(0, MAX_PREFIXES)
    .map((passage) => toHex(passageDigest(passage)));
  let reached = false;
  let best: PageItem | undefined;
  for (const base of bases) {
    const ids = await lookUpPassages(base, digests);
    if (ids === undefined) continue;
    reached = true;
    for (const id of ids.slice(0, MAX_CANDIDATES)) {
      const { report } = await verifyItem({ url: `${base}/v1/trails/${id}` }, selection ?? {}, { now });
      const candidate = { ...item, report };
      if (best === undefined || rank(candidate) > rank(best)) best = candidate;
    }
  }
  if (best !== undefined) return best;
  return { ...item, problem: reached ? 'selection_unknown' : 'selection_unreachable' };
}

function rank({ report }: PageItem): number {
  if (report === undefined) return 0;
  const order = { invalid: 1, unsupported: 2, unproven: 3, verified: 4 };
  return order[report.verdict] * 1e6 + report.content.matched;
}

/** Service addresses of the trusted logs that have one: the policy names the place of the tiles. */
async function lookupBases(): Promise<string[]> {
  const urls = (await activeTrust()).flatMap(({ trust }) => trust.policy.logs.map(({ url }) => url));
  const bases = urls.flatMap((url) => (url === undefined ? [] : [serviceOf(url)]));
  return [...new Set(bases)];
}

/** The first words of a text, for the panel's list. */
export function excerptOf(lines: readonly string[]): string {
  const text = lines.join(' ').replace(/\s+/g, ' ').trim();
  return text.length <= 90 ? text : `${text.slice(0, 88).trimEnd()}…`;
}
