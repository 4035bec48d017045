import { describe, expect, test } from 'vitest';
import { compareTexts } from '#shared/compare/compare.ts';
import type { Edit, Span } from '#shared/compare/word-diff.ts';
import { wordText } from '#shared/compare/word-text.ts';

const FIRST =
  'A witness mark is the small scratch that an earlier craftsman left in a clock, by which a later one who opens the same ' +
  'case can tell what was done to it, by whom, and in what order, without having to ask.';
const SECOND =
  'Nobody who opens the case has to trust the owner, because every wheel that was ever taken out of the movement, cleaned ' +
  'or filed or bent, and then put back again has kept a trace of it for good.';
const THIRD =
  'The same can be said of a log that only ever grows: whoever reads its entries years later can see for themselves which ' +
  'of them came first, what was added afterwards, and who stood by.';
const ATTESTED = [FIRST, SECOND, THIRD];

const compare = (page: readonly string[], attested: readonly string[] = ATTESTED) => {
  const [one, other] = [wordText(attested), wordText(page)];
  const said = ({ words }: { words: readonly string[] }, { from, to }: Span) => words.slice(from, to).join(' ');
  const { edits, leftOut, ...rest } = compareTexts(one, other);
  return {
    ...rest,
    kinds: edits.map(({ kind }) => kind),
    changes: edits
      .filter(({ kind }) => kind !== 'same')
      .map(({ kind, attested, page }: Edit) => [kind, said(one, attested), said(other, page)]),
    before: said(one, leftOut.before),
    between: leftOut.between.map((span) => said(one, span)),
    after: said(one, leftOut.after),
  };
};
const words = (line: string): string => wordText([line]).words.join(' ');

describe('a page that shows an attested text', () => {
  test('whole is exact, however it is set and whatever stands around it', () => {
    const page = ['Home', 'By our staff', ...ATTESTED.map((line) => line.toUpperCase()), 'Read more'];
    expect(compare(page)).toMatchObject({ verdict: 'exact', similarity: 1, kinds: ['same'], before: '', after: '' });
    expect(compare([ATTESTED.join(' ')])).toMatchObject({ verdict: 'exact', similarity: 1 });
  });

  test('in part is quoted, with what was left out before and after', () => {
    const whole = compare(['They write:', `“${SECOND} ${THIRD.slice(0, THIRD.indexOf(':'))}”`, 'We disagree.']);
    expect(whole).toMatchObject({ verdict: 'quoted', similarity: 1, changes: [], between: [] });
    expect(whole.before).toBe(words(FIRST));
    expect(whole.after).toBe(words(THIRD.slice(THIRD.indexOf(':'))));
  });

  test('in two parts with much of its own between them is quoted, with what was left out between', () => {
    const own = 'In between the page says what it thinks of all this at some length '.repeat(4);
    expect(compare([FIRST, own, THIRD])).toMatchObject({ verdict: 'quoted', changes: [], between: [words(SECOND)] });
  });

  test('without its middle, as if nothing were missing, is edited', () => {
    expect(compare([FIRST, THIRD])).toMatchObject({ verdict: 'edited', between: [words(SECOND)] });
  });

  test.each([
    ['a changed word', 'earlier', 'later', [['changed', 'earlier', 'later']]],
    ['an added word', 'small', 'very small', [['added', '', 'very']]],
    ['a removed word', 'small ', '', [['removed', 'small', '']]],
    ['a number with another sign', 'a clock', 'a -5 clock', [['added', '', '-5']]],
    ['the first word', 'A witness', 'No witness', [['changed', 'a', 'no']]],
  ])('with %s is edited, and says which', (_, from, to, changes) => {
    expect(compare(ATTESTED.with(0, FIRST.replace(from, to)))).toMatchObject({ verdict: 'edited', changes });
  });

  test('with its last word changed is edited', () => {
    const changes = [['changed', 'by', 'aside']];
    expect(compare(ATTESTED.with(2, THIRD.replace('by.', 'aside.')))).toMatchObject({ verdict: 'edited', changes });
  });

  test('with a passage moved is edited, and says which', () => {
    const moved = compare([SECOND, THIRD, FIRST]);
    expect(moved).toMatchObject({ verdict: 'edited', similarity: 1 });
    expect(moved.changes).toEqual([['moved', words(FIRST), words(FIRST)]]);
    expect([moved.before, ...moved.between, moved.after].join('')).toBe('');
  });

  test('and repeats a passage is exact: the repetition is its own', () => {
    expect(compare([...ATTESTED, FIRST])).toMatchObject({ verdict: 'exact', similarity: 1 });
    expect(compare([FIRST, FIRST])).toMatchObject({ verdict: 'quoted', kinds: ['same'] });
  });

  test('and quotes a dozen words more of it elsewhere shows both', () => {
    const own = 'In between the page says what it thinks of all this at some length '.repeat(4);
    const dozen = THIRD.split(' ').slice(0, 12).join(' ');
    expect(compare([FIRST, own, dozen])).toMatchObject({ verdict: 'quoted', kinds: ['same', 'same'] });
    expect(compare([own, dozen]).verdict).toBe('unrelated');
  });

  test('has a similarity that is the share of common words', () => {
    const attested = Array.from({ length: 100 }, (_, n) => `w${n}`);
    const page = attested.map((word, n) => (n % 10 === 5 ? 'other' : word));
    expect(compare([page.join(' ')], [attested.join(' ')]).similarity).toBe(0.9);
    expect(compare([attested.filter((_, n) => n % 10 !== 5).join(' ')], [attested.join(' ')]).similarity).toBeCloseTo(
      180 / 190,
    );
  });

  test('in Chinese names the characters that were changed', () => {
    const text =
      '人人有資格享受本宣言所載的一切權利和自由，不分種族、膚色、性別、語言、宗教、政治或其他見解、國籍或社會出身、財產、出生或其他身分等任何區別。並且不得因一人所屬的國家或領土的政治的、行政的或者國際的地位之不同而有所區別。';
    expect(compare([text.replace('不得', '可以')], [text])).toMatchObject({
      verdict: 'edited',
      changes: [['changed', '不 得', '可 以']],
    });
  });
});

describe('a page that shows something else', () => {
  test.each([
    ['nothing', []],
    [
      'another text',
      ['The quick brown fox jumps over the lazy dog, and so do all of its many friends and neighbours.'],
    ],
    ['a phrase of it', [`${FIRST.split(' ').slice(0, 20).join(' ')} …`]],
    ['its words in another order', [ATTESTED.join(' ').split(' ').toSorted().join(' ')]],
  ])('%s, is unrelated', (_, page) => {
    expect(compare(page)).toMatchObject({ verdict: 'unrelated', similarity: 0, kinds: [] });
  });

  test('phrases of it scattered over its own words, is unrelated', () => {
    const own = 'and then it goes on about quite other things for a while ';
    const phrases = ATTESTED.join(' ').match(/(?:\S+ ){5}/g) ?? [];
    expect(compare([phrases.map((phrase) => phrase + own).join('')]).verdict).toBe('unrelated');
  });
});
