/**
 * Pictures of a page: looked up where the reader allowed it, verified where they have or may have a record. The page chose
 * every byte: bounded here.
 */
import { find } from '../discovery/find.ts';
import { fingerprintsOfPicture } from '../discovery/fingerprints.ts';
import { isDiscovered } from '../discovery/sites.ts';
import type { Handlers } from '../messaging/messages.ts';
import type { FoundPicture, PicturesFromContent, ShownPicture } from '../messaging/picture-protocol.ts';
import type { SenderKind } from '../messaging/validate-sender.ts';
import { isAskable } from '../trails/fetch-picture.ts';
import { comparePicture, withPicture } from '../verification/compare-picture.ts';
import { type Discovered, noteDiscovered, type PageItem } from '../verification/page-store.ts';
import { isShown, seePicture } from '../verification/see-picture.ts';
import { verifyFound } from '../verification/verify-found.ts';
import { verifyItem } from '../verification/verify-item.ts';
import { hostOf } from '../verification/words.ts';
import { checkInTurn, type Examined } from './check-in-turn.ts';
import { pictureExcerpt } from './check-picture.ts';
import { isCandidates, NOTHING_YET } from './discover.ts';
import { ensurePictures } from './inject.ts';
import { isSource } from './trail-source.ts';

const MAX_CANDIDATES = 4;
/** Hosts named to the reader as those whose pictures could not be read. */
const MAX_HOSTS = 8;
const ID = /^p\d{1,6}$/;

type Read = PicturesFromContent['picture/read'];

/** The handlers of messages about pictures from content scripts. */
export const pictureHandlers: Handlers<PicturesFromContent, Extract<SenderKind, { kind: 'content' }>> = {
  'picture/marked': async (_, { tabId }) => {
    await ensurePictures(tabId);
    return null;
  },

  'picture/read': (read, { tabId, url }) => recognise(read, tabId, url),

  'picture/check': async (found, { tabId, url }) => {
    if (!isFound(found)) return null;
    return checkInTurn({ tabId, visit: found.visit, id: found.id }, () => examine(found, url));
  },
};

async function recognise({ visit, picture }: Read['request'], tabId: number, url: string): Promise<Read['response']> {
  if (!Number.isFinite(visit) || !isShown(picture)) return { candidates: [] };
  if (!(await isDiscovered(url))) return { candidates: [], off: true };
  const seen = await seePicture(picture, url);
  const note = (step: (known: Discovered) => Discovered) =>
    noteDiscovered(tabId, visit, (known = NOTHING_YET) => step(known));
  if (seen === undefined) return { candidates: [] };
  if (seen === 'closed') {
    await note((known) => ({ ...known, closed: withClosed(known.closed, picture) }));
    return { candidates: [], closed: true };
  }
  const fingerprints = fingerprintsOfPicture(seen);
  if (fingerprints === undefined) return { candidates: [] };
  const { outcome, candidates, logs } = await find({ fingerprints, page: url });
  const isUnanswered = outcome !== 'asked' && outcome !== 'quiet';
  await note((known) => ({
    ...known,
    pictures: known.pictures + 1,
    unanswered: known.unanswered + (isUnanswered ? 1 : 0),
    logs: logs.flatMap((log) => log.asOf ?? []),
  }));
  return { candidates: candidates.slice(0, MAX_CANDIDATES) };
}

function withClosed(closed: Discovered['closed'], { address }: ShownPicture): Discovered['closed'] {
  const host = hostOf(address);
  const known = closed.find((each) => each.host === host);
  const others = closed.filter((each) => each !== known);
  if (known === undefined && others.length >= MAX_HOSTS) return closed;
  return [...others, { host, pictures: (known?.pictures ?? 0) + 1, askable: isAskable(address) }];
}

async function examine(
  { id, detector, alt, picture, source, candidates, force }: FoundPicture,
  page: string,
): Promise<Examined> {
  const base = { id, detector: detector.slice(0, 40), excerpt: pictureExcerpt(alt), overlaps: [] };
  const options = { now: Date.now(), force: force === true };
  if (candidates !== undefined) {
    const seen = await seePicture(picture, page);
    if (seen === undefined || seen === 'closed') return {};
    const { report, trail, found } = await verifyFound(
      candidates,
      { picture: seen },
      { ...options, host: hostOf(page) },
    );
    if (report === undefined || found === undefined) return {};
    return { item: { ...base, kind: 'found', report, found }, ...(trail !== undefined && { trail }) };
  }
  if (source === undefined) return {};
  const { report, trail } = await verifyItem(source, {}, { ...options, page });
  // What its address gives to whoever asks need not be what the page draws: it would prove nothing, and is not asked for.
  const seen = await seePicture({ ...picture, address: '' }, page);
  const compared = typeof seen === 'object' && trail !== undefined ? comparePicture(trail, seen) : undefined;
  const item: PageItem = { ...base, kind: 'marked', report: withPicture(report, compared) };
  return { item, ...(trail !== undefined && { trail }) };
}

function isFound(found: FoundPicture): boolean {
  if (typeof found !== 'object' || found === null || typeof found.id !== 'string' || !ID.test(found.id)) return false;
  if (!Number.isFinite(found.visit) || typeof found.alt !== 'string' || typeof found.detector !== 'string')
    return false;
  if (typeof found.picture !== 'object' || found.picture === null || !isShown(found.picture)) return false;
  return found.candidates === undefined
    ? found.source !== undefined && isSource(found.source)
    : isCandidates(found.candidates);
}
