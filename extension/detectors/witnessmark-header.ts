/**
 * `Link: <…>; rel="witnessmark"`. The header is read by the background, which asks for it again
 * with a HEAD request without credentials, and only where the reader asked or allowed the site.
 */
import { type Finding, type PageContext, pageScope, registerDetector, trailUrl } from './registry.ts';

const ID = 'witnessmark-header';

registerDetector({
  id: ID,
  *find(page: PageContext): Iterable<Finding> {
    for (const target of page.headerTrails) {
      const url = trailUrl(target, page.document.baseURI);
      const element = pageScope(page.document);
      if (url && element) yield { detector: ID, rung: 'A', element, source: { url } };
    }
  },
});

export const testPages = ['test/pages/header.html'];
