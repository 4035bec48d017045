/**
 * Trails named in a `Link` header (RFC 8288). Hostile input: bounded, scanned once from left to
 * right, never throws; only the exact relation `witnessmark` counts.
 */

const MAX_HEADER = 16_384;
const MAX_LINKS = 8;

/** The targets of `rel=witnessmark`, as written; at most eight. */
export function parseLinkHeader(value: string): string[] {
  const targets: string[] = [];
  if (value.length > MAX_HEADER) return targets;
  for (const link of splitOutside(value, ',')) {
    const [target = '', ...parameters] = splitOutside(link, ';').map((part) => part.trim());
    if (!target.startsWith('<') || !target.endsWith('>')) continue;
    if (!relations(parameters).includes('witnessmark')) continue;
    targets.push(target.slice(1, -1));
    if (targets.length === MAX_LINKS) break;
  }
  return targets;
}

/** The first `rel` counts, as RFC 8288 demands. */
function relations(parameters: readonly string[]): string[] {
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    if (equals < 0 || parameter.slice(0, equals).trim().toLowerCase() !== 'rel') continue;
    const value = parameter.slice(equals + 1).trim();
    const bare = value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value;
    return bare.toLowerCase().split(/\s+/);
  }
  return [];
}

/** Splits at a separator that stands outside `<…>` and `"…"`. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  let target = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') i++;
      else if (c === '"') quoted = false;
    } else if (target) target = c !== '>';
    else if (c === '"') quoted = true;
    else if (c === '<') target = true;
    else if (c === separator) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
