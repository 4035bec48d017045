import { expect, test } from 'vitest';
import { fromUtf8, utf8 } from '#shared/bytes/bytes.ts';
import { R2ObjectStore } from '../../worker/storage/object-store.ts';
import { RememberingStore } from '../../worker/storage/remembering-store.ts';
import { bindings } from './support/submissions.ts';

const store = new R2ObjectStore(bindings.LOG_BUCKET);
const text = async (key: string): Promise<string | undefined> => {
  const bytes = await store.get(key);
  return bytes && fromUtf8(bytes);
};

test('what is put is there, replaced whole, and gone when deleted', async () => {
  await store.put('a', utf8('one'));
  await store.put('a', utf8('two'));
  expect(await text('a')).toBe('two');
  await store.put('b', utf8('other'));
  await store.delete('a', 'b', 'never there');
  expect([await text('a'), await text('b')]).toEqual([undefined, undefined]);
});

test('putNew stores only where nothing is, and says so', async () => {
  expect(await store.putNew('new', utf8('first'))).toBe(true);
  expect(await store.putNew('new', utf8('second'))).toBe(false);
  expect(await text('new')).toBe('first');
});

test('replace stores only over the version that the caller knows', async () => {
  expect(await store.getVersioned('head')).toBeUndefined();
  const first = await store.replace('head', utf8('first'), undefined);
  expect(first).toBeDefined();
  expect(await store.replace('head', utf8('late'), undefined)).toBeUndefined();
  expect(await store.getVersioned('head')).toEqual({ value: utf8('first'), version: first });
  const second = await store.replace('head', utf8('second'), first);
  expect(await store.replace('head', utf8('late'), first)).toBeUndefined();
  expect(await store.getVersioned('head')).toEqual({ value: utf8('second'), version: second });
});

test('whoever asks for a tile at the same time gets the same copy, and absence is asked about again', async () => {
  const reading = () => new RememberingStore(bindings.LOG_BUCKET).get('log/tile/0/000');
  expect(await reading()).toBeUndefined();
  await store.put('log/tile/0/000', utf8('hashes'));
  const [one, other] = await Promise.all([reading(), reading()]);
  expect(fromUtf8(one ?? new Uint8Array())).toBe('hashes');
  expect(other).toBe(one);
  expect(await reading()).toBe(one);
});
