/**
 * Trust documents that come with the build. There is no public Witnessmark log yet, so a released
 * build trusts nobody until its reader adds a log; a demo build brings the demo's own.
 */

/** Trust documents compiled in, as text. Empty until a public log exists. */
export const BUILT_IN_TRUST: readonly string[] = [];

/** The demo's trust document, only in a development build made with one. */
export const DEMO_TRUST: readonly string[] = __DEV_TRUST__ === null ? [] : [__DEV_TRUST__];
