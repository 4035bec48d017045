import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import { type EvidenceKind, examineEvidence } from '#shared/evidence/evidence.ts';
import { encodeRecipe, RECIPE_TYPE } from '#shared/evidence/replay/recipe.ts';
import { replayKind } from '#shared/evidence/replay/replay-kind.ts';
import { claimFor, RECIPE } from './sample.ts';

const record = Uint8Array.of(1, 2, 3);
const crystal: EvidenceKind = {
  kind: 'crystal',
  mediaType: 'application/crystal',
  examine: () => ({ genuine: 'passed', recognised: 'passed', bound: 'passed', when: 5 }),
};
const claim = claimFor(RECIPE, { evidence: [{ kind: 'crystal', digest: sha256(record), binds: 'output' }] });

describe('examineEvidence', () => {
  test('hands the record the claim names to the plugin of its kind', () => {
    const findings = examineEvidence([crystal], claim, [{ type: 'application/crystal', value: record }]);
    expect(findings).toEqual([{ kind: 'crystal', genuine: 'passed', recognised: 'passed', bound: 'passed', when: 5 }]);
  });

  test('a kind nobody knows is unknown throughout, with or without its record', () => {
    const unknown = {
      kind: 'crystal',
      genuine: 'unknown',
      recognised: 'unknown',
      bound: 'unknown',
      reason: 'evidence-kind-unknown',
    };
    expect(examineEvidence([], claim, [])).toEqual([unknown]);
    expect(examineEvidence([replayKind], claim, [{ type: 'application/crystal', value: record }])).toEqual([unknown]);
  });

  test.each([
    ['evidence-missing', []],
    ['evidence-missing', [{ type: 'other/type', value: Uint8Array.of(9) }]],
    ['evidence-digest-mismatch', [{ type: 'application/crystal', value: Uint8Array.of(1, 2, 4) }]],
    ['evidence-type-mismatch', [{ type: 'other/type', value: record }]],
  ])('fails with %s and never reads the record', (reason, records) => {
    const [finding] = examineEvidence([crystal], claim, records);
    expect(finding).toEqual({ kind: 'crystal', genuine: 'failed', recognised: 'skipped', bound: 'failed', reason });
  });

  test('gives one finding per claim item, in the claim order, and ignores records no item names', () => {
    const recipe = encodeRecipe(RECIPE);
    const both = claimFor(RECIPE, { evidence: [...claimFor(RECIPE).evidence, ...claim.evidence] });
    const records = [
      { type: 'application/crystal', value: record },
      { type: 'junk/junk', value: Uint8Array.of() },
      { type: RECIPE_TYPE, value: recipe },
    ];
    expect(examineEvidence([crystal, replayKind], both, records).map(({ kind }) => kind)).toEqual([
      'replay',
      'crystal',
    ]);
  });
});
