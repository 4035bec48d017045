/**
 * The content script's loop: detect, send to the background, show, and watch for changes.
 *
 * In scope: which elements are marked, what text stands in them now, where their badges are.
 * Not here: verdicts, network, storage. Everything read from the page is attacker-controlled.
 */
import { after } from '../after.ts';
import { type Badge, createBadge } from '../badge/badge.ts';
import { receiveInContent, sendFromContent } from '../messaging/messages.ts';
import type { BadgeWords, FoundItem } from '../messaging/protocol.ts';
import { documentOf, encloses, topElementOf } from '../page-text/form-safe.ts';
import { discoverPage } from '../scan/discover-page.ts';
import { touches } from '../scan/place.ts';
import { nextState } from '../verification/item-state.ts';
import { world } from '../world.ts';
import { documentsIn, focusedIn, isFrame, listen } from './frames.ts';
import { type Item, isSame, onlyBadges, overlapsOf } from './items.ts';
import { withoutPictures } from './marked-pictures.ts';
import { selectedText, standingText } from './read-text.ts';
import { detect } from './registry.ts';
import { watchText } from './watch-text.ts';

const SETTLE_MS = 300;
/** A page that never rests is looked at all the same. */
const MAX_SETTLE_MS = 2000;
/** A page that keeps changing its marked text is looked at no oftener than one that never rests. */
const BUSY_AFTER = 200;
/** Changes at once times places they may be in; beyond, every text is checked again. */
const MAX_LOOKS = 16_384;
const WATCHED: MutationObserverInit = {
  subtree: true,
  childList: true,
  characterData: true,
  attributes: true,
  attributeFilter: ['data-witnessmark', 'ai-disclosure', 'rel', 'href', 'content', 'hidden', 'aria-hidden'],
};

/** Starts watching the page this script was injected into. */
export function watchPage(document: Document): void {
  const items = new Map<string, Item>();
  /** Tells this page from others the tab showed or will show. */
  const visit = performance.timeOrigin;
  let headerTrails: readonly string[] = [];
  let [lastId, checks, frame] = [0, 0, 0];
  /** Of the next scan: when the page changed last, when it did first, and whether there is a timer. */
  let [changedAt, waits] = [0, false];
  let waitsSince: number | undefined;

  const placeAll = (): void => {
    if (items.size === 0) return;
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      for (const item of items.values()) item.badge?.place();
    });
  };

  const check = async (item: Item, force: boolean): Promise<void> => {
    item.state = nextState(item.state, 'check');
    const turn = ++item.turn;
    checks++;
    const { detector, rung, source, declared, candidates } = item.finding;
    // A reader who sees no mark at a text is not waiting for one.
    if (!candidates) item.badge ??= addBadge(item);
    item.badge?.show('checking');
    item.badge?.place();
    item.text = standingText(item.finding);
    const found: FoundItem = {
      id: item.id,
      visit,
      detector,
      rung,
      overlaps: overlapsOf(item, items.values()),
      ...(source && { source }),
      ...(candidates && { candidates }),
      ...(declared && { declared }),
      ...item.text,
      ...(force && { force }),
    };
    const view = await sendFromContent('item/check', found).catch(() => null);
    if (item.turn !== turn) return;
    item.state = nextState(item.state, 'verdict');
    if (item.state !== 'shown') return;
    if (view === null) return hide(item);
    item.badge ??= addBadge(item);
    item.badge.show(view);
    placeAll();
  };

  const addBadge = (item: Item): Badge => {
    const { element, blocks } = item.finding;
    const badge = createBadge(blocks?.[0] ?? element, world.words as BadgeWords, async () => {
      const answer = await sendFromContent('badge/activated', { id: item.id }).catch(() => null);
      return answer?.opened ?? false;
    });
    // In a frame, it goes when the frame shows something else.
    topElementOf(documentOf(element) ?? document).append(badge.host);
    resized.observe(element);
    return badge;
  };

  const hide = (item: Item): void => {
    item.badge?.remove();
    delete item.badge;
  };

  const edited = (item: Item): void => {
    const told = item.state === 'checking' || item.state === 'shown';
    item.state = nextState(item.state, 'edit');
    hide(item);
    if (told) void sendFromContent('item/changed', { id: item.id, visit }).catch(() => null);
  };

  const remove = (item: Item): void => {
    item.state = nextState(item.state, 'remove');
    hide(item);
    items.delete(item.id);
    void sendFromContent('item/removed', { id: item.id, visit }).catch(() => null);
  };

  const scan = (force = false): void => {
    waitsSince = undefined;
    if (world.words === undefined) return;
    const documents = documentsIn(window);
    for (const each of documents) watch(each);
    discovery.enter(documents);
    const contexts = documents.map((each) => ({ document: each, headerTrails: each === document ? headerTrails : [] }));
    const found = [...withoutPictures(detect(contexts)), ...discovery.findings()];
    for (const item of items.values()) {
      if (!found.some((finding) => isSame(finding, item.finding))) remove(item);
    }
    for (const finding of found) {
      if ([...items.values()].some((item) => isSame(finding, item.finding))) continue;
      const id = `i${++lastId}`;
      items.set(id, { id, finding, state: 'found', turn: 0 });
    }
    for (const item of items.values()) {
      if (item.state === 'found' || item.state === 'changed') void check(item, force);
    }
    placeAll();
  };

  /** Scans once the page rests. Many changes share one timer, which waits again if there was one meanwhile. */
  const scanSoon = (): void => {
    changedAt = performance.now();
    waitsSince ??= changedAt;
    if (!waits) after(SETTLE_MS, scanAtRest);
    waits = true;
  };

  const scanAtRest = (): void => {
    const settle = checks < BUSY_AFTER ? SETTLE_MS : MAX_SETTLE_MS;
    const left = Math.min(changedAt + settle, (waitsSince ?? changedAt) + MAX_SETTLE_MS) - performance.now();
    waits = left > 0;
    if (waits) after(left, scanAtRest);
    else scan();
  };

  const changed = new MutationObserver((records) => {
    const places = [...items.values()].reduce((sum, { finding }) => sum + (finding.blocks?.length ?? 1), 0);
    const many = records.length * places > MAX_LOOKS;
    const relevant = many ? records : records.filter((record) => !onlyBadges(record));
    if (relevant.length === 0) return;
    for (const item of items.values()) {
      const { element, blocks } = item.finding;
      const isEdited = (record: MutationRecord): boolean =>
        blocks === undefined ? encloses(element, record.target) : touches(record, blocks);
      if (item.state !== 'found' && (many || relevant.some(isEdited))) edited(item);
    }
    discovery.changed(relevant);
    scanSoon();
  });

  const resized = new ResizeObserver(placeAll);

  const loaded = ({ target }: Event): void => {
    if (!isFrame(target as Node)) return;
    discovery.exchanged(target as Element);
    scanSoon();
  };
  const watch = (root: Document | ShadowRoot): void => {
    changed.observe(root, WATCHED);
    listen(root, placeAll, loaded, scanSoon);
  };

  const discovery = discoverPage({
    document,
    visit,
    isMarked: (element) =>
      [...items.values()].some(({ finding }) => finding.source && encloses(finding.element, element)),
    watch,
    found: () => scan(),
  });

  receiveInContent({
    'page/visit': async () => visit,
    'page/rescan': async () => {
      for (const item of items.values()) item.state = nextState(item.state, 'edit');
      await start(false, true);
      return null;
    },
    'selection/read': async () => selectedText(focusedIn(document)) ?? selectedText(document),
    'discovery/set': async ({ on }) => {
      discover(on);
      scan();
      return null;
    },
    'item/reveal': async ({ id }) => {
      const element = items.get(id)?.finding.element;
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      element?.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
      return null;
    },
    'item/show': async ({ id, view }) => {
      const item = items.get(id);
      if (item?.state === 'shown') item.badge?.show(view);
      return null;
    },
  });

  const start = async (fresh: boolean, force = false): Promise<void> => {
    const answer = await sendFromContent('page/started', { fresh, visit }).catch(() => null);
    if (answer === null) return;
    ({ headerTrails, words: world.words } = answer);
    discover(answer.discover);
    scan(force);
  };

  const discover = (on: boolean): void => (on ? discovery.start() : discovery.stop());

  watch(document);
  watchText({
    shown: () => [...items.values()].filter(({ state, badge }) => state === 'shown' && badge !== undefined),
    changed: (item) => {
      edited(item);
      scanSoon();
    },
  });
  addEventListener('resize', placeAll, { passive: true });
  // A page kept by the browser and shown again is the tab's page once more; what was known of it is gone.
  addEventListener('pagehide', () => void sendFromContent('page/left', { visit }).catch(() => null));
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    for (const item of items.values()) edited(item);
    void start(true);
  });
  void start(true);
}
