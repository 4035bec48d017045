/**
 * The pictures of a page that have or may have a record: verified in the background, marked here, and watched. A mark is
 * about the file that was read; it goes with that file. The detector's own loop is about text (`detectors/watch-page.ts`).
 */
import { after } from '../after.ts';
import { type Badge, createBadge } from '../badge/badge.ts';
import { badgeWords } from '../badge/badge-words.ts';
import { keyOf } from '../detectors/items.ts';
import { pictureIn } from '../detectors/marked-pictures.ts';
import type { Finding } from '../detectors/registry.ts';
import { receiveInContent, sendFromContent } from '../messaging/messages.ts';
import { documentOf, topElementOf } from '../page-text/form-safe.ts';
import { type ItemState, nextState } from '../verification/item-state.ts';
import { world } from '../world.ts';
import { isQuick } from './reduce.ts';
import { scanPictures } from './scan-pictures.ts';
import { altOf, fileName, isItself, isWhole, picturesOf, shownPicture } from './shown.ts';

/** What no event tells (a style that draws another picture, a layout that moved) is noticed this late. */
const SWEEP_MS = 1000;
/** A page loads many things at once. */
const GATHER_MS = 50;
/** Pictures recognised on one page. */
const MAX_FOUND = 32;
const FILE: MutationObserverInit = { attributes: true, attributeFilter: ['src', 'srcset', 'sizes', 'style', 'class'] };

/** A picture with its badge. */
interface PictureItem {
  readonly id: string;
  readonly image: HTMLImageElement;
  readonly finding: Pick<Finding, 'detector' | 'source' | 'candidates'>;
  state: ItemState;
  turn: number;
  /** What the last check was about. */
  seen?: string;
  badge?: Badge;
}

/** What a verdict on a picture holds for: its file, and whether all of it is drawn. */
const appearance = (image: HTMLImageElement): string => `${isWhole(image)} ${fileName(image)}`;

/** Watches the pictures of the page this script was injected into. */
export function watchPictures(document: Document): void {
  const items = new Map<string, PictureItem>();
  const top = topElementOf(document);
  const visit = performance.timeOrigin;
  let [lastId, frame, waits] = [0, 0, false];

  const placeAll = (): void => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      for (const item of items.values()) item.badge?.place();
    });
  };

  const scan = scanPictures({
    document,
    visit,
    isMarked: (image) => [...items.values()].some((item) => item.image === image && item.finding.source !== undefined),
    recognised(image, candidates) {
      const known = [...items.values()];
      const found = known.filter(({ finding }) => finding.candidates !== undefined);
      // A picture may have been marked, or found, while this one was looked up.
      if (found.length >= MAX_FOUND || known.some((item) => item.image === image)) return;
      add(image, { detector: 'picture', candidates });
    },
  });

  function add(image: HTMLImageElement, finding: PictureItem['finding']): void {
    const item: PictureItem = { id: `p${++lastId}`, image, finding, state: 'found', turn: 0 };
    items.set(item.id, item);
    watcher.observe(image, FILE);
    void check(item, false);
  }

  async function check(item: PictureItem, force: boolean): Promise<void> {
    const { id, image, finding } = item;
    item.state = nextState(item.state, 'check');
    const turn = ++item.turn;
    item.seen = appearance(image);
    // A reader who sees no mark at a picture is not waiting for one.
    if (finding.source) showBadge(item).show('checking');
    // To compare a large picture with its file takes the page's own time: not for what nobody asked about.
    const withDigest = finding.source !== undefined || isQuick(image);
    const picture = await shownPicture(image, withDigest).catch(() => undefined);
    if (item.turn !== turn) return;
    const { detector, source, candidates } = finding;
    const found = {
      ...{ id, visit, detector, alt: altOf(image), picture: picture ?? { address: '' } },
      ...(source && { source }),
      ...(candidates && { candidates }),
      ...(force && { force }),
    };
    const view = await sendFromContent('picture/check', found).catch(() => null);
    if (item.turn !== turn) return;
    item.state = nextState(item.state, 'verdict');
    if (item.state !== 'shown') return;
    if (view !== null) showBadge(item).show(view);
    else if (finding.source) hide(item);
    else remove(item);
    placeAll();
  }

  function showBadge(item: PictureItem): Badge {
    if (item.badge === undefined) {
      item.badge = createBadge(item.image, badgeWords(), async () => {
        const answer = await sendFromContent('badge/activated', { id: item.id }).catch(() => null);
        return answer?.opened ?? false;
      });
      topElementOf(documentOf(item.image) ?? document).append(item.badge.host);
      resized.observe(item.image);
      // What grows or shrinks on the page moves every badge; without one there is nothing to place.
      resized.observe(top);
      placeAll();
    }
    return item.badge;
  }

  function hide(item: PictureItem): void {
    item.badge?.remove();
    delete item.badge;
  }

  /** The picture is another one: what was said is taken back, and a marked one is checked again. */
  function changed(item: PictureItem): void {
    if (!item.finding.source) {
      scan.forget(item.image);
      remove(item);
      return;
    }
    const told = item.state === 'checking' || item.state === 'shown';
    item.state = nextState(item.state, 'edit');
    item.turn++;
    hide(item);
    if (told) void sendFromContent('item/changed', { id: item.id, visit }).catch(() => null);
  }

  function remove(item: PictureItem): void {
    item.state = nextState(item.state, 'remove');
    item.turn++;
    hide(item);
    items.delete(item.id);
    void sendFromContent('item/removed', { id: item.id, visit }).catch(() => null);
  }

  /** Takes over what the detector found: pictures that name their trail. */
  function takeOver(): void {
    const marked = (world.pictures ?? []).flatMap((finding) => {
      const image = pictureIn(finding.element) as HTMLImageElement | undefined;
      return image === undefined ? [] : [{ finding, image }];
    });
    const isSame = (item: PictureItem, finding: Finding, image: HTMLImageElement): boolean =>
      item.image === image && keyOf(item.finding) === keyOf(finding);
    for (const item of [...items.values()]) {
      const isThere = marked.some(({ finding, image }) => isSame(item, finding, image));
      if (item.finding.source && !isThere) remove(item);
    }
    for (const { finding, image } of marked) {
      if ([...items.values()].some((item) => isSame(item, finding, image))) continue;
      for (const item of [...items.values()]) if (item.image === image && !item.finding.source) remove(item);
      add(image, { detector: finding.detector, ...(finding.source && { source: finding.source }) });
    }
  }

  function look(): void {
    for (const item of [...items.values()]) {
      const isThere = isItself(item.image);
      if (item.state !== 'changed' && !(isThere && appearance(item.image) === item.seen)) changed(item);
      if (item.state === 'changed' && isThere) void check(item, false);
    }
    scan.sweep();
    if (items.size > 0) placeAll();
  }

  const lookSoon = (): void => {
    if (waits) return;
    waits = true;
    after(GATHER_MS, () => {
      waits = false;
      look();
    });
  };

  const watcher = new MutationObserver(look);
  const resized = new ResizeObserver(placeAll);
  addEventListener('scroll', placeAll, { capture: true, passive: true });
  addEventListener('resize', placeAll, { passive: true });
  document.addEventListener(
    'load',
    ({ target }) => {
      if ([...items.values()].some(({ image }) => image === target)) look();
      else lookSoon();
    },
    { capture: true, passive: true },
  );
  const sweep = (): void => {
    after(SWEEP_MS, sweep);
    if (!document.hidden) look();
  };
  after(SWEEP_MS, sweep);

  receiveInContent({
    'page/rescan': async () => {
      for (const item of [...items.values()]) {
        if (!isItself(item.image)) continue;
        item.state = nextState(item.state, 'edit');
        void check(item, true);
      }
      return null;
    },
    'picture/discover': async ({ on }) => {
      if (on) scan.start();
      else {
        scan.stop();
        for (const item of [...items.values()]) if (item.finding.candidates) remove(item);
      }
      return null;
    },
    'picture/again': async () => {
      scan.again();
      return null;
    },
    'picture/pick': async ({ address }) => {
      const image = [...picturesOf(document)].find((each) => each.currentSrc === address && isItself(each));
      const picture = image && (await shownPicture(image, true));
      return image && picture ? { picture, alt: altOf(image) } : null;
    },
    'item/reveal': async ({ id }) => {
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      items.get(id)?.image.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
      return null;
    },
    'item/show': async ({ id, view }) => {
      const item = items.get(id);
      if (item?.state === 'shown') item.badge?.show(view);
      return null;
    },
  });

  // A page kept by the browser and shown again is the tab's page once more; what was known of it is gone.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) for (const item of [...items.values()]) changed(item);
    look();
  });
  world.take = takeOver;
  takeOver();
}
