/** `<link rel="witnessmark" href>`: one trail for the page's article, its main part, or its body. */
import { type Finding, type PageContext, pageScope, registerDetector, trailUrl } from './registry.ts';

const ID = 'witnessmark-link';

registerDetector({
  id: ID,
  *find(page: PageContext): Iterable<Finding> {
    for (const link of page.document.querySelectorAll('link[rel~="witnessmark"][href]')) {
      const url = trailUrl(link.getAttribute('href') ?? '', page.document.baseURI);
      const element = pageScope(page.document);
      if (url && element) yield { detector: ID, rung: 'A', element, source: { url } };
    }
  },
});

export const testPages = ['test/pages/linked.html'];
