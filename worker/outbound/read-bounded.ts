/** Answers of servers that others named: read up to a number of bytes, whatever they say about their length. */

/**
 * The whole body, or `undefined` where it is longer; nothing beyond the limit is kept, and the rest is not fetched.
 * @throws what the signal was aborted with, also where the server holds the body back
 */
export async function readBounded(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array();
  const late = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  late.catch(() => {});
  const bytes = new Uint8Array(maxBytes);
  let length = 0;
  for (;;) {
    const { done, value } = await Promise.race([reader.read(), late]);
    if (done) return bytes.slice(0, length);
    if (length + value.length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    bytes.set(value, length);
    length += value.length;
  }
}
