/** Answers to a page's content script. What it sends was chosen by a page: bounded here before use. */
import { showOnToolbar } from '../badge/toolbar.ts';
import { parseLinkHeader } from '../detectors/link-header.ts';
import { isDiscovered } from '../discovery/sites.ts';
import type { Handlers } from '../messaging/messages.ts';
import type { Declaration, FoundItem, FromContent } from '../messaging/protocol.ts';
import type { SenderKind } from '../messaging/validate-sender.ts';
import { openPanel } from '../platform.ts';
import { fetchLinkHeader } from '../trails/fetch-bounded.ts';
import {
  dropItem,
  leavePage,
  noteDiscovered,
  type PageState,
  startVisit,
  takeBack,
} from '../verification/page-store.ts';
import { verifyFound } from '../verification/verify-found.ts';
import { verifyItem } from '../verification/verify-item.ts';
import { hostOf, wordsForBadges } from '../verification/words.ts';
import { checkInTurn, type Examined, forgetCheck, ITEM_ID } from './check-in-turn.ts';
import { excerptOf } from './check-selection.ts';
import { compareAround, isCandidates, NOTHING_YET, recognise } from './discover.ts';
import { discoverPictures } from './inject.ts';
import { pictureHandlers } from './pictures.ts';
import { forgetRaw } from './raw-trails.ts';
import { isSource } from './trail-source.ts';

const MAX_LINES = 20_000;
const MAX_TEXT = 400_000;
const MAX_NAME = 80;
const MAX_FRAMES = 999;
const ID = /^i\d{1,6}$/;

/** The handlers of messages from content scripts. */
export const contentHandlers: Handlers<FromContent, Extract<SenderKind, { kind: 'content' }>> = {
  ...pictureHandlers,

  'page/started': async ({ fresh, visit }, { tabId, url }) => {
    if (fresh) forgetRaw(tabId);
    await show(tabId, await startVisit(tabId, hostOf(url), visit, !fresh));
    const discover = await isDiscovered(url);
    if (discover) await noteDiscovered(tabId, visit, (known) => known ?? NOTHING_YET);
    void discoverPictures(tabId, discover);
    const header = await fetchLinkHeader(url);
    return { headerTrails: parseLinkHeader(header), discover, words: wordsForBadges() };
  },

  'scan/read': (read, { tabId, url }) => recognise(read, tabId, url),

  'scan/foreign': async ({ visit, frames }, { tabId }) => {
    if (!Number.isSafeInteger(frames) || frames < 1 || frames > MAX_FRAMES) return null;
    await noteDiscovered(tabId, visit, (known) => known && { ...known, foreignFrames: frames });
    return null;
  },

  'scan/compare': (around, { url }) => compareAround(around, url),

  'page/left': async ({ visit }, { tabId }) => {
    await leavePage(tabId, (page) => page.visit === visit);
    return null;
  },

  'item/check': async (found, { tabId, url }) => {
    if (!isFound(found)) return null;
    return checkInTurn({ tabId, visit: found.visit, id: found.id }, () => examine(found, url));
  },

  'item/changed': async ({ id, visit }, { tabId }) => {
    if (!ITEM_ID.test(id)) return null;
    forgetCheck({ tabId, visit, id });
    await show(tabId, await takeBack(tabId, visit, id));
    return null;
  },

  'item/removed': async ({ id, visit }, { tabId }) => {
    if (!ITEM_ID.test(id)) return null;
    forgetCheck({ tabId, visit, id });
    await show(tabId, await dropItem(tabId, visit, id));
    return null;
  },

  'badge/activated': async (_, { tabId }) => ({ opened: await openPanel(tabId) }),
};

async function examine(found: FoundItem, page: string): Promise<Examined> {
  const base = {
    id: found.id,
    detector: String(found.detector).slice(0, 40),
    excerpt: excerptOf((found.lines ?? []).slice(0, 8)),
    overlaps: found.overlaps.filter((id) => ITEM_ID.test(id)).slice(0, 64),
  };
  const force = found.force === true;
  if (found.candidates !== undefined) {
    const options = { now: Date.now(), force, host: hostOf(page) };
    const { report, trail, found: text } = await verifyFound(found.candidates, found, options);
    // What resembles no record any more is a text like any other.
    if (report === undefined || text === undefined) return {};
    return { item: { ...base, kind: 'found', report, found: text }, ...(trail === undefined ? {} : { trail }) };
  }
  if (found.source === undefined) {
    return { item: { ...base, kind: 'declared', ...(found.declared && { declared: bounded(found.declared) }) } };
  }
  const { report, trail } = await verifyItem(found.source, found, { now: Date.now(), force, page });
  return { item: { ...base, kind: 'marked', report }, ...(trail === undefined ? {} : { trail }) };
}

async function show(tabId: number, page: PageState | undefined): Promise<void> {
  if (page !== undefined) await showOnToolbar(tabId, page);
}

/** Whether a message has the shape and size that our own content script gives it. */
function isFound(found: FoundItem): boolean {
  if (typeof found !== 'object' || found === null || typeof found.id !== 'string' || !ID.test(found.id)) return false;
  if (!Array.isArray(found.overlaps) || !found.overlaps.every((id) => typeof id === 'string')) return false;
  if (found.lines !== undefined && !isText(found.lines)) return false;
  if (found.unread !== undefined && !Number.isSafeInteger(found.unread)) return false;
  if (!Number.isFinite(found.visit)) return false;
  if (found.candidates !== undefined) return isCandidates(found.candidates);
  if (found.source === undefined) return found.declared !== undefined && isDeclaration(found.declared);
  return isSource(found.source);
}

function isText(lines: readonly string[]): boolean {
  if (!Array.isArray(lines) || lines.length > MAX_LINES) return false;
  let size = 0;
  for (const line of lines) {
    if (typeof line !== 'string') return false;
    size += line.length;
  }
  return size <= MAX_TEXT;
}

function isDeclaration(declared: Declaration): boolean {
  if (!['none', 'ai-assisted', 'ai-generated', 'autonomous', 'mixed'].includes(declared.value)) return false;
  return [declared.model, declared.provider].every((name) => name === undefined || typeof name === 'string');
}

function bounded({ value, scope, model, provider }: Declaration): Declaration {
  return {
    value,
    scope: scope === 'page' ? 'page' : 'element',
    ...(model !== undefined && { model: model.slice(0, MAX_NAME) }),
    ...(provider !== undefined && { provider: provider.slice(0, MAX_NAME) }),
  };
}
