/** What the extension refuses to ask for on behalf of a page or a recipe, before any request leaves. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { loadFile } from '../../extension/replay/load-file.ts';
import { verifyItem } from '../../extension/verification/verify-item.ts';

afterEach(() => vi.restoreAllMocks());

const noNetwork = () => vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('the network was asked'));

describe('a page of the open web', () => {
  test.each(['https://192.168.0.1/v1/trails/x', 'https://localhost/v1/trails/x', 'https://printer.local/x'])(
    'that names the trail %s has nothing asked there, and nothing proven',
    async (url) => {
      const network = noNetwork();
      const checked = await verifyItem({ url }, {}, { now: 0, page: 'https://news.example/story' });
      expect(checked.report).toMatchObject({ verdict: 'unproven', reasons: ['trail-unreachable'] });
      expect(network).not.toHaveBeenCalled();
    },
  );
});

describe('a recipe', () => {
  test.each(['https://10.0.0.1/m.onnx', 'http://127.0.0.1/m.onnx', 'https://nas.lan/m.onnx'])(
    'that names the model %s has nothing asked there',
    async (url) => {
      const network = noNetwork();
      expect(await loadFile({ url, size: 10, digest: new Uint8Array(32) }, () => {})).toBeUndefined();
      expect(network).not.toHaveBeenCalled();
    },
  );

  test('is fetched without credentials, referrer or redirect, and never beyond its size', async () => {
    const network = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(new Uint8Array(11)));
    const file = { url: 'https://models.example/m.onnx', size: 10, digest: new Uint8Array(32) };
    expect(await loadFile(file, () => {})).toBeUndefined();
    expect(network.mock.calls[0]?.[1]).toMatchObject({
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
    });
  });
});
