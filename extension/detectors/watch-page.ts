/**
 * The content script's loop: detect, send to the background, show, and watch for changes.
 *
 * In scope: which elements are marked, what text stands in them now, where their badges are.
 * Not here: verdicts, network, storage. Everything read from the page is attacker-controlled.
 */
import { type Badge, type BadgeWords, createBadge, isBadge } from '../badge/badge.ts';
import { receiveInContent, sendFromContent } from '../messaging/messages.ts';
import type { FoundItem } from '../messaging/protocol.ts';
import { encloses, topElementOf } from '../page-text/form-safe.ts';
import { browser } from '../platform.ts';
import { type ItemState, nextState } from '../verification/item-state.ts';
import { elementText, type StandingText, selectedText } from './read-text.ts';
import { detect, type Finding } from './registry.ts';
import { watchText } from './watch-text.ts';

const SETTLE_MS = 300;
/** A page that keeps changing its marked text is looked at less often. */
const BUSY_AFTER = 200;
const BUSY_SETTLE_MS = 5000;

interface Item {
  readonly id: string;
  readonly finding: Finding;
  state: ItemState;
  /** Counts checks, so that an answer about earlier text is dropped. */
  turn: number;
  /** The text the last check was about. */
  text?: StandingText | undefined;
  badge?: Badge;
}

/** Starts watching the page this script was injected into. */
export function watchPage(document: Document): void {
  const items = new Map<string, Item>();
  const top = topElementOf(document);
  /** Tells this page from others the tab showed or will show. */
  const visit = performance.timeOrigin;
  let headerTrails: readonly string[] = [];
  let lastId = 0;
  let checks = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;

  const message = (key: string): string => browser.i18n.getMessage(key);
  const words: BadgeWords = {
    name: message('name'),
    checking: message('badge_checking'),
    open: message('badge_open'),
    where: message('badge_where'),
  };

  const placeAll = (): void => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      for (const item of items.values()) item.badge?.place();
    });
  };

  const known = (finding: Finding): boolean => {
    const key = keyOf(finding);
    for (const item of items.values()) {
      if (item.finding.element === finding.element && keyOf(item.finding) === key) return true;
    }
    return false;
  };

  const overlaps = ({ id, finding: { element } }: Item): string[] =>
    [...items.values()]
      .filter((other) => other.id !== id)
      .filter((other) => encloses(element, other.finding.element) || encloses(other.finding.element, element))
      .map((other) => other.id);

  const check = async (item: Item, force: boolean): Promise<void> => {
    item.state = nextState(item.state, 'check');
    const turn = ++item.turn;
    checks++;
    item.badge ??= addBadge(item);
    item.badge.show('checking');
    item.badge.place();
    item.text = elementText(item.finding.element);
    const { detector, rung, source, declared } = item.finding;
    const found: FoundItem = {
      id: item.id,
      visit,
      detector,
      rung,
      overlaps: overlaps(item),
      ...(source && { source }),
      ...(declared && { declared }),
      ...item.text,
      ...(force && { force }),
    };
    const view = await sendFromContent('item/check', found).catch(() => null);
    if (item.turn !== turn) return;
    item.state = nextState(item.state, 'verdict');
    if (item.state !== 'shown') return;
    if (view === null) return hide(item);
    item.badge?.show(view);
    placeAll();
  };

  const addBadge = (item: Item): Badge => {
    const badge = createBadge(item.finding.element, words, async () => {
      const answer = await sendFromContent('badge/activated', { id: item.id }).catch(() => null);
      return answer?.opened ?? false;
    });
    top.append(badge.host);
    resized.observe(item.finding.element);
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
    const found = detect({ document, headerTrails });
    const keys = new Map(found.map((finding) => [finding.element, new Set<string>()]));
    for (const finding of found) keys.get(finding.element)?.add(keyOf(finding));
    for (const item of [...items.values()]) {
      if (!keys.get(item.finding.element)?.has(keyOf(item.finding))) remove(item);
    }
    for (const finding of found) {
      if (known(finding)) continue;
      const id = `i${++lastId}`;
      items.set(id, { id, finding, state: 'found', turn: 0 });
    }
    for (const item of items.values()) {
      if (item.state === 'found' || item.state === 'changed') void check(item, force);
    }
    placeAll();
  };

  const scanSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(scan, checks < BUSY_AFTER ? SETTLE_MS : BUSY_SETTLE_MS);
  };

  const changed = new MutationObserver((records) => {
    let relevant = false;
    for (const record of records) {
      if (onlyBadges(record)) continue;
      relevant = true;
      for (const item of items.values()) {
        if (item.state !== 'found' && encloses(item.finding.element, record.target)) edited(item);
      }
    }
    if (relevant) scanSoon();
  });

  const resized = new ResizeObserver(placeAll);

  receiveInContent({
    'page/visit': async () => visit,
    'page/rescan': async () => {
      for (const item of items.values()) item.state = nextState(item.state, 'edit');
      await start(false, true);
      return null;
    },
    'selection/read': async () => selectedText(document),
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
    headerTrails = answer?.headerTrails ?? [];
    scan(force);
  };

  changed.observe(top, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ['data-witnessmark', 'ai-disclosure', 'rel', 'href', 'content', 'hidden', 'aria-hidden'],
  });
  watchText({
    shown: () => [...items.values()].filter(({ state, badge }) => state === 'shown' && badge !== undefined),
    changed: (item) => {
      edited(item);
      scanSoon();
    },
  });
  resized.observe(top);
  addEventListener('scroll', placeAll, { capture: true, passive: true });
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

function keyOf({ detector, source, declared }: Finding): string {
  return JSON.stringify([detector, source, declared]);
}

/** Our own badges coming and going are no change of the page. */
function onlyBadges(record: MutationRecord): boolean {
  if (record.type !== 'childList') return false;
  const nodes = [...record.addedNodes, ...record.removedNodes];
  return nodes.length > 0 && nodes.every(isBadge);
}
