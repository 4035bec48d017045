/**
 * Discovery on a page whose reader allowed it: what the scan reads is sent to be looked up, and what was recognised becomes
 * a finding like those of the detectors.
 */

import { openShadow } from '../detectors/read-text.ts';
import type { Finding } from '../detectors/registry.ts';
import { sendFromContent } from '../messaging/messages.ts';
import { encloses, parentOf } from '../page-text/form-safe.ts';
import { type PageScan, scanPage } from './scan-page.ts';
import type { ReadBlock } from './stretches.ts';

/** Recognised texts on one page; the page may hold more. */
const MAX_FOUND = 32;

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
  changed(records: readonly MutationRecord[]): void;
  findings(): readonly Finding[];
}

/** Makes the discovery of a page. */
export function discoverPage({ document, visit, isMarked, watch, found }: DiscoveryOptions): Discovery {
  let scan: PageScan | undefined;
  let findings: Finding[] = [];

  async function send(stretches: readonly (readonly ReadBlock[])[]): Promise<void> {
    const lines = stretches.map((stretch) => stretch.map((block) => block.lines));
    const answer = await sendFromContent('scan/read', { visit, stretches: lines });
    if (answer === null || scan === undefined) return;
    if (answer.off) return stop();
    for (const { stretch, from, to, candidates } of answer.found) {
      const blocks = (stretches[stretch] ?? []).slice(from, to + 1).map(({ element }) => element);
      const element = around(blocks);
      if (element === undefined) continue;
      findings = findings.filter((each) => each.element.isConnected && each.blocks?.[0] !== blocks[0]);
      if (findings.length < MAX_FOUND) {
        findings.push({ detector: 'fingerprint', rung: 'B', element, blocks, candidates });
      }
    }
    if (answer.found.length > 0) found();
  }

  function stop(): void {
    scan?.stop();
    scan = undefined;
    findings = [];
  }

  return {
    start() {
      scan ??= scanPage({ document, openShadow, isMarked, watch, send });
    },
    stop,
    changed: (records) => scan?.changed(records),
    findings: () => findings.filter(({ blocks }) => blocks?.every((block) => block.isConnected)),
  };
}

/** The smallest element around all of them. */
function around([first, ...others]: readonly Element[]): Element | undefined {
  let at: Element | null | undefined = first;
  while (at && !others.every((other) => encloses(at as Element, other))) {
    const up: Node | null = parentOf(at);
    at = up instanceof Element ? up : undefined;
  }
  return at ?? first;
}
