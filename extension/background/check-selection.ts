/**
 * "Verify this selection": finds the trail of unmarked text by private lookup and compares it here, on the same path as
 * what discovery finds by itself.
 */
import { MIN_WORDS } from '#shared/fingerprint/winnow.ts';
import { find } from '../discovery/find.ts';
import { fingerprintsOf, wordsIn } from '../discovery/fingerprints.ts';
import type { SelectionText } from '../messaging/protocol.ts';
import type { PageItem } from '../verification/page-store.ts';
import { verifyFound } from '../verification/verify-found.ts';

/** The item that the panel shows for a selection. */
export const SELECTION_ID = 'selection';

/** Checks text selected on a page of this host and says what came of it. */
export async function checkSelection(selection: SelectionText | null, host: string, now: number): Promise<PageItem> {
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
  const { outcome, candidates } = await find(
    { fingerprints: fingerprintsOf(lines), words, page: SELECTION_ID, explicit: true },
    now,
  );
  if (outcome === 'blind') return { ...item, problem: 'selection_no_log' };
  const { report, found, withdrawn } = await verifyFound(candidates, selection ?? {}, { now, host });
  if (report !== undefined) return { ...item, report, ...(found && { found }) };
  if (withdrawn > 0) return { ...item, problem: 'found_withdrawn' };
  return { ...item, problem: outcome === 'unreachable' ? 'selection_unreachable' : 'selection_unknown' };
}

/** The first words of a text, for the panel's list. */
export function excerptOf(lines: readonly string[]): string {
  const text = lines.join(' ').replace(/\s+/g, ' ').trim();
  return text.length <= 90 ? text : `${text.slice(0, 88).trimEnd()}…`;
}
