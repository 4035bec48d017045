/** Web origins, the names issuers go by. */

const HTTPS_ORIGIN = /^https:\/\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?$/;
const LOOPBACK_ORIGIN = /^http:\/\/(localhost|127\.0\.0\.1)(:[1-9][0-9]{0,4})?$/;

/**
 * Whether `text` is an https origin in its one spelling (lower case, no path), or a loopback http origin, which
 * only a development log registers.
 *
 * @example
 * import { isOrigin } from '#shared/claim/origin.ts';
 * isOrigin('https://news.example'); // => true
 * isOrigin('https://news.example/'); // => false
 */
export const isOrigin = (text: string): boolean => HTTPS_ORIGIN.test(text) || LOOPBACK_ORIGIN.test(text);
