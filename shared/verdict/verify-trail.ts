/**
 * The verdict on a trail and the text actually on the page. No network, no clock: both are the caller's.
 */

import type { VerifyTrailInput } from './established.ts';
import { makeChecks } from './steps.ts';
import type { Verdict } from './verdict.ts';

/**
 * Checks a trail against the reader's own trust and, where given, the text on the page. Never throws on hostile input.
 *
 * @returns the verdict; every check is listed, in order, with its status and reason
 * @example
 * import { verifyTrail } from '#shared/verdict/verify-trail.ts';
 * verifyTrail({ trail: '{}', trust: [], evidenceKinds: [], noteAlgorithms: [] }).reasons; // => ['trail-malformed']
 */
export const verifyTrail = (input: VerifyTrailInput): Verdict =>
  makeChecks({ input, opened: input.opened ?? new Map() });
