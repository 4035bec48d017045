/** Web origins, the names issuers go by. */

const LABEL = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';
const PORT = '(:(?<port>[1-9][0-9]{0,4}))?';
const HTTPS_ORIGIN = new RegExp(`^https://(?=.{1,253}(:|$))${LABEL}(\\.${LABEL})*${PORT}$`);
const LOOPBACK_ORIGIN = new RegExp(`^http://(localhost|127\\.0\\.0\\.1)${PORT}$`);

const hasForm = (text: string, form: RegExp, defaultPort: string): boolean => {
  const match = form.exec(text);
  const port = match?.groups?.['port'] ?? '';
  return match !== null && port !== defaultPort && Number(port) <= 65_535;
};

/**
 * Whether `text` is an https origin in its one spelling (lower case, no path, no default port), or a loopback http origin, which
 * only a development log registers.
 *
 * @example
 * import { isOrigin } from '#shared/claim/origin.ts';
 * isOrigin('https://news.example'); // => true
 * isOrigin('https://news.example/'); // => false
 */
export const isOrigin = (text: string): boolean =>
  text.length <= 256 && (hasForm(text, HTTPS_ORIGIN, '443') || hasForm(text, LOOPBACK_ORIGIN, '80'));
