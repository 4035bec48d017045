import { describe, expect, test } from 'vitest';
import { compareContent } from '#shared/text/content.ts';
import { passageDigest, passagesOf } from '#shared/text/passages.ts';

const LINES = [
  'The quick brown fox jumps over the lazy dog today.',
  'Short heading',
  'Pack my box with five dozen liquor jugs before noon.',
  'Short heading',
];
const attested = passagesOf(LINES).map(passageDigest);
const compare = (page: readonly string[]) => compareContent({ attested, page });

describe('comparing a page with attested passages', () => {
  test('is exact for the same words in other typography', () => {
    expect(compare(LINES.map((line) => `\u200B${line.toUpperCase().replaceAll(' ', '\u00A0')}`))).toEqual({
      match: 'exact',
      matched: 4,
      of: 4,
      attested: 4,
      differing: [],
      missing: [],
      reordered: false,
    });
  });

  test('names the one changed line by its index on the page and does not count it', () => {
    const page = ['', ...LINES.with(2, 'Pack my box with six dozen liquor jugs before noon.')];
    expect(compare(page)).toMatchObject({
      match: 'passages',
      matched: 3,
      of: 4,
      differing: [{ index: 3, text: 'Pack my box with six dozen liquor jugs before noon.' }],
      missing: [2],
      reordered: false,
    });
  });

  test('says so when passages stand in another order', () => {
    expect(compare([LINES[2] ?? '', LINES[0] ?? ''])).toMatchObject({ match: 'passages', matched: 2, reordered: true });
  });

  test('does not call a quoted second half reordered because a heading occurs twice', () => {
    expect(compare(LINES.slice(2))).toMatchObject({ matched: 2, missing: [0, 1], reordered: false });
  });

  test('counts a repeated passage only as often as it was attested', () => {
    const [fox = ''] = LINES;
    expect(compare([fox, fox, fox])).toMatchObject({ match: 'passages', matched: 1, of: 3, missing: [1, 2, 3] });
    expect(compare([...LINES, ...LINES])).toMatchObject({ match: 'passages', matched: 4, of: 8, missing: [] });
  });

  test('finds nothing in another text, nor in one that shares only a short line', () => {
    expect(compare(['Something else entirely, long enough to be counted as a passage.']).match).toBe('none');
    expect(compare(['Short heading', 'Another text under the same heading']).match).toBe('none');
    expect(compare([]).match).toBe('none');
    expect(compareContent({ attested: [], page: [] }).match).toBe('none');
    expect(compareContent({ attested: [], page: LINES })).toMatchObject({ match: 'none', of: 4, attested: 0 });
  });

  test('is exact for a one-word output that stands alone', () => {
    expect(compareContent({ attested: [passageDigest('yes')], page: ['Yes.'] }).match).toBe('exact');
  });

  test('takes a passage broken over several lines as one', () => {
    const wrapped = LINES.flatMap((line) => line.split(/ (?=over|before)/));
    expect(wrapped).toHaveLength(6);
    expect(compare(wrapped)).toMatchObject({ match: 'exact', matched: 4, of: 4, differing: [] });
  });

  test('does not join lines over words that are not attested', () => {
    const page = ['The quick brown fox jumps', 'never', 'over the lazy dog today.'];
    expect(compare(page)).toMatchObject({ match: 'none', matched: 0, of: 3 });
  });

  test('stays fast on a page of many unattested lines', () => {
    const page = Array.from({ length: 20_000 }, (_, i) => `line ${i} of a page that has nothing to do with it`);
    expect(compare(page)).toMatchObject({ match: 'none', of: 20_000 });
  });

  test('stays fast when one passage is attested and shown twenty thousand times', () => {
    const digest = passageDigest('the same words again and again and again here');
    const page = Array.from({ length: 20_001 }, () => 'The same words again and again and again here');
    const many = Array.from({ length: 20_000 }, () => digest);
    expect(compareContent({ attested: many, page })).toMatchObject({ match: 'passages', matched: 20_000, of: 20_001 });
  });
});
