import { beforeEach, describe, expect, test, vi } from 'vitest';
import { fromBase64 } from '#shared/bytes/base64.ts';
import type { ReplayOutcome } from '#shared/evidence/replay/replay.ts';

/** A browser of which replay uses storage, ports and the offscreen document. */
const fake = vi.hoisted(() => {
  class Event<Args extends unknown[]> {
    listeners = new Set<(...args: Args) => void>();
    addListener(listener: (...args: Args) => void): void {
      this.listeners.add(listener);
    }
    removeListener(listener: (...args: Args) => void): void {
      this.listeners.delete(listener);
    }
    fire(...args: Args): void {
      for (const listener of [...this.listeners]) listener(...args);
    }
  }
  class Port {
    onMessage = new Event<[unknown]>();
    onDisconnect = new Event<[Port]>();
    name = 'witnessmark-replay';
    sender = { id: 'own', url: 'chrome-extension://own/offscreen.html' };
    jobs: { recipe: string; certified: string[] }[] = [];
    answer: (job: { recipe: string }) => void = () => {};
    postMessage(job: { recipe: string; certified: string[] }): void {
      this.jobs.push(job);
      queueMicrotask(() => this.answer(job));
    }
  }
  const area = () => {
    const values: Record<string, unknown> = {};
    return {
      values,
      get: async (key: string) => ({ [key]: values[key] }),
      set: async (items: Record<string, unknown>) => void Object.assign(values, items),
    };
  };
  const onConnect = new Event<[Port]>();
  const state = { opened: 0, closed: 0, open: (): void => {} };
  const storage = { session: area(), local: area() };
  const offscreen = {
    createDocument: async () => {
      state.opened++;
      state.open();
    },
    closeDocument: async () => void state.closed++,
  };
  const runtime = { id: 'own', getURL: (path: string) => `chrome-extension://own${path}`, onConnect };
  return { Port, state, onConnect, storage, browser: { runtime, storage, offscreen } };
});
vi.mock('../../../extension/platform.ts', () => ({ browser: fake.browser }));
const { createReplayHost } = await import('../../../extension/replay/replay-host.ts');

const reproduced: ReplayOutcome = { state: 'reproduced', reason: 'replay-reproduced' };
const missing: ReplayOutcome = { state: 'model-not-available', reason: 'model-unreachable' };

describe('the replay host', () => {
  let ports: InstanceType<typeof fake.Port>[] = [];
  let outcome = reproduced;
  beforeEach(() => {
    vi.useFakeTimers();
    for (const area of Object.values(fake.storage)) for (const key of Object.keys(area.values)) delete area.values[key];
    Object.assign(fake.state, { opened: 0, closed: 0 });
    ports = [];
    outcome = reproduced;
    fake.state.open = () => {
      const port = new fake.Port();
      port.answer = () => port.onMessage.fire({ outcome, certificate: 'browser wasm' });
      ports.push(port);
      queueMicrotask(() => fake.onConnect.fire(port));
    };
  });

  test('opens the document once, sends the recipe, and remembers the passed self-test', async () => {
    const host = createReplayHost();
    expect(await host.replay(Uint8Array.of(1))).toEqual(reproduced);
    expect(await host.replay(Uint8Array.of(2))).toEqual(reproduced);
    expect(fake.state.opened).toBe(1);
    expect(ports[0]?.jobs.map(({ recipe, certified }) => [fromBase64(recipe)?.[0], certified])).toEqual([
      [1, []],
      [2, ['browser wasm']],
    ]);
  });

  test('gives an answer again without running, but tries again where there was none', async () => {
    const host = createReplayHost();
    await host.replay(Uint8Array.of(1));
    await host.replay(Uint8Array.of(1));
    expect(ports[0]?.jobs).toHaveLength(1);
    outcome = missing;
    await host.replay(Uint8Array.of(3));
    await host.replay(Uint8Array.of(3));
    expect(ports[0]?.jobs).toHaveLength(3);
  });

  test('a document that goes away is an outcome, and the next replay opens another', async () => {
    const open = fake.state.open;
    fake.state.open = () => {
      open();
      const [port] = ports;
      if (port) port.answer = () => port.onDisconnect.fire(port);
    };
    const host = createReplayHost();
    expect(await host.replay(Uint8Array.of(1))).toMatchObject({
      state: 'runtime-not-certified',
      reason: 'replay-run-failed',
    });
    fake.state.open = open;
    expect(await host.replay(Uint8Array.of(1))).toEqual(reproduced);
    expect(fake.state.opened).toBe(2);
  });

  test('ignores a port that is not from the document, and gives up when none comes', async () => {
    fake.state.open = () => {
      const port = new fake.Port();
      port.sender = { id: 'own', url: 'https://page.example/offscreen.html' };
      queueMicrotask(() => fake.onConnect.fire(port));
    };
    const waiting = createReplayHost().replay(Uint8Array.of(1));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await waiting).toMatchObject({ state: 'runtime-not-certified' });
    expect(fake.onConnect.listeners.size).toBe(0);
  });

  test('closes the document when nobody has asked for a while', async () => {
    await createReplayHost().replay(Uint8Array.of(1));
    const before = fake.state.closed;
    await vi.advanceTimersByTimeAsync(29_000);
    expect(fake.state.closed).toBe(before);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(fake.state.closed).toBe(before + 1);
  });

  test('runs one replay at a time', async () => {
    const host = createReplayHost();
    const steps: string[] = [];
    const first = host.replay(Uint8Array.of(1), ({ step }) => steps.push(`1 ${step}`)).then(() => steps.push('1 done'));
    const second = host.replay(Uint8Array.of(2), ({ step }) => steps.push(`2 ${step}`));
    await Promise.all([first, second]);
    expect(steps).toEqual(['1 runtime', '1 done', '2 runtime']);
  });
});
