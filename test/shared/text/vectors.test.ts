/** Texts and wrappers of public sources, read in place. */
import { describe, expect, test } from 'vitest';
import { fromUtf8, utf8 } from '#shared/bytes/bytes.ts';
import { fromHex, toHex } from '#shared/bytes/hex.ts';
import { bindBytes, withoutWrapper } from '#shared/text/bind.ts';
import { compareContent } from '#shared/text/content.ts';
import { markdownLines } from '#shared/text/markdown.ts';
import { matchLine, wordCount } from '#shared/text/match.ts';
import { passageDigest, passagesOf, plainLines } from '#shared/text/passages.ts';
import { vectorsPresent, vectorText } from '../../support/vectors.ts';

interface Text {
  readonly id: string;
  readonly lang: string;
  readonly text: string;
}

describe.skipIf(!vectorsPresent())('sixty texts (lmarena, 18F, NLTK; `../shared/vectors/texts`)', () => {
  const texts = vectorsPresent()
    ? vectorText('texts/texts.jsonl')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Text)
    : [];
  const passages = new Map(texts.map(({ id, text }) => [id, passagesOf(markdownLines(text))]));

  test('share no passage of twelve words or more', () => {
    expect(texts).toHaveLength(60);
    const seen = new Map<string, string>();
    const shared: string[] = [];
    for (const [id, found] of passages) {
      for (const passage of found) {
        if (wordCount(passage) < 12) continue;
        const other = seen.get(passage);
        if (other !== undefined && other !== id) shared.push(`${other} ${id}: ${passage}`);
        seen.set(passage, id);
      }
    }
    expect(shared).toEqual([]);
  });

  test('are never found under each other', () => {
    const lines = new Map(texts.map(({ id, text }) => [id, markdownLines(text)]));
    const found: string[] = [];
    for (const [id, mine] of passages) {
      const attested = mine.map(passageDigest);
      for (const [other, page] of lines) {
        const { match } = compareContent({ attested, page });
        expect(match === 'exact').toBe(id === other);
        if (id !== other && match !== 'none') found.push(`${other} under ${id}`);
      }
    }
    expect(found).toEqual([]);
  });

  test('give the same passages in both canonical normal forms', () => {
    for (const { id, text } of texts) {
      expect(passagesOf(markdownLines(text.normalize('NFD'))), id).toEqual(passages.get(id));
      expect(bindBytes(text.normalize('NFD')), id).toEqual(bindBytes(text));
    }
  });

  test('that are not Latin keep every word', () => {
    const read = (id: string) => passagesOf(plainLines(texts.find((each) => each.id === id)?.text ?? ''));
    expect(read('DH25')[0]).toBe('المادة 2');
    expect(read('DH26')[0]).toBe('סעיף ג');
    expect(read('DH27')[0]).toBe('第 二 条');
    expect(read('DH28')[0]?.slice(0, 21)).toBe('す べ て 人 は 人 種 皮 膚 の 色');
    expect(read('DH29')[0]?.slice(0, 34)).toBe('chacun peut se prévaloir de tous l');
    expect(read('DH30')[0]).toBe('अनुच्छेद १');
    for (const { id, lang, text } of texts.filter((each) => each.lang !== 'en')) {
      const letters = (shown: string) => shown.normalize('NFKC').match(/[\p{L}\p{N}]/gu)?.length;
      expect(letters(read(id).join('\n')), `${id} ${lang}`).toBe(letters(text));
      expect(
        read(id).some((passage) => wordCount(passage) >= 8),
        `${id} ${lang}`,
      ).toBe(true);
    }
  });
});

describe.skipIf(!vectorsPresent())(
  'A.8 wrappers (dualeai/c2patxt A8ConformanceTest 2.0.0; `../shared/vectors/c2pa/text`)',
  () => {
    const records = vectorsPresent()
      ? vectorText('c2pa/text/A8ConformanceTest-2.0.0.subset.txt')
          .split('\n')
          .map((line) => line.replace(/\s*#.*$/, ''))
          .filter((line) => /^[EX]\d/.test(line))
          .map((line) => line.split(';'))
      : [];
    const text = (hex: string | undefined): string => {
      const bytes = fromHex(hex ?? '');
      return (bytes && fromUtf8(bytes)) ?? '';
    };

    test('are removed where they were embedded', () => {
      const embedded = records.filter(([, op]) => op === 'embed');
      expect(embedded.length).toBeGreaterThan(3);
      for (const [id, , plain, , wrapped] of embedded) expect(withoutWrapper(text(wrapped)), id).toBe(text(plain));
    });

    test('are removed where one can be extracted, and only then', () => {
      for (const [id, op, shown, , , status] of records) {
        if (op !== 'extract') continue;
        const bare = withoutWrapper(text(shown));
        expect(bare.length < text(shown).length, id).toBe(status === 'OK');
        if (id === 'X0018') expect(toHex(utf8(bare))).toBe('446f632ef3a08480f3a08481');
      }
    });

    test('never change a passage', () => {
      for (const [id, , shown] of records)
        expect(matchLine(text(shown)), id).toBe(matchLine(withoutWrapper(text(shown))));
    });
  },
);
