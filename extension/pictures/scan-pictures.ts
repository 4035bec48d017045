/**
 * Discovery of pictures, where the reader allowed it: each that comes into view and is large enough is read once, reduced,
 * and sent to be looked up, one at a time, when the page has nothing else to do.
 */
import type { Candidate } from '../discovery/climb.ts';
import { sendFromContent } from '../messaging/messages.ts';
import { idle } from './idle.ts';
import { fileName, isItself, isLarge, picturesOf, shownPicture } from './shown.ts';

/** Pictures read for one address of the page, and elements watched for it. */
const MAX_READ = 48;
const MAX_WATCHED = 2000;
/** Before a picture comes into view. */
const MARGIN = '120px';

interface ScanOptions {
  readonly document: Document;
  readonly visit: number;
  /** A picture that names its own trail needs no lookup. */
  isMarked(image: HTMLImageElement): boolean;
  /** Records may be of what stands there. */
  recognised(image: HTMLImageElement, candidates: readonly Candidate[]): void;
}

/** Looks pictures up while it is started. */
export interface PictureScan {
  start(): void;
  stop(): void;
  /** Notices new pictures, and those whose file is another one now. */
  sweep(): void;
  /** What is drawn there may be another picture. */
  forget(image: HTMLImageElement): void;
  /** Reads those again that could not be read. */
  again(): void;
}

/** What came of a file on this page: the same picture is not sent twice. */
interface Answer {
  readonly candidates: readonly Candidate[];
  readonly closed?: true;
}

/** Makes the discovery of pictures of a page. */
export function scanPictures({ document, visit, isMarked, recognised }: ScanOptions): PictureScan {
  const inView = new Set<HTMLImageElement>();
  const watched = new WeakSet<HTMLImageElement>();
  /** The file of each element that was last looked at. */
  let known = new WeakMap<HTMLImageElement, string>();
  const answers = new Map<string, Answer>();
  let [on, busy, address] = [false, false, document.URL];

  const gate = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) inView.add(target as HTMLImageElement);
        else inView.delete(target as HTMLImageElement);
      }
      void next();
    },
    { rootMargin: MARGIN },
  );

  function sweep(): void {
    if (!on) return;
    if (document.URL !== address) {
      // Another view of the same document: its own page to its reader.
      address = document.URL;
      answers.clear();
    }
    const pictures = picturesOf(document);
    for (let n = 0; n < Math.min(pictures.length, MAX_WATCHED); n++) {
      const image = pictures[n] as HTMLImageElement;
      if (watched.has(image)) continue;
      watched.add(image);
      gate.observe(image);
    }
    for (const image of inView) if (!image.isConnected) inView.delete(image);
    void next();
  }

  const isNew = (image: HTMLImageElement): boolean =>
    known.get(image) !== fileName(image) && isItself(image) && isLarge(image) && !isMarked(image);

  async function next(): Promise<void> {
    if (!on || busy) return;
    busy = true;
    try {
      for (let image = [...inView].find(isNew); on && image !== undefined; image = [...inView].find(isNew)) {
        await idle();
        await look(image);
      }
    } catch {
      stop();
    } finally {
      busy = false;
    }
  }

  async function look(image: HTMLImageElement): Promise<void> {
    const file = fileName(image);
    known.set(image, file);
    const answer = answers.get(file) ?? (await ask(image, file));
    if (answer && answer.candidates.length > 0 && on && fileName(image) === file) recognised(image, answer.candidates);
  }

  async function ask(image: HTMLImageElement, file: string): Promise<Answer | undefined> {
    if (answers.size >= MAX_READ) return undefined;
    const picture = await shownPicture(image, false);
    if (picture === undefined) return undefined;
    const answer = await sendFromContent('picture/read', { visit, picture });
    if (answer?.off) stop();
    if (answer) answers.set(file, answer);
    return answer ?? undefined;
  }

  function stop(): void {
    on = false;
    gate.disconnect();
    inView.clear();
  }

  return {
    start() {
      if (on) return;
      on = true;
      known = new WeakMap();
      answers.clear();
      for (const image of picturesOf(document)) watched.delete(image);
      sweep();
    },
    stop,
    sweep,
    forget: (image) => void known.delete(image),
    again() {
      const closed = [...answers].filter(([, answer]) => answer.closed).map(([file]) => file);
      for (const file of closed) answers.delete(file);
      for (const image of picturesOf(document)) if (closed.includes(known.get(image) ?? '')) known.delete(image);
      void next();
    },
  };
}
