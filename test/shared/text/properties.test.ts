import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bindBytes } from '#shared/text/bind.ts';
import { compareContent } from '#shared/text/content.ts';
import { markdownLines } from '#shared/text/markdown.ts';
import { matchLine, wordCount } from '#shared/text/match.ts';
import { passageDigest, passagesOf, plainLines } from '#shared/text/passages.ts';

/** Any string, well-formed or not, weighted to the code points that make trouble. */
const trouble = fc.constantFrom(
  ...['\u0301', '\u0323', '\u0344', '\u200D', '\uFE0F', '\u{E0101}', '\u00AD', '\u202E', '\uFEFF', '\u034F', '\u3164'],
  ...['\u00B4', '\u0130', '\u03A3', '\u1E9E', '\uFB03', '\u2126', '\uFDFA', '\u0958', '\u1112', '\u1161', '\u11AB'],
  ...['\u304B', '\u3099', '\u309A', '\u6F22', '\uFF76', '\uFF9E', '\u30FC', '\uD800', '\uDC00', '\u0000', '\u2028'],
  ...[
    ' ',
    '\t',
    '-',
    '’',
    'a',
    'Z',
    ...['1', '5', '+', '$', '€', '%', '<', '=', '\u2212', '\u2013', '.', '½'],
    '²',
    '\u20E3',
    '\u0E01',
    '\u0E33',
    '\u0640',
    '\uFE71',
    '\u0F73',
    '\u0345',
    '\u1D15E',
    '\u{1D160}',
  ],
);
const anyText = fc.oneof(
  fc.array(trouble, { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);
/** A word, or a number with its signs. */
const WORD = '[-+±<>≤≥=≠≈~\\p{Sc}]{0,4}[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}]*[%‰\\u066A\\p{Sc}]?';
const invisible = fc.constantFrom(
  ...['\u200B', '\u200C', '\u200D', '\u2060', '\uFEFF', '\u00AD', '\uFE0E', '\uFE0F', '\u{E0100}', '\u{E01EF}'],
  ...['\u200E', '\u200F', '\u202A', '\u202E', '\u2066', '\u2069', '\u061C', '\u{E0041}', '\u034F', '\u180E', '\u0007'],
);

describe('the match stream, for any text', () => {
  test('is stable: a passage is its own passage', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const passage = matchLine(text);
        expect(matchLine(passage)).toBe(passage);
      }),
      { numRuns: 3000 },
    );
  });

  test('holds only words and single spaces between them', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(matchLine(text)).toMatch(new RegExp(`^(${WORD}( ${WORD})*)?$`, 'u'));
      }),
      { numRuns: 2000 },
    );
  });

  test('keeps apart what differs in the sign or unit of a number', () => {
    const forms = ['5', '-5', '+5', '±5', '<5', '>5', '=5', '~5', '$5', '-$5', '€5', '5%', '5‰', '5€', '52'];
    const words = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(words, words, (before, after) => {
        const passages = forms.map((form) => matchLine(`${before} ${form} ${after}`));
        expect(new Set(passages).size).toBe(forms.length);
      }),
      { numRuns: 200 },
    );
  });

  test('does not see invisible characters, wherever they stand', () => {
    const marked = fc.array(fc.tuple(fc.oneof(trouble, fc.string({ unit: 'grapheme', maxLength: 2 })), invisible));
    fc.assert(
      fc.property(marked, (parts) => {
        const plain = parts.map(([text]) => text);
        // A lone surrogate and the next one would join where nothing stands between them.
        fc.pre(plain.every((text) => text.isWellFormed()));
        expect(matchLine(parts.map(([text, between]) => text + between).join(''))).toBe(matchLine(plain.join('')));
      }),
      { numRuns: 3000 },
    );
  });

  test('is the same in every normal form and in capitals', () => {
    const wellFormed = anyText.filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(wellFormed, (text) => {
        const passage = matchLine(text);
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const) {
          // Invisible characters can hold marks apart for the normaliser: it must see what the reader sees.
          const bare = text.replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu, ' ');
          expect(matchLine(bare.normalize(form)), form).toBe(matchLine(bare));
        }
        expect(matchLine(passage.toLowerCase())).toBe(passage);
      }),
      { numRuns: 2000 },
    );
    expect(matchLine('THE STRASSE OF ΟΔΥΣΣΕΥΣ')).toBe(matchLine('the strasse of Οδυσσευς'));
  });

  test('counts at least one word in a passage and none without', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const passage = matchLine(text);
        expect(wordCount(passage) > 0).toBe(passage !== '');
      }),
    );
  });
});

describe('the bind stream, for any text', () => {
  test('is the same in NFC and NFD, and tells different texts apart', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(bindBytes(text.normalize('NFD'))).toEqual(bindBytes(text));
        expect(bindBytes(`${text}\u200B`)).not.toEqual(bindBytes(text));
      }),
    );
  });
});

describe('comparing, for any attested text and page', () => {
  const line = fc.constantFrom(
    'a b c d e f g h',
    'i j k l m n o p q',
    'short',
    'r s t u v w x y z',
    '-',
    'a b',
    'c d e f g h',
  );
  const text = fc.array(line, { maxLength: 12 });

  test('never counts more than was attested, and its parts add up', () => {
    fc.assert(
      fc.property(text, text, (source, page) => {
        const passages = passagesOf(source);
        const found = compareContent({ attested: passages.map(passageDigest), page });
        expect(found.matched + found.missing.length).toBe(passages.length);
        expect(found.matched + found.differing.length).toBe(found.of);
        for (const { index, text: shown } of found.differing) expect(page[index]).toBe(shown);
        if (found.match === 'exact') expect(passagesOf(page).join(' ')).toBe(passages.join(' '));
      }),
      { numRuns: 2000 },
    );
  });

  test('finds the text itself exact, and any excerpt complete', () => {
    fc.assert(
      fc.property(text, fc.nat(12), fc.nat(12), (source, from, to) => {
        const attested = passagesOf(source).map(passageDigest);
        const whole = compareContent({ attested, page: source });
        expect(whole.match).toBe(attested.length > 0 ? 'exact' : 'none');
        const excerpt = compareContent({ attested, page: source.slice(from, to) });
        expect(excerpt.matched).toBe(excerpt.of);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('hostile text', () => {
  const MEGABYTE = 1024 * 1024;
  const alternating = `a${'\u0301\u0323'.repeat(MEGABYTE / 2)}`;

  test.each([
    ['a flood of zero-width characters', `a${'\u200B'.repeat(MEGABYTE)}b`, 'ab'],
    ['a flood of variation selectors', `a${'\u{E0100}'.repeat(MEGABYTE / 2)}b`, 'ab'],
    ['a flood of U+FEFF', `${'\uFEFF'.repeat(MEGABYTE)}a`, 'a'],
    ['a flood of lone surrogates', `a${'\uD800'.repeat(MEGABYTE)}b`, 'a b'],
    ['a flood of ligatures that unfold to eighteen letters', '\uFDFA'.repeat(50_000), undefined],
    ['a megabyte of one combining mark', `a${'\u0301'.repeat(MEGABYTE)}`, undefined],
    ['a megabyte of combining marks to be sorted', alternating, undefined],
    ['a megabyte of marks without a letter', '\u0301\u0323'.repeat(MEGABYTE / 2), ''],
    ['a megabyte of spaces and marks', ' \u0301'.repeat(MEGABYTE / 2), ''],
  ])('%s is read in under five seconds', (_, text, passage) => {
    const start = performance.now();
    const found = matchLine(text);
    bindBytes(text);
    plainLines(text);
    if (passage !== undefined) expect(found).toBe(passage);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('binds a text that cannot be sorted in time as it stands', () => {
    expect(bindBytes(alternating)).toHaveLength(1 + 2 * MEGABYTE);
  });

  test('in Markdown never throws', () => {
    const marks = fc.constantFrom(
      '*',
      '_',
      '`',
      '[',
      ']',
      '(',
      ')',
      '<',
      '>',
      '\n',
      '    ',
      '- ',
      '1. ',
      '|',
      '&',
      '#',
      '!',
      'a',
      '~',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(marks, { maxLength: 60 }), (parts) => {
        for (const each of markdownLines(parts.join(''))) expect(each).toBe(each.trim());
      }),
      { numRuns: 500 },
    );
  });
});
