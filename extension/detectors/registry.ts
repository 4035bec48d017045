/**
 * The list of detectors and the rules they share.
 *
 * A detector is one file that registers itself and ends with the pages that test it. It reads a
 * hostile document and yields findings; it never throws past this file, never touches the
 * network, and decides nothing: verdicts are made in the background.
 */
import type { Candidate } from '../discovery/climb.ts';
import type { Declaration, TrailSource } from '../messaging/protocol.ts';

/** Markers examined on one page; the rest are left alone, so that a page cannot buy our time. */
export const MAX_FINDINGS = 64;

/** Longest trail address taken from a page. */
export const MAX_URL_LENGTH = 2048;

/** What a detector sees. */
export interface PageContext {
  readonly document: Document;
  /** Trails named by the document's `Link` header, fetched by the background. */
  readonly headerTrails: readonly string[];
}

/** What a detector found. */
export interface Finding {
  readonly detector: string;
  readonly rung: 'A' | 'B' | 'C';
  readonly element: Element;
  /** The blocks of the element that are meant, in page order; absent where all of it is. */
  readonly blocks?: readonly Element[];
  readonly source?: TrailSource;
  readonly declared?: Declaration;
  /** Records whose fingerprints are those of the text: it names none itself. */
  readonly candidates?: readonly Candidate[];
}

/** One method of finding what a page says about itself. */
export interface Detector {
  readonly id: string;
  find(page: PageContext): Iterable<Finding>;
}

const detectors: Detector[] = [];

/** Adds a detector; called once by each detector's own file. */
export function registerDetector(detector: Detector): void {
  detectors.push(detector);
}

/** All findings in a page's documents, in detector order, at most {@link MAX_FINDINGS}. A failing detector loses only its own. */
export function detect(pages: readonly PageContext[]): Finding[] {
  const found: Finding[] = [];
  for (const page of pages) {
    for (const detector of detectors) {
      try {
        for (const finding of detector.find(page)) {
          if (found.length >= MAX_FINDINGS) return found;
          found.push(finding);
        }
      } catch {
        // attacker-controlled document: a detector that trips over it finds nothing more there
      }
    }
  }
  return found;
}

/** A page's trail address as an absolute URL, or nothing if it is none we would ever fetch. */
export function trailUrl(raw: string, base: string): string | undefined {
  if (raw.length === 0 || raw.length > MAX_URL_LENGTH) return undefined;
  const url = URL.parse(raw, base);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  url.hash = '';
  return url.href;
}

/** The element that a page-wide marker speaks of: the article, else the main part, else the body; of a picture, that. */
export function pageScope(document: Document): Element | null {
  if (/^image/.test(document.contentType)) return document.querySelector('img');
  return document.querySelector('article') ?? document.querySelector('main') ?? document.body;
}
