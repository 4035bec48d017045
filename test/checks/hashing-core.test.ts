import { expect, test } from 'vitest';
import { buildHashingCore, committedCore, HASHING_CORES } from './hashing-core.ts';

test.each(HASHING_CORES)('$path is what its source gives, byte for byte, and small', async ({ path, flags }) => {
  const built = await buildHashingCore(flags);
  expect(Buffer.compare(built, committedCore(path)), 'run `npm run build:hashing`').toBe(0);
  expect(built.length).toBeGreaterThan(1000);
  expect(built.length).toBeLessThan(5 * 1024);
});
