/** A verdict as `--json` prints it. Described by verdict.schema.json; keys are only ever added. */
import { toHex } from '#shared/bytes/hex.ts';
import type { ImageLikeness } from '#shared/image/compare-images.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';

export const VERDICT_FORMAT = 'witnessmark-verdict/1';

/** Byte strings become lower-case hex; everything else is JSON already. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, plain(each)]),
  );
}

/**
 * One line of JSON for a verdict, in a fixed order of keys.
 *
 * @param exitCode - what the command exits with, so that a log of outputs explains itself
 * @param looks - how an image with other bytes compares with the attested one
 */
export function verdictJson(verdict: Verdict, exitCode: number, looks?: ImageLikeness): string {
  const { reasons, standing, assurances, checks, facts } = verdict;
  const content = looks === undefined ? verdict.content : withLooks(verdict.content, looks);
  const ordered = {
    format: VERDICT_FORMAT,
    verdict: verdict.verdict,
    exitCode,
    reasons,
    standing,
    content,
    assurances,
    checks,
    ...(facts === undefined ? {} : { facts }),
  };
  return JSON.stringify(plain(ordered));
}

/** Beside the verdict, which stays what it is: likeness proves nothing. */
function withLooks(content: Verdict['content'], { similar, distance, similarity }: ImageLikeness) {
  return { ...content, ...(similar && { match: 'similar' }), image: { distance, similarity } };
}
