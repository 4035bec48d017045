/** Getting the files a recipe names: from the reader's disk where they lie there, else from their address. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { equalBytes } from '#shared/bytes/bytes.ts';
import type { LoadFile, WantedFile } from '#shared/evidence/replay/engine.ts';

async function fromDisk(path: string, { size, digest }: WantedFile): Promise<Uint8Array | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size !== size) return undefined;
  const bytes = new Uint8Array(await readFile(path));
  return equalBytes(createHash('sha256').update(bytes).digest(), digest) ? bytes : undefined;
}

async function fromAddress(
  { url, size }: WantedFile,
  onBytes: (received: number) => void,
  timeoutMilliseconds: number,
): Promise<Uint8Array | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMilliseconds) });
  if (!response.ok || !response.body) return undefined;
  const bytes = new Uint8Array(size);
  let received = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    if (received + chunk.length > size) return undefined;
    bytes.set(chunk, received);
    received += chunk.length;
    onBytes(received);
  }
  return received === size ? bytes : undefined;
}

/**
 * A loader that reads no more of a file than the recipe says it has, and waits no longer than it is told.
 *
 * @param files - paths tried first; the one with the wanted size and digest is taken, whatever its name
 * @param timeoutMilliseconds - for a whole download
 */
export function createNodeLoader(files: readonly string[] = [], timeoutMilliseconds = 120_000): LoadFile {
  return async (file, onBytes) => {
    for (const path of files) {
      const bytes = await fromDisk(path, file);
      if (bytes) return bytes;
    }
    return fromAddress(file, onBytes, timeoutMilliseconds);
  };
}
