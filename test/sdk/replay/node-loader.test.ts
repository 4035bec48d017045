import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNodeLoader } from '../../../sdk/replay/node-loader.ts';

const content = new Uint8Array(100_000).fill(7);
const digest = new Uint8Array(createHash('sha256').update(content).digest());
const address = (server: Server): string => {
  const at = server.address();
  return `http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`;
};

describe('createNodeLoader', () => {
  let folder = '';
  const server = createServer((request, response) => {
    if (request.url === '/slow') return;
    if (request.url === '/endless') {
      const pour = (): void => {
        while (!response.destroyed && response.write(content));
      };
      response.on('drain', pour);
      pour();
      return;
    }
    response.statusCode = request.url === '/file' || request.url === '/short' ? 200 : 404;
    response.end(request.url === '/short' ? content.subarray(1) : content);
  });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'witnessmark-loader-'));
    await writeFile(join(folder, 'any-name'), content);
    await writeFile(join(folder, 'same-size'), new Uint8Array(content.length));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  const wanted = (path: string) => ({ url: `${address(server)}${path}`, digest, size: content.length });

  test('takes a file from disk by size and digest, whatever its name', async () => {
    const load = createNodeLoader([join(folder, 'gone'), folder, join(folder, 'same-size'), join(folder, 'any-name')]);
    expect(await load(wanted('/missing'), () => {})).toEqual(content);
  });

  test('fetches it otherwise and reports every byte', async () => {
    const seen: number[] = [];
    expect(await createNodeLoader()(wanted('/file'), (done) => seen.push(done))).toEqual(content);
    expect(seen.at(-1)).toBe(content.length);
  });

  test.each(['/missing', '/short', '/endless'])('gives nothing for %s', async (path) => {
    expect(await createNodeLoader()(wanted(path), () => {})).toBeUndefined();
  });

  test('does not wait for a server that never answers', async () => {
    await expect(createNodeLoader([], 50)(wanted('/slow'), () => {})).rejects.toThrow();
  });
});
