/** Filters in workerd: built on an alarm, listed and signed, fetched in small pieces, and whole after a crash anywhere. */
import { runDurableObjectAlarm, runInDurableObject, SELF } from 'cloudflare:test';
import { sha256 } from '@noble/hashes/sha2.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { bigEndian } from '#shared/bytes/bytes.ts';
import { type Filter, mayContain, parseFilter } from '#shared/filter/filter.ts';
import { type FilterManifest, manifestKey, openManifest } from '#shared/filter/manifest.ts';
import { filterObjects } from '../../worker/env.ts';
import { feedFilters } from '../../worker/lookup/feed-filters.ts';
import type { FilterCatalogueDO } from '../../worker/lookup/filter-catalogue-do.ts';
import type { FilterShardDO } from '../../worker/lookup/filter-shard-do.ts';
import type { LookupKeys } from '../../worker/lookup/keys.ts';
import { R2ObjectStore } from '../../worker/storage/object-store.ts';
import { Faults, FaultyStore } from './support/faults.ts';
import { bindings, config } from './support/submissions.ts';

const objects = filterObjects(bindings);
const bucket = new R2ObjectStore(bindings.LOG_BUCKET);
let tests = 0;
/** An algorithm of this test's own: objects outlive tests. */
let alg = '';
let shard: DurableObjectStub<FilterShardDO>;
let name = '';

beforeEach(() => {
  alg = `test-${++tests}`;
  name = `${alg}/0`;
  shard = objects.shard(name);
});
afterEach(() =>
  inCatalogue((catalogue) => {
    catalogue.store = bucket;
  }),
);

const inCatalogue = <T>(body: (catalogue: FilterCatalogueDO) => T | Promise<T>): Promise<T> =>
  runInDurableObject(objects.catalogue, body);
const inShard = <T>(body: (instance: FilterShardDO, state: DurableObjectState) => T | Promise<T>): Promise<T> =>
  runInDurableObject(shard, body);

/** Keys of this test's first shard: below 2^44 the first hex digit is 0. */
const keys = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, n) => (from + n) * 1_000_003 + 17);
const feed = async (list: readonly number[], to = name): Promise<void> => {
  await objects.shard(to).add(list);
  await objects.catalogue.note([to]);
};

/** Rings the alarm until none is left, as time would. */
async function untilQuiet(): Promise<number> {
  for (let rung = 0; rung < 100; rung++) if (!(await runDurableObjectAlarm(objects.catalogue))) return rung;
  throw new Error('the alarm does not end');
}

async function manifest(): Promise<FilterManifest> {
  const answer = await SELF.fetch('https://log.test.example/v1/filters');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
  const opened = openManifest(await answer.text(), manifestKey(config.origin, config.registrar.publicKey));
  if (!opened.ok) throw new Error(opened.reason);
  return opened.value;
}

/** The filters of this test's shard as a reader gets them, each checked against the list. */
async function published(): Promise<Filter[]> {
  const own = (await manifest()).filters.filter((entry) => entry.name === name);
  return Promise.all(
    own.map(async ({ digest, size, count }) => {
      const answer = await SELF.fetch(`https://log.test.example/v1/filters/${toBase64Url(digest)}`);
      expect(answer.headers.get('cache-control')).toContain('immutable');
      const bytes = new Uint8Array(await answer.arrayBuffer());
      expect([bytes.length, sha256(bytes)]).toEqual([size, digest]);
      const filter = parseFilter(bytes);
      if (!filter.ok) throw new Error(filter.reason);
      expect([filter.value.name, filter.value.count]).toEqual([name, count]);
      return filter.value;
    }),
  );
}
const counts = async (): Promise<number[]> => (await published()).map(({ count }) => count);
const missing = (filters: readonly Filter[], list: readonly number[]): number =>
  list.filter((key) => !filters.some((filter) => mayContain(filter, key))).length;

describe('filters', () => {
  test('hold every key that was delivered, once the alarm has rung', async () => {
    await feed(keys(0, 1000));
    await objects.catalogue.note([], { log: config.origin, size: 77 });
    await untilQuiet();
    const filters = await published();
    expect(missing(filters, keys(0, 1000))).toBe(0);
    expect(filters.map(({ count }) => count)).toEqual([1000]);
    expect((await manifest()).asOf).toBe(77);
  });

  test('of keys delivered twice count them once', async () => {
    await feed(keys(0, 50));
    await feed(keys(0, 60));
    await untilQuiet();
    expect(await counts()).toEqual([60]);
  });

  test('get what attestations bring, but for the digests of whole outputs', async () => {
    const keysOfOne: LookupKeys = {
      'sha-256': new Uint8Array(32).fill(1),
      'wm-match-1': new Uint8Array(64).fill(0xa5),
      'wm-winnow-1': bigEndian(0x0123456789ab, 6),
      'wm-minhash-1': new Uint8Array(),
      'wm-image-1': bigEndian(0xfedcba987654, 6),
      'wm-oprf-1': new Uint8Array(),
    };
    await feedFilters(objects, [{ keys: keysOfOne }]);
    await untilQuiet();
    const built = (await manifest()).filters.filter((entry) => /^(wm|sha)/.test(entry.name));
    expect(built.map((entry) => [entry.name, entry.count])).toEqual([
      ['wm-image-1/f', 1],
      ['wm-match-1/a', 1],
      ['wm-winnow-1/0', 1],
    ]);
    [name] = ['wm-winnow-1/0'];
    expect(missing(await published(), [0x0123456789ab])).toBe(0);
  });

  test('are not built again where nothing is new', async () => {
    await feed(keys(0, 100));
    await untilQuiet();
    const before = (await manifest()).filters;
    await feed(keys(0, 100));
    await untilQuiet();
    expect((await manifest()).filters).toEqual(before);
  });

  test('grow by small ones beside the large one, and fold what has become small beside the new', async () => {
    const seen: number[][] = [];
    for (const [from, count] of [
      [0, 800],
      [800, 50],
      [850, 50],
      [900, 500],
    ] as const) {
      await feed(keys(from, count));
      await untilQuiet();
      seen.push(await counts());
      expect(missing(await published(), keys(0, from + count))).toBe(0);
    }
    expect(seen).toEqual([[800], [800, 50], [800, 100], [1400]]);
  });

  test('of more keys than one may hold are several, built one call after the other', async () => {
    await inShard((instance) => {
      instance.maxKeys = 300;
    });
    await feed(keys(0, 1000));
    await untilQuiet();
    const filters = await published();
    expect(filters.map(({ count }) => count)).toEqual([300, 300, 300, 100]);
    expect(missing(filters, keys(0, 1000))).toBe(0);
  });

  test('of many shards are built a few at a time', async () => {
    for (let n = 0; n < 12; n++) await feed([n * 2 ** 44 + 1], `${alg}/${n.toString(16)}`);
    expect(await untilQuiet()).toBeGreaterThan(3);
    expect((await manifest()).filters.filter((entry) => entry.name.startsWith(`${alg}/`))).toHaveLength(12);
  });

  test('say a log size only once every key up to it is in them', async () => {
    await objects.catalogue.note([], { log: config.origin, size: 1 });
    await untilQuiet();
    const before = (await manifest()).asOf;
    await feed(keys(0, 10));
    await objects.catalogue.note([], { log: config.origin, size: before + 10 });
    await inCatalogue((catalogue) => {
      catalogue.store = new FaultyStore(bucket, failing(/manifest/));
    });
    await runDurableObjectAlarm(objects.catalogue);
    expect((await manifest()).asOf).toBe(before);
    await inCatalogue((catalogue) => {
      catalogue.store = bucket;
    });
    await untilQuiet();
    expect((await manifest()).asOf).toBe(before + 10);
  });
});

/** Writes and deletes of objects with such a key fail, or are done and then fail. */
function failing(name: RegExp, fault: 'failed' | 'failed but persisted' = 'failed'): Faults {
  const faults = new Faults();
  faults.decide = (operation) => (operation.kind !== 'read' && name.test(operation.name) ? fault : undefined);
  return faults;
}

describe('a crash', () => {
  test.each(['failed', 'failed but persisted'] as const)(
    'while a filter is written (%s) leaves the list as it was, and the next alarm goes on',
    async (fault) => {
      await feed(keys(0, 100));
      await untilQuiet();
      const before = await manifest();
      await feed(keys(100, 100));
      await inShard((instance) => {
        instance.store = new FaultyStore(bucket, failing(/./, fault));
      });
      await runDurableObjectAlarm(objects.catalogue);
      expect(await manifest()).toEqual(before);
      expect(missing(await published(), keys(0, 100))).toBe(0);
      await inShard((instance) => {
        instance.store = bucket;
      });
      await untilQuiet();
      expect(await counts()).toEqual([200]);
      expect(missing(await published(), keys(0, 200))).toBe(0);
      const stored = await inShard((_, { storage }) =>
        storage.sql.exec<{ state: string }>('SELECT state FROM filters').toArray(),
      );
      expect(stored.filter(({ state }) => state === 'pending')).toEqual([]);
    },
  );
});

describe('a filter that no list names any more', () => {
  test('can be fetched for a day, then is gone', async () => {
    await feed(keys(0, 10));
    await untilQuiet();
    const [old] = (await manifest()).filters.filter((entry) => entry.name === name);
    const address = `https://log.test.example/v1/filters/${toBase64Url(old?.digest ?? new Uint8Array())}`;
    const status = async (): Promise<number> => {
      const answer = await SELF.fetch(address);
      await answer.body?.cancel();
      return answer.status;
    };
    await feed(keys(10, 10));
    await untilQuiet();
    expect(await status()).toBe(200);
    await inShard((_, { storage }) => void storage.sql.exec("UPDATE filters SET at = 0 WHERE state = 'superseded'"));
    await feed(keys(20, 1));
    await untilQuiet();
    expect(await status()).toBe(404);
    expect(missing(await published(), keys(0, 21))).toBe(0);
  });
});

test.each(['x', 'A'.repeat(42), `${'A'.repeat(42)}/`])(
  'an address that is no digest (%j) is refused',
  async (digest) => {
    const answer = await SELF.fetch(`https://log.test.example/v1/filters/${digest}`);
    expect([400, 404]).toContain(answer.status);
  },
);
