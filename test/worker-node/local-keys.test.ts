/** The keys of a log on one machine: what a restart must find again. */
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { localKeys } from '../../worker/local/keys.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'witnessmark-keys-'));

test('the same folder has the same keys, and more witnesses only add theirs', () => {
  const at = folder();
  const first = localKeys(at, 1);
  expect(localKeys(at, 1)).toEqual(first);
  const more = localKeys(at, 3);
  expect({ ...more, witnesses: more.witnesses.slice(0, 1) }).toEqual(first);
  expect(new Set(more.witnesses).size).toBe(3);
  expect(localKeys(at, 1)).toEqual(first);
  expect(localKeys(at, 3)).toEqual(more);
});

test('whoever was killed while keys were written left the old ones, and no start without new keys writes any', () => {
  const at = folder();
  const keys = localKeys(at, 3);
  const written = statSync(join(at, 'keys.json'));
  writeFileSync(join(at, 'keys.json.next'), '{"log": "cut sho');
  expect(localKeys(at, 3)).toEqual(keys);
  expect(statSync(join(at, 'keys.json')).ino).toBe(written.ino);
  expect(localKeys(at, 4).log).toBe(keys.log);
  expect(readdirSync(at)).toEqual(['keys.json']);
});

test('nobody but their owner may read them', () => {
  const at = folder();
  localKeys(at, 1);
  localKeys(at, 2);
  expect(statSync(join(at, 'keys.json')).mode & 0o777).toBe(0o600);
});
