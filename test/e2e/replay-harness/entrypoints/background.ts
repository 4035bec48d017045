/** A background that does nothing but replay: what the real one calls, without anything around it. */
import { defineBackground } from 'wxt/utils/define-background';
import { fromBase64 } from '#shared/bytes/base64.ts';
import { browser } from '../../../../extension/platform.ts';
import { createReplayHost } from '../../../../extension/replay/replay-host.ts';

export default defineBackground(() => {
  const host = createReplayHost();
  browser.runtime.onMessage.addListener((recipe: unknown, _sender, respond) => {
    if (typeof recipe !== 'string') return undefined;
    const steps: string[] = [];
    const start = performance.now();
    void host
      .replay(fromBase64(recipe) ?? new Uint8Array(0), ({ step }) => {
        if (steps.at(-1) !== step) steps.push(step);
      })
      .then((outcome) => respond({ outcome, steps, milliseconds: Math.round(performance.now() - start) }));
    return true;
  });
});
