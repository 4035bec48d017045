/**
 * Timers that no page cancels. Those of `setTimeout` are numbered together with the page's own, and `clearTimeout` ends
 * them whoever began them: some pages end all there are.
 */

/** Calls once when so many milliseconds have passed. */
export const after = (ms: number, call: () => void): void => AbortSignal.timeout(ms).addEventListener('abort', call);
