/** What the trail page says first of a verdict. */
import { expect, test } from 'vitest';
import { unprovenBecause } from '#shared/verdict/unproven.ts';
import { headline } from '../../worker/pages/browser/words.ts';

const NONE = { match: 'none', matched: 0, of: 1, attested: 1, differing: [], missing: [0], reordered: false } as const;

test.each([
  ['unproven', 'The trail is about another text'],
  ['invalid', 'The trail contradicts itself'],
  ['unsupported', 'This trail is newer than this page'],
] as const)('of a trail that is %s, beside another text: %s', (verdict, said) => {
  expect(headline({ ...unprovenBecause('trail-not-found'), verdict, content: NONE })).toBe(said);
});
