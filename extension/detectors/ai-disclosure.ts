/**
 * The `ai-disclosure` attribute and `<meta name="ai-disclosure">`: what the page itself declares,
 * unsigned. Rung C, never blended with a proof. The nearest ancestor wins, so each marked element
 * speaks for itself; absence means unknown.
 */
import type { Declaration } from '../messaging/protocol.ts';
import { attributeOf } from '../page-text/form-safe.ts';
import { type Finding, type PageContext, pageScope, registerDetector } from './registry.ts';

const ID = 'ai-disclosure';
const ELEMENT_VALUES = ['none', 'ai-assisted', 'ai-generated', 'autonomous'];
const PAGE_VALUES = [...ELEMENT_VALUES, 'mixed'];
const MAX_NAME = 80;

registerDetector({
  id: ID,
  *find(page: PageContext): Iterable<Finding> {
    const { document } = page;
    const meta = document.querySelector('meta[name="ai-disclosure" i][content]');
    const declaredPage = meta?.getAttribute('content')?.trim().toLowerCase();
    if (declaredPage && PAGE_VALUES.includes(declaredPage)) {
      const scope = pageScope(document);
      if (scope) yield { detector: ID, rung: 'C', element: scope, declared: { value: declaredPage, scope: 'page' } };
    }
    for (const element of document.querySelectorAll('[ai-disclosure]')) {
      const value = attributeOf(element, 'ai-disclosure')?.trim().toLowerCase() ?? '';
      if (ELEMENT_VALUES.includes(value))
        yield { detector: ID, rung: 'C', element, declared: declaration(element, value) };
    }
  },
});

function declaration(element: Element, value: string): Declaration {
  const model = name(element, 'ai-model');
  const provider = name(element, 'ai-provider');
  return {
    value,
    scope: 'element',
    ...(model && { model }),
    ...(provider && { provider }),
  };
}

function name(element: Element, attribute: string): string | undefined {
  return attributeOf(element, attribute)?.trim().slice(0, MAX_NAME) || undefined;
}

export const testPages = ['test/pages/declared.html'];
