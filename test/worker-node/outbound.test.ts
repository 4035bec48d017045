/** Whoever is asked by the worker may answer anything, without end. */
import { expect, test } from 'vitest';
import { readBounded } from '../../worker/outbound/read-bounded.ts';

const signal = new AbortController().signal;

test('a body up to the limit is read whole, one byte more is none', async () => {
  for (const [length, read] of [
    [0, 0],
    [1000, 1000],
    [1001, undefined],
  ] as const) {
    const body = await readBounded(new Response(new Uint8Array(length)), 1000, signal);
    expect(body?.length).toBe(read);
  }
  expect((await readBounded(new Response(null), 1000, signal))?.length).toBe(0);
});

test('an endless body without a length is given up at the limit, and asked for no further', async () => {
  let [sent, cancelled] = [0, false];
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 100;
      controller.enqueue(new Uint8Array(100));
    },
    cancel() {
      cancelled = true;
    },
  });
  expect(await readBounded(new Response(endless), 1000, signal)).toBeUndefined();
  expect(cancelled).toBe(true);
  expect(sent).toBeLessThan(1500);
});

test('a body that is held back ends with the signal', async () => {
  const held = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
  const late = AbortSignal.timeout(20);
  await expect(readBounded(new Response(held), 1000, late)).rejects.toThrow('timeout');
});
