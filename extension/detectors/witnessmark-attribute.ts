/**
 * `data-witnessmark="<trail URL>"` on the element that holds the output, or `#id` of an inline
 * `<script type="application/vnd.witnessmark.trail+json" id>`: then nothing is fetched at all.
 */
import type { TrailSource } from '../messaging/protocol.ts';
import { attributeOf, tagOf } from '../page-text/form-safe.ts';
import { type Finding, type PageContext, registerDetector, trailUrl } from './registry.ts';

const TRAIL_TYPE = 'application/vnd.witnessmark.trail+json';
const MAX_INLINE = 1 << 20;
const ID = 'witnessmark-attribute';

registerDetector({
  id: ID,
  *find(page: PageContext): Iterable<Finding> {
    for (const element of page.document.querySelectorAll('[data-witnessmark]')) {
      const source = sourceOf(attributeOf(element, 'data-witnessmark') ?? '', page.document);
      if (source !== undefined) yield { detector: ID, rung: 'A', element, source };
    }
  },
});

function sourceOf(value: string, document: Document): TrailSource | undefined {
  const raw = value.trim();
  if (!raw.startsWith('#')) {
    const url = trailUrl(raw, document.baseURI);
    return url === undefined ? undefined : { url };
  }
  const script = document.getElementById(raw.slice(1));
  if (script === null || tagOf(script) !== 'script' || script.getAttribute('type') !== TRAIL_TYPE) return undefined;
  const inline = script.textContent.trim();
  return inline.length <= MAX_INLINE ? { inline } : undefined;
}

export const testPages = ['test/pages/marked.html', 'test/pages/inline-trail.html', 'test/pages/hostile.html'];
