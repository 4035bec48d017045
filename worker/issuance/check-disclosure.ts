/**
 * What an issuer discloses about its text beside the claim: fingerprints for the index, and the text itself. Asked only
 * once the issuer is known to stand behind the statement: reading a text costs more than anything before it. Pure.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, equalBytes, utf8 } from '#shared/bytes/bytes.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import type { ClaimedOutput } from '#shared/claim/claim.ts';
import {
  attestedFingerprints,
  FINGERPRINT_ALGS,
  type FingerprintAlg,
  maxFingerprints,
} from '#shared/fingerprint/attested-fingerprints.ts';
import { fingerprintHex, type TextFingerprints } from '#shared/fingerprint/text-fingerprints.ts';
import { MAX_OBLIVIOUS_NAMES, MAX_TEXT_BYTES } from '#shared/limits.ts';
import { type OprfKey, oprfName } from '#shared/oprf/oprf.ts';
import { err, ok, type Result } from '#shared/result.ts';
import { bindBytes } from '#shared/text/bind.ts';
import { isTextType, renderedLines } from '#shared/text/text-type.ts';
import type { ProblemReason } from '../errors.ts';
import type { Fingerprints } from '../storage/attachments.ts';

/** As JSON validation leaves it: fingerprints of twelve hexadecimal digits each. */
export interface DisclosureBody {
  readonly fingerprints?: Readonly<Partial<Record<FingerprintAlg, readonly string[] | undefined>>> | undefined;
  readonly text?: string | undefined;
  readonly index?: 'open' | 'oblivious' | undefined;
}

/** What is kept beside the claim. */
export interface Disclosure {
  readonly fingerprints?: Fingerprints;
  readonly names?: Uint8Array;
  readonly text?: Uint8Array;
}

/**
 * Fingerprints alone are their issuer's word: no more than such a text can have, and they lead to a candidate at most.
 * Where the text is given, it is the claimed one, and the fingerprints are exactly its.
 */
export function checkDisclosure(
  { fingerprints, text, index }: DisclosureBody,
  output: ClaimedOutput,
  oprf: OprfKey | undefined,
): Result<Disclosure, ProblemReason> {
  const given = fingerprints && checkFingerprints(fingerprints, output);
  if (given?.ok === false) return given;
  if (index === 'oblivious') {
    if (text !== undefined) return err('fingerprints-refused', 'a published text hides nothing');
    if (output.match) return err('fingerprints-refused', 'the claim shows the hash of the image: leave it out there');
    return obliviously(fingerprints?.['wm-winnow-1'] ?? [], oprf);
  }
  if (text === undefined) return ok(given ? { fingerprints: given.value } : {});
  const found = fingerprintsOf(text, output);
  if (!found.ok) return found;
  if (fingerprints && !FINGERPRINT_ALGS.every((alg) => areSame(fingerprints[alg] ?? [], found.value[alg]))) {
    return err('fingerprints-mismatch');
  }
  return ok({ ...(given && { fingerprints: given.value }), text: utf8(text) });
}

/** The names of fingerprints, which are not kept themselves. */
function obliviously(list: readonly string[], oprf: OprfKey | undefined): Result<Disclosure, ProblemReason> {
  if (!oprf) return err('index-not-oblivious');
  if (list.length > MAX_OBLIVIOUS_NAMES) {
    return err('fingerprints-refused', `at most ${MAX_OBLIVIOUS_NAMES} of wm-winnow-1 are named`);
  }
  const names = list.map((hex) => fromHex(oprfName('wm-winnow-1', hex, oprf)) ?? new Uint8Array());
  return ok({ names: concatBytes(...names) });
}

function checkFingerprints(
  given: NonNullable<DisclosureBody['fingerprints']>,
  { type, size }: ClaimedOutput,
): Result<Fingerprints, ProblemReason> {
  if (!type.startsWith('text/')) return err('fingerprints-refused', 'the output is no text');
  const most = maxFingerprints(size);
  const checked: Partial<Record<FingerprintAlg, Uint8Array>> = {};
  for (const alg of FINGERPRINT_ALGS) {
    const list = given[alg] ?? [];
    if (list.length > most) return err('fingerprints-refused', `a text of ${size} bytes has at most ${most} of ${alg}`);
    if (new Set(list).size < list.length) return err('fingerprints-refused', `one of ${alg} stands there twice`);
    if (list.length > 0) checked[alg] = concatBytes(...list.map((hex) => fromHex(hex) ?? new Uint8Array()));
  }
  return ok(checked);
}

/** The fingerprints of a text that is the claimed one. */
function fingerprintsOf(text: string, { type, size, digest }: ClaimedOutput): Result<TextFingerprints, ProblemReason> {
  if (!isTextType(type)) return err('text-unsupported');
  if (utf8(text).length > MAX_TEXT_BYTES) return err('text-too-large');
  const bound = bindBytes(text);
  if (bound.length !== size || !equalBytes(sha256(bound), digest)) return err('text-mismatch');
  return ok(attestedFingerprints(renderedLines(text, type), size));
}

/** Both have nothing twice. */
function areSame(given: readonly string[], found: readonly number[]): boolean {
  const known = new Set(found.map(fingerprintHex));
  return given.length === known.size && given.every((hex) => known.has(hex));
}
