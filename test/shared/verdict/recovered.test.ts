/** Recognised texts and images: what a record recovers, how it is shown, and which of several records is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REASONS } from '#shared/verdict/reasons.ts';
import {
  closestFirst,
  contradicts,
  type RecoveredRecord,
  recovered,
  recoveredBadge,
  recoveredImage,
} from '#shared/verdict/recovered.ts';

const verdicts = ['verified', 'unproven', 'invalid', 'unsupported'] as const;
const matches = ['exact', 'passages', 'none', 'not-compared'] as const;
const words = (verdict: 'exact' | 'quoted' | 'edited' | 'unrelated', similarity = 0.9) => ({ verdict, similarity });

describe('a record', () => {
  test.each([
    ['verified', [], 'exact', undefined, 'exact'],
    ['verified', [], 'passages', undefined, 'quoted'],
    ['verified', [], 'passages', words('edited'), 'edited'],
    ['verified', [], 'exact', words('unrelated'), 'unrelated'],
    ['unproven', ['content-none'], 'none', undefined, 'unrelated'],
    ['unproven', ['content-none'], 'none', words('edited'), 'edited'],
    ['unproven', ['content-none', 'quorum-unmet'], 'none', words('exact'), 'unproven'],
    ['unproven', ['log-unknown'], 'exact', words('exact'), 'unproven'],
    ['unproven', [], 'exact', words('exact'), 'unproven'],
    ['invalid', ['inclusion-mismatch'], 'exact', words('exact'), 'unproven'],
    ['unsupported', ['claim-unsupported'], 'none', undefined, 'unproven'],
  ] as const)(
    'that is %s because of %s, of content %s, recovers what it can',
    (verdict, reasons, match, compared, state) => {
      expect(recovered({ verdict, reasons, content: { match } }, compared).state).toBe(state);
    },
  );

  test.each([
    ['the same bytes', 'verified', [], 'exact', { similar: true, similarity: 0.9 }, 'exact'],
    ['the same bytes, which have no hash', 'verified', [], 'exact', undefined, 'exact'],
    [
      'other bytes that look the same',
      'unproven',
      ['content-none'],
      'none',
      { similar: true, similarity: 1 },
      'similar',
    ],
    [
      'bytes nobody read, which look alike',
      'verified',
      [],
      'not-compared',
      { similar: true, similarity: 0.9 },
      'similar',
    ],
    ['something else', 'unproven', ['content-none'], 'none', { similar: false, similarity: 0.5 }, 'unrelated'],
    ['something that has no hash', 'unproven', ['content-none'], 'none', undefined, 'unrelated'],
    [
      'a likeness without a quorum',
      'unproven',
      ['quorum-unmet', 'content-none'],
      'none',
      { similar: true, similarity: 1 },
      'unproven',
    ],
    ['a contradiction', 'invalid', ['inclusion-mismatch'], 'exact', { similar: true, similarity: 1 }, 'unproven'],
  ] as const)('of an image recovers %s as no more than that', (_, verdict, reasons, match, looks, state) => {
    expect(recoveredImage({ verdict, reasons, content: { match } }, looks).state).toBe(state);
  });

  test('that does not hold recovers nothing, whatever the words say', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...verdicts),
        fc.array(fc.constantFrom(...Object.keys(REASONS)), { maxLength: 3 }),
        fc.constantFrom(...matches),
        fc.constantFrom('exact', 'quoted', 'edited', 'unrelated', undefined),
        (verdict, reasons, match, compared) => {
          fc.pre(verdict !== 'verified' && reasons.some((reason) => reason !== 'content-none'));
          const judged = { verdict, reasons, content: { match } };
          expect(recovered(judged, compared && words(compared)).state).toBe('unproven');
          expect(recoveredImage(judged, { similar: true, similarity: 1 }).state).toBe('unproven');
        },
      ),
    );
  });

  test('is never shown as one whose text brought it, in any state', () => {
    for (const state of ['exact', 'quoted', 'edited', 'similar', 'unrelated', 'unproven'] as const) {
      for (const standing of ['active', 'disputed', 'quarantined', 'revoked', 'unknown']) {
        expect(['found', 'unproven']).toContain(recoveredBadge({ state, similarity: 1 }, { state: standing }));
      }
    }
    expect(recoveredBadge({ state: 'unrelated', similarity: 0 }, { state: 'active' })).toBe('unproven');
    expect(recoveredBadge({ state: 'exact', similarity: 1 }, { state: 'revoked', cause: 'retired' })).toBe('found');
    expect(recoveredBadge({ state: 'similar', similarity: 1 }, { state: 'active' })).toBe('found');
  });
});

describe('of several records', () => {
  const record = (state: RecoveredRecord['recovered']['state'], similarity: number, loggedBefore?: number) => ({
    recovered: { state, similarity },
    issuer: 'https://a.example',
    model: 'm',
    provider: 'p',
    ...(loggedBefore !== undefined && { loggedBefore }),
  });

  test('the closest comes first, then the one that witnesses saw first, then those nobody saw', () => {
    const [edited, late, early, unseen, near] = [
      record('edited', 0.99, 1),
      record('quoted', 1, 20),
      record('quoted', 1, 10),
      record('quoted', 1),
      record('edited', 0.8, 1),
    ];
    expect(closestFirst([near, unseen, edited, late, early])).toEqual([early, late, unseen, edited, near]);
  });

  test.each([
    ['another issuer', { issuer: 'https://b.example' }, true],
    ['another model', { model: 'n' }, true],
    ['another maker of the model', { provider: 'q' }, true],
    ['the same', {}, false],
    [
      'another issuer and less similar words',
      { issuer: 'https://b.example', recovered: { state: 'exact', similarity: 0.9 } },
      false,
    ],
  ] as const)('one that names %s', (_, other, expected) => {
    const shown = record('exact', 1, 10);
    expect(contradicts(shown, { ...shown, ...other })).toBe(expected);
  });
});
