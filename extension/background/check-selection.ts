/**
 * "Verify this selection": finds the trail of unmarked text by private lookup and compares it here.
 *
 * What leaves the browser is what `discovery/climb.ts` asks, and then the candidates' ids. Never the text, never a whole
 * fingerprint.
 */
import { MIN_WORDS } from '#shared/fingerprint/winnow.ts';
import { find } from '../discovery/find.ts';
import { fingerprintsOf, wordsIn } from '../discovery/fingerprints.ts';
import type { SelectionText } from '../messaging/protocol.ts';
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
  const words = wordsIn(lines);
  if (words === 0) return { ...item, problem: 'selection_empty' };
  if (words < MIN_WORDS) return { ...item, problem: 'selection_short', problemCount: Math.floor(words) };
  const sought = { fingerprints: fingerprintsOf(lines), words, page: SELECTION_ID, explicit: true };
  const { outcome, candidates } = await find(sought, now);
  if (outcome === 'blind') return { ...item, problem: 'selection_no_log' };
  let best: PageItem | undefined;
  for (const { id, log } of candidates.slice(0, MAX_CANDIDATES)) {
    const { report } = await verifyItem({ url: `${log}/v1/trails/${id}` }, selection ?? {}, { now });
    const candidate = { ...item, report };
    if (best === undefined || rank(candidate) > rank(best)) best = candidate;
  }
  if (best !== undefined) return best;
  return { ...item, problem: outcome === 'unreachable' ? 'selection_unreachable' : 'selection_unknown' };
}

function rank({ report }: PageItem): number {
  if (report === undefined) return 0;
  const order = { invalid: 1, unsupported: 2, unproven: 3, verified: 4 };
  return order[report.verdict] * 1e6 + report.content.matched;
}

/** The first words of a text, for the panel's list. */
export function excerptOf(lines: readonly string[]): string {
  const text = lines.join(' ').replace(/\s+/g, ' ').trim();
  return text.length <= 90 ? text : `${text.slice(0, 88).trimEnd()}…`;
}
