/** The API reference: reads openapi.json and lets the reader try what only reads. */

import { element } from './dom.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: { readonly pattern?: string; readonly enum?: readonly string[]; readonly example?: unknown };
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Record<string, { readonly schema?: unknown }> };
  readonly responses?: Record<string, { readonly description?: string }>;
}

interface Description {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components?: { readonly schemas?: Record<string, unknown> };
}

const SHOWN = 20_000;

/** A schema for people: one that only names another is a link to it. */
function schemaView(schema: unknown): HTMLElement {
  const { $ref } = (schema ?? {}) as { readonly $ref?: string };
  const name = $ref?.split('/').at(-1);
  if (name === undefined) return element('pre', { tabindex: '0' }, JSON.stringify(schema, null, 2));
  const link = element('a', { href: `#schema-${name}` }, name);
  // The schema is folded up where the link leads.
  link.addEventListener('click', () => document.getElementById(`schema-${name}`)?.setAttribute('open', ''));
  return link;
}

/** A body that is no JSON: its media type says all. */
const isBytes = (schema: unknown): boolean => (schema as { readonly type?: unknown } | undefined)?.type === 'string';

/** A sentence of the description, with what stands in backticks as code. */
const prose = (text: string): (Node | string)[] =>
  text.split('`').map((part, i) => (i % 2 === 1 ? element('code', {}, part) : part));

function operationView(method: string, path: string, operation: Operation): HTMLElement {
  const statuses = new Map<string, string[]>();
  for (const [status, { description = '' }] of Object.entries(operation.responses ?? {}))
    statuses.set(description, [...(statuses.get(description) ?? []), status]);
  const responses = [...statuses].map(([description, all]) =>
    element('li', {}, element('code', {}, all.join(', ')), ' ', ...prose(description)),
  );
  const said = [operation.summary, operation.description].filter((each) => each !== undefined).join('. ');
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(([type, { schema }]) =>
    element('div', {}, element('p', {}, `Body: ${type}`, ...(isBytes(schema) ? [] : [', ', schemaView(schema)]))),
  );
  return element(
    'section',
    { class: 'operation' },
    element('h2', {}, element('code', {}, `${method.toUpperCase()} ${path}`)),
    element('p', {}, ...prose(said)),
    ...bodies,
    element('ul', {}, ...responses),
    tryView(method, path, operation),
  );
}

/** A form that sends the request from this page, to this server only. */
function tryView(method: string, path: string, operation: Operation): HTMLElement {
  const parameters = (operation.parameters ?? []).filter((each) => each.in === 'path' || each.in === 'query');
  const id = `${method}${path}`.replace(/\W+/g, '-');
  const inputs = new Map(
    parameters.map((each) => [each, element('input', { id: `${id}-${each.name}`, autocomplete: 'off' })]),
  );
  const body = element('textarea', { id: `${id}-body`, rows: '4' });
  const answer = element('pre', { tabindex: '0', 'aria-live': 'polite', hidden: '' });
  const form = element(
    'form',
    {},
    ...[...inputs].flatMap(([{ name }, input]) => [element('label', { for: input.id }, name), input]),
    ...(operation.requestBody ? [element('label', { for: body.id }, 'JSON body'), body] : []),
    element('button', { type: 'submit' }, 'Send'),
    answer,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    let target = path;
    const query = new URLSearchParams();
    for (const [{ name, in: place }, { value }] of inputs) {
      if (place === 'path') target = target.replace(`{${name}}`, value.split('/').map(encodeURIComponent).join('/'));
      else if (value !== '') query.set(name, value);
    }
    answer.hidden = false;
    answer.textContent = 'Sending…';
    try {
      const response = await fetch(query.size > 0 ? `${target}?${query}` : target, {
        method: method.toUpperCase(),
        credentials: 'omit',
        ...(operation.requestBody && { body: body.value, headers: { 'content-type': 'application/json' } }),
      });
      answer.textContent = `${response.status} ${response.statusText}\n${(await response.text()).slice(0, SHOWN)}`;
    } catch {
      answer.textContent = 'The server could not be reached.';
    }
  });
  return element('details', {}, element('summary', {}, 'Try it'), form);
}

const host = document.getElementById('operations');
if (host) {
  try {
    const description = (await (await fetch('/openapi.json')).json()) as Description;
    const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => operationView(method, path, operation)),
    );
    const schemas = Object.entries(description.components?.schemas ?? {}).map(([name, schema]) =>
      element(
        'details',
        { id: `schema-${name}` },
        element('summary', {}, name),
        element('pre', { tabindex: '0' }, JSON.stringify(schema, null, 2)),
      ),
    );
    host.replaceChildren(...operations, element('h2', {}, 'Schemas'), ...schemas);
  } catch {
    host.replaceChildren(element('p', {}, 'openapi.json could not be read. Reload the page to try again.'));
  }
}
