/** Fetching a model or input a recipe names: only when the reader asked for a replay, and telling its host nothing. */
import type { LoadFile } from '#shared/evidence/replay/engine.ts';
import { fetchNameless } from '../nameless/fetch-nameless.ts';
import { mayFetch } from '../trails/fetch-bounded.ts';
import { mayName } from '../trails/private-host.ts';

const TIMEOUT_MILLISECONDS = 120_000;

/**
 * Reads exactly the size the recipe says, then stops. No credentials, no referrer, no redirects, nothing inside the
 * reader's own network. A host that the reader has not permitted must allow other origins (CORS), or the file is not
 * available.
 */
export const loadFile: LoadFile = async ({ url, size }, onBytes) => {
  const address = new URL(url);
  const inside = !mayName(address, null) && __DEV_TRUST__ === null;
  if (inside || !mayFetch(address)) return undefined;
  const response = await fetchNameless(
    address,
    { credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error' },
    AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  );
  if (!response.ok || !response.body) return undefined;
  const bytes = new Uint8Array(size);
  let received = 0;
  const reader = response.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (received + next.value.length > size) {
      await reader.cancel();
      return undefined;
    }
    bytes.set(next.value, received);
    received += next.value.length;
    onBytes(received);
  }
  return received === size ? bytes : undefined;
};
