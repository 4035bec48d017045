/**
 * Discovery on a page whose reader allowed it: what the scan reads is sent to be looked up; what stands around a stretch
 * that was recognised is compared as a whole; and what then corresponds becomes a finding like those of the detectors.
 */
import type { Finding } from '../detectors/registry.ts';
import type { Candidate } from '../discovery/climb.ts';
import { sendFromContent } from '../messaging/messages.ts';
import { encloses, viewOf } from '../page-text/form-safe.ts';
import { isBetween, recognisedPlace, surroundings } from './place.ts';
import { type PageScan, scanPage } from './scan-page.ts';
import type { ReadBlock } from './stretches.ts';

/** Recognised texts on one page; the page may hold more. */
const MAX_FOUND = 32;

/** Frames of other sites that are told of. */
const MAX_FOREIGN = 999;

/** What the page's watcher gives. */
interface DiscoveryOptions {
  readonly document: Document;
  readonly visit: number;
  isMarked(element: Element): boolean;
  watch(root: ShadowRoot): void;
  /** Something was recognised. */
  found(): void;
}

/** Discovery on one page; it does nothing until it is started. */
export interface Discovery {
  start(): void;
  stop(): void;
  /** Has the documents of the page's frames read as well, those that are not yet. */
  enter(documents: readonly Document[]): void;
  /** A frame shows another document. */
  exchanged(frame: Element): void;
  changed(records: readonly MutationRecord[]): void;
  findings(): readonly Finding[];
}

type Found = Finding & Required<Pick<Finding, 'blocks' | 'candidates'>>;

/** Makes the discovery of a page. */
export function discoverPage({ document, visit, isMarked, watch, found }: DiscoveryOptions): Discovery {
  let scan: PageScan | undefined;
  let findings: Found[] = [];
  let foreign = new Set<Element>();

  async function send(stretches: readonly (readonly ReadBlock[])[]): Promise<void> {
    const lines = stretches.map((stretch) => stretch.map((block) => block.lines));
    const answer = await sendFromContent('scan/read', { visit, stretches: lines });
    if (answer?.off) stop();
    for (const { stretch, candidates } of answer?.found ?? []) {
      const read = stretches[stretch] ?? [];
      if (scan !== undefined && !read.every(({ element }) => isFound(element, candidates)))
        await look(read, candidates);
    }
  }

  const isOf = (finding: Found, candidates: readonly Candidate[]): boolean =>
    finding.candidates.some(({ id }) => candidates.some((other) => other.id === id));

  /** Whether a block stands in what was recognised by one of the same records already. */
  const isFound = (block: Element, candidates: readonly Candidate[]): boolean =>
    findings.some((each) => isOf(each, candidates) && each.blocks.some((other) => encloses(other, block)));

  async function look(read: readonly ReadBlock[], candidates: readonly Candidate[]): Promise<void> {
    const around = surroundings(read);
    const compared = { candidates, blocks: around.map(({ lines }) => lines) };
    const place = await sendFromContent('scan/compare', compared);
    const blocks = place === null ? [] : around.slice(place.from, place.to + 1).map(({ element }) => element);
    const element = recognisedPlace(blocks);
    if (element === undefined || scan === undefined) return;
    findings = findings.filter(
      (each) => !isOf(each, candidates) || !each.blocks.some((block) => blocks.includes(block)),
    );
    if (findings.length < MAX_FOUND) findings.push({ detector: 'fingerprint', rung: 'B', element, blocks, candidates });
    found();
  }

  function changed(records: readonly MutationRecord[]): void {
    for (const each of findings) {
      if (!isBetween(records, each.blocks)) continue;
      findings = findings.filter((other) => other !== each);
      scan?.again(each.blocks);
    }
    scan?.changed(records);
  }

  function stop(): void {
    scan?.stop();
    scan = undefined;
    findings = [];
    foreign = new Set();
  }

  function tell(frame: Element): void {
    if (foreign.has(frame) || foreign.size >= MAX_FOREIGN) return;
    foreign.add(frame);
    void sendFromContent('scan/foreign', { visit, frames: foreign.size }).catch(() => null);
  }

  return {
    start() {
      scan ??= scanPage({ document, isMarked, watch, foreign: tell, send });
    },
    stop,
    enter(documents) {
      for (const each of documents) scan?.enter(each);
    },
    exchanged: (frame) => scan?.again([frame]),
    changed,
    findings() {
      findings = findings.filter(({ blocks }) => blocks.every((block) => viewOf(block) !== null));
      return findings;
    },
  };
}
