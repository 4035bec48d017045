/**
 * The ordered list of named checks over a trail and the text actually on the page.
 *
 * Total on hostile input: they never throw, and a check that could not be made is `skipped`, which never counts as
 * passed. No network, no clock: both are the caller's. Spec: docs/spec/trail.md.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { parseStatement, verifyStatement } from '../attestation/statement.ts';
import { equalBytes } from '../bytes/bytes.ts';
import { parseClaim } from '../claim/claim.ts';
import { type EvidenceFinding, examineEvidence } from '../evidence/evidence.ts';
import { contradict } from '../log/fork-proof.ts';
import { leafHash, verifyInclusion } from '../log/merkle.ts';
import { parseTlogProof } from '../log/proof.ts';
import { compareContent } from '../text/content.ts';
import { passageRoot } from '../text/passages.ts';
import { parseTrail } from '../trail/trail.ts';
import { conclude } from './conclude.ts';
import type { Established } from './established.ts';
import { readEvents } from './events.ts';
import { openLog } from './open-log.ts';
import type { Reason } from './reasons.ts';
import { foldStanding } from './standing.ts';
import type { Check, CheckId, Verdict } from './verdict.ts';

/** How one check ended. */
export type Outcome = Omit<Check, 'id'>;
export type CheckStep = (known: Established) => Outcome;
export type Steps = readonly (readonly [CheckId, CheckStep])[];

/** @internal */
export const passed = (detail?: string): Outcome => ({ status: 'passed', ...(detail !== undefined && { detail }) });
/** @internal */
export const failed = (reason: Reason, detail?: string): Outcome => ({
  status: 'failed',
  reason,
  ...(detail !== undefined && { detail }),
});
const skipped = (detail: string): Outcome => ({ status: 'skipped', detail });
const UNREACHED = skipped('an earlier check failed');

/** Every check, in the order they are made. @internal */
export const STEPS: Steps = [
  ['trail-format', trailFormat],
  ['statement-format', statementFormat],
  ['claim-digest', claimDigest],
  ['claim-format', claimFormat],
  ['passages', passages],
  ['log-signature', logSignature],
  ['witness-quorum', witnessQuorum],
  ['policy-current', policyCurrent],
  ['inclusion', inclusion],
  ['consistency', consistency],
  ['issuer-key', issuerKey],
  ['issuer-signature', issuerSignature],
  ['issuer-standing', issuerStanding],
  ['accountability', accountability],
  ['evidence', evidence],
  ['content', content],
];

/** Makes the checks in their order and sums them up. @internal */
export function makeChecks(known: Established, steps: Steps = STEPS): Verdict {
  const checks: Check[] = [];
  for (const [id, step] of steps) checks.push({ id, ...step(known) });
  return conclude(known, checks);
}

function trailFormat(known: Established): Outcome {
  const trail = parseTrail(known.input.trail);
  if (!trail.ok) return failed(trail.reason, trail.detail);
  known.trail = trail.value;
  return passed();
}

function statementFormat(known: Established): Outcome {
  if (!known.trail) return UNREACHED;
  const statement = parseStatement(known.trail.statement);
  if (!statement.ok) return failed(statement.reason, statement.detail);
  if (statement.value.type !== 'output') return failed('statement-not-output', statement.value.type);
  known.statement = statement.value;
  return passed();
}

function claimDigest({ trail, statement }: Established): Outcome {
  if (!trail || !statement) return UNREACHED;
  return equalBytes(sha256(trail.claim), statement.payload) ? passed() : failed('claim-digest-mismatch');
}

function claimFormat(known: Established): Outcome {
  const { trail, statement } = known;
  if (!trail || !statement || !equalBytes(sha256(trail.claim), statement.payload)) return UNREACHED;
  const claim = parseClaim(trail.claim);
  if (!claim.ok) return failed(claim.reason, claim.detail);
  known.claim = claim.value;
  return passed();
}

function passages(known: Established): Outcome {
  const { trail, claim } = known;
  if (!trail || !claim) return UNREACHED;
  const { passages: promised } = claim.output;
  const digests = trail.passages;
  if (!promised && !digests) return skipped('the claim has no passages');
  if (!digests) return skipped('the trail carries no passages');
  if (!promised || digests.length !== promised.count || !equalBytes(passageRoot(digests), promised.root)) {
    return failed('passages-root-mismatch');
  }
  known.passages = digests;
  return passed(String(promised.count));
}

function logSignature(known: Established): Outcome {
  if (!known.trail) return UNREACHED;
  const proof = parseTlogProof(known.trail.proof);
  if (!proof.ok) return failed(proof.reason, proof.detail);
  known.proof = proof.value;
  const log = openLog(proof.value.checkpoint, known.input, known.opened);
  if (!log.ok) return failed(log.reason, log.detail);
  const { size } = log.value.checkpoint;
  if ((known.trail.asOf ?? size) !== size) return failed('as-of-mismatch');
  known.log = log.value;
  return passed(log.value.checkpoint.origin);
}

function witnessQuorum({ log }: Established): Outcome {
  if (!log) return UNREACHED;
  if (!log.cosignatures.ok) return failed('cosignature-invalid', log.cosignatures.detail);
  const count = String(log.cosignatures.value.length);
  return log.quorum ? passed(count) : failed('quorum-unmet', count);
}

function policyCurrent({ input, log }: Established): Outcome {
  if (!log) return UNREACHED;
  const { validUntil } = log.trust;
  if (validUntil === undefined) return passed();
  if (input.now === undefined) return skipped('the time is not known');
  return input.now <= validUntil ? passed() : failed('policy-expired');
}

function inclusion(known: Established): Outcome {
  const { trail, proof, log } = known;
  if (!trail || !proof || !log) return UNREACHED;
  const { size, root } = log.checkpoint;
  const { index, hashes } = proof;
  const found = verifyInclusion({ leafHash: leafHash(trail.statement), index, size, proof: hashes, root });
  if (!found.ok) return failed(found.reason, found.detail);
  known.included = true;
  return passed(String(index));
}

function consistency({ input, log }: Established): Outcome {
  if (!log) return UNREACHED;
  const remembered = input.knownCheckpoint;
  if (remembered?.checkpoint.origin !== log.checkpoint.origin) return skipped('no earlier checkpoint of this log');
  const { checkpoint: seen, evidence } = remembered;
  const compared = contradict(seen, log.checkpoint, seen.size === log.checkpoint.size ? undefined : evidence);
  if (compared.ok) return failed('checkpoint-fork', compared.value);
  // Evidence that does not hold may be anybody's: it accuses nobody.
  return compared.reason === 'fork-none' ? passed() : failed('consistency-unproven', compared.reason);
}

function issuerKey(known: Established): Outcome {
  const { trail, statement, proof, log } = known;
  if (!trail || !statement || !proof || !log) return UNREACHED;
  const events = readEvents(trail.events, statement, proof.checkpoint, log);
  if (!events.ok) return failed(events.reason, events.detail);
  if (!events.value.publicKey) return failed('issuer-key-unlogged');
  known.events = events.value;
  return passed(statement.issuer);
}

function issuerSignature({ statement, events }: Established): Outcome {
  if (!statement || !events?.publicKey) return UNREACHED;
  return verifyStatement(statement, events.publicKey) ? passed() : failed('statement-signature-invalid');
}

function issuerStanding({ proof, events, included }: Established): Outcome {
  if (!proof || !events || !included) return UNREACHED;
  const { then, standing } = foldStanding(events.keyEvents, proof.index);
  if (then === 'active') return passed(standing.state);
  if (then === 'unknown') return failed('issuer-key-unlogged', 'the key was logged after the attestation');
  return failed(then === 'revoked' ? 'issuer-key-revoked' : 'issuer-key-quarantined', standing.cause);
}

function accountability(known: Established): Outcome {
  const { claim, trail, log, included, input } = known;
  if (!claim || !trail) return UNREACHED;
  known.findings = examineEvidence(input.evidenceKinds, claim, trail.evidence);
  if (!included) return UNREACHED;
  const { level } = claim.accountability;
  const witnessed = log?.quorum === true && log.cosignatures.ok && log.cosignatures.value.length > 0;
  const rerunnable = ({ kind, recognised, bound }: EvidenceFinding): boolean =>
    input.evidenceKinds.some((each) => each.kind === kind && each.replayable) &&
    recognised === 'passed' &&
    bound === 'passed';
  const kept =
    level === 'logged' ||
    (witnessed && (level === 'witnessed' || known.findings.some(level === 'replayable' ? rerunnable : proved)));
  return kept ? passed(level) : failed('accountability-downgraded', level);
}

const proved = ({ genuine, recognised, bound }: EvidenceFinding): boolean =>
  [genuine, recognised, bound].every((each) => each === 'passed');

function evidence({ claim, findings }: Established): Outcome {
  if (!claim || !findings) return UNREACHED;
  if (findings.length === 0) return skipped('the claim names no evidence');
  const broken = findings.find((each) => [each.genuine, each.recognised, each.bound].includes('failed'));
  if (broken) return failed('evidence-failed', `${broken.kind}: ${broken.reason ?? ''}`);
  return findings.every(proved) ? passed() : skipped('not yet established here');
}

function content(known: Established): Outcome {
  const { claim, input } = known;
  if (!claim) return UNREACHED;
  if (!input.page) return skipped('there was nothing to compare');
  const { lines, bytes } = input.page;
  const attested = known.passages ?? [];
  const compared = compareContent({ attested, page: lines ?? [] });
  const sameBytes = bytes !== undefined && equalBytes(sha256(bytes), claim.output.digest);
  const whole = { match: 'exact', matched: compared.of, differing: [], missing: [], reordered: false } as const;
  known.content = sameBytes ? { ...compared, ...whole } : compared;
  return known.content.match === 'none' ? failed('content-none') : passed(known.content.match);
}
