/** Answers to the side panel and the settings page. */
import { plainLines } from '#shared/text/passages.ts';
import { showOnToolbar } from '../badge/toolbar.ts';
import { clearAnswers } from '../discovery/answers.ts';
import { clearFilters } from '../discovery/filters.ts';
import { loadSettings, saveSettings } from '../discovery/settings.ts';
import { setDiscovered } from '../discovery/sites.ts';
import { type Handlers, sendToTab } from '../messaging/messages.ts';
import type { Answer, FromPages } from '../messaging/protocol.ts';
import type { SenderKind } from '../messaging/validate-sender.ts';
import { clearFork, listForks } from '../trails/checkpoint-store.ts';
import { forgetShards } from '../trails/shard-store.ts';
import { clearTrails, loadTrail } from '../trails/trail-cache.ts';
import { addTrust, fetchTrust, previewTrust, removeTrust } from '../trails/trust-store.ts';
import { loadPage, noteDiscovered, type PageItem, putItem } from '../verification/page-store.ts';
import { withFinding } from '../verification/report.ts';
import { listTrustWithShards } from '../verification/shards.ts';
import { verifyText } from '../verification/verify-item.ts';
import { badgeView } from '../verification/words.ts';
import { checkPicture, type PickedPicture } from './check-picture.ts';
import { checkSelection } from './check-selection.ts';
import { NOTHING_YET } from './discover.ts';
import { discoverPictures, ensureDetector, ensurePictures, lookAtPage } from './inject.ts';
import { rawTrail } from './raw-trails.ts';
import { type Replayed, runReplay } from './run-replay.ts';

/** The handlers of messages from the extension's own pages. */
export const pageHandlers: Handlers<FromPages, Extract<SenderKind, { kind: 'page' }>> = {
  'page/check': async ({ tabId }) => {
    return (await lookAtPage(tabId)) ? { ok: true, value: null } : { ok: false, reason: 'page_closed' };
  },
  'page/reveal': async ({ tabId, id }) => {
    await sendToTab(tabId, 'item/reveal', { id }).catch(() => null);
    return null;
  },
  'selection/check': ({ tabId }) => verifySelection(tabId),
  'picture/again': async ({ tabId }) => {
    const page = await loadPage(tabId);
    if (page === undefined) return null;
    await noteDiscovered(tabId, page.visit, (known) => known && { ...known, closed: [] });
    await sendToTab(tabId, 'picture/again', null).catch(() => null);
    const picked = page.items.find((item) => item.closed !== undefined)?.picked;
    if (picked !== undefined) await verifyPicture(tabId, picked);
    return null;
  },
  'discovery/set': async ({ tabId, host, on }) => {
    await setDiscovered(host, on);
    await sendToTab(tabId, 'discovery/set', { on }).catch(() => null);
    void discoverPictures(tabId, on);
    const page = await loadPage(tabId);
    if (page !== undefined) await noteDiscovered(tabId, page.visit, () => (on ? NOTHING_YET : undefined));
    return null;
  },
  'proof/check': async ({ trail, text }) => {
    const given = text === undefined || text.trim() === '' ? {} : { lines: plainLines(text) };
    return (await verifyText(trail, given, { now: Date.now(), offline: true })).report;
  },
  'proof/raw': async ({ tabId, id }) => {
    const trail = await trailOf(tabId, id);
    return trail === undefined ? { ok: false, reason: 'raw_forgotten' } : { ok: true, value: trail };
  },
  'replay/run': async ({ tabId, id }) => {
    const trail = await trailOf(tabId, id);
    if (trail === undefined) return { ok: false, reason: 'raw_forgotten' };
    const replayed = await runReplay(trail);
    if (!replayed.ok) return replayed;
    await noteFinding(tabId, id, replayed.value);
    return { ok: true, value: replayed.value.progress };
  },
  'trust/list': () => listTrustWithShards(),
  'trust/preview': async (ask) => ('origin' in ask ? fetchTrust(ask.origin) : previewTrust(ask.text)),
  'trust/add': ({ text }) => addTrust(text, Date.now()),
  'trust/remove': async ({ id }) => {
    await removeTrust(id);
    await forgetShards(id);
    return null;
  },
  'forks/list': () => listForks(),
  'forks/clear': async ({ origin }) => {
    await clearFork(origin);
    return null;
  },
  'discovery/settings': () => loadSettings(),
  'discovery/choose': async (choice) =>
    (await saveSettings(choice)) ? { ok: true, value: null } : { ok: false, reason: 'relay_refused' },
  'cache/clear': async () => {
    await Promise.all([clearTrails(), clearAnswers(), clearFilters()]);
    return null;
  },
};

/** Reads the selection of a tab, looks it up and puts the outcome into the tab's state. */
export const verifySelection = (tabId: number): Promise<Answer<null>> =>
  showAsked(tabId, async () => {
    const selection = await sendToTab(tabId, 'selection/read', null).catch(() => null);
    return checkSelection(selection, (await loadPage(tabId))?.host ?? '', Date.now());
  });

/** The same with a picture that the reader points at. */
export const verifyPicture = (tabId: number, picked: PickedPicture): Promise<Answer<null>> =>
  showAsked(tabId, async () => {
    await ensurePictures(tabId);
    const shown = await sendToTab(tabId, 'picture/pick', { address: picked.address }).catch(() => null);
    return checkPicture(picked, shown, Date.now());
  });

/** Puts what the reader asked about into the tab's state. */
async function showAsked(tabId: number, check: () => Promise<PageItem>): Promise<Answer<null>> {
  if (!(await ensureDetector(tabId))) return { ok: false, reason: 'page_closed' };
  const visit = await sendToTab(tabId, 'page/visit', null).catch(() => undefined);
  if (visit === undefined) return { ok: false, reason: 'page_closed' };
  const page = await putItem(tabId, visit, await check());
  if (page !== undefined) await showOnToolbar(tabId, page);
  return { ok: true, value: null };
}

/** Puts what a replay found into the item's report and everywhere that report is shown. */
async function noteFinding(tabId: number, id: string, replayed: Replayed): Promise<void> {
  const known = await loadPage(tabId);
  const item = known?.items.find((each) => each.id === id);
  // A run takes a while: meanwhile something else may stand in that place.
  if (known === undefined || item?.report?.facts?.id !== replayed.trail) return;
  const found: PageItem = { ...item, report: withFinding(item.report, replayed.item, replayed.finding) };
  const page = await putItem(tabId, known.visit, found);
  if (page === undefined) return;
  await showOnToolbar(tabId, page);
  const view = badgeView(found);
  if (view !== null) await sendToTab(tabId, 'item/show', { id, view }).catch(() => null);
}

async function trailOf(tabId: number, id: string): Promise<string | undefined> {
  const raw = rawTrail(tabId, id);
  if (raw !== undefined) return raw;
  const item = (await loadPage(tabId))?.items.find((each) => each.id === id);
  const url = item?.report?.trailUrl;
  return url === undefined ? undefined : (await loadTrail(url))?.text;
}
