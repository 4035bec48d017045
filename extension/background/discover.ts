/**
 * Discovery, in the background: stretches of text that a page's scan has read are fingerprinted and looked up, and the
 * candidates compared with them. Only what was recognised is told to the page. The page chose every byte: bounded here.
 */
import { MIN_WORDS } from '#shared/fingerprint/winnow.ts';
import type { Candidate } from '../discovery/climb.ts';
import { find } from '../discovery/find.ts';
import { fingerprintsOf, wordsIn } from '../discovery/fingerprints.ts';
import { isDiscovered } from '../discovery/sites.ts';
import type { FromContent, Recognised } from '../messaging/protocol.ts';
import { mayFetch } from '../trails/fetch-bounded.ts';
import { type Discovered, noteDiscovered } from '../verification/page-store.ts';
import { verifyFound } from '../verification/verify-found.ts';
import { hostOf } from '../verification/words.ts';

const MAX_STRETCHES = 128;
const MAX_BLOCKS = 64;
const MAX_TEXT = 200_000;
const MAX_CANDIDATES = 4;

type Read = FromContent['scan/read']['request'];

/** Discovery that has just begun. */
export const NOTHING_YET: Discovered = { texts: 0, pictures: 0, unanswered: 0, closed: [], logs: [] };

/** Looks up what was read on a page, where the reader allowed it. */
export async function recognise(read: Read, tabId: number, url: string): Promise<FromContent['scan/read']['response']> {
  if (!isRead(read)) return { found: [] };
  if (!(await isDiscovered(url))) return { found: [], off: true };
  const recognised: Recognised[] = [];
  let [texts, unanswered] = [0, 0];
  let asOf: Discovered['logs'] = [];
  for (const [stretch, blocks] of read.stretches.entries()) {
    const lines = blocks.flat();
    const words = wordsIn(lines);
    if (words < MIN_WORDS) continue;
    texts++;
    const { outcome, candidates, logs } = await find({ fingerprints: fingerprintsOf(lines), words, page: url });
    if (outcome !== 'asked' && outcome !== 'quiet') unanswered++;
    asOf = logs.flatMap((log) => log.asOf ?? []);
    if (candidates.length > 0) recognised.push({ stretch, candidates: candidates.slice(0, MAX_CANDIDATES) });
  }
  if (texts > 0) {
    await noteDiscovered(tabId, read.visit, (known = NOTHING_YET) => ({
      ...known,
      texts: known.texts + texts,
      unanswered: known.unanswered + unanswered,
      logs: asOf,
    }));
  }
  return { found: recognised };
}

/** Compares what stands around a recognised stretch with its candidates. */
export async function compareAround(
  { candidates, blocks }: FromContent['scan/compare']['request'],
  url: string,
): Promise<FromContent['scan/compare']['response']> {
  if (!isCandidates(candidates) || !isRead({ visit: 0, stretches: [blocks] })) return null;
  const options = { now: Date.now(), host: hostOf(url) };
  const { found, lines } = await verifyFound(candidates, { lines: blocks.flat() }, options);
  if (found === undefined) return null;
  if (lines === undefined) return { from: 0, to: blocks.length - 1 };
  const blockOf = (line: number): number => {
    let end = 0;
    for (const [block, own] of blocks.entries()) {
      end += own.length;
      if (end > line) return block;
    }
    return blocks.length - 1;
  };
  return { from: blockOf(lines.from), to: blockOf(lines.to) };
}

/** Whether a message has the shape and size that our own scan gives it. */
function isRead({ visit, stretches }: Read): boolean {
  if (!Number.isFinite(visit) || !Array.isArray(stretches) || stretches.length > MAX_STRETCHES) return false;
  let size = 0;
  for (const stretch of stretches) {
    if (!Array.isArray(stretch) || stretch.length > MAX_BLOCKS) return false;
    for (const lines of stretch) {
      if (!Array.isArray(lines)) return false;
      for (const line of lines) {
        if (typeof line !== 'string') return false;
        size += line.length;
      }
    }
  }
  return size <= MAX_TEXT;
}

/** Whether candidates that come back from a page are such as were given to it. */
export function isCandidates(candidates: readonly Candidate[]): boolean {
  if (!Array.isArray(candidates) || candidates.length > MAX_CANDIDATES) return false;
  return candidates.every(({ id, log }) => {
    const url = typeof log === 'string' && log.length <= 2048 ? URL.parse(log) : null;
    return typeof id === 'string' && /^[\w-]{43}$/.test(id) && url !== null && mayFetch(url);
  });
}
