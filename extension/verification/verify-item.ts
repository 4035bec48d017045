/**
 * From a trail and the text that stands on the page to a report, all on this machine.
 *
 * Steps: load the trail → verify with the reader's trust, and with the shards that follow from it → demand consistency with the kept
 * checkpoint → verify again with it → keep trail and checkpoint if they deserve it.
 */
import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import { encodeForkProof } from '#shared/log/fork-proof.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import type { Trust } from '#shared/trust/trust.ts';
import { unprovenBecause } from '#shared/verdict/unproven.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import type { TrailSource } from '../messaging/protocol.ts';
import { freezeLog, keepCheckpoint, listForks } from '../trails/checkpoint-store.ts';
import { fetchTrail, keepTrail } from '../trails/fetch-trail.ts';
import { mayName } from '../trails/private-host.ts';
import { tileReader } from '../trails/tiles.ts';
import { beyond, checkpointOf, compareWithKept, contradictionIn, type TrailCheckpoint } from './consistency.ts';
import { type Report, reportOf, withoutConsistency } from './report.ts';
import { lookForShard, type WidenedTrust, widenedTrust } from './shards.ts';

/** A report and the trail it is about. */
export interface Checked {
  readonly report: Report;
  readonly trail?: string;
  /** The issuer took the claim back. */
  readonly withdrawn?: true;
}

/** What stands on the page. Without lines there is nothing to compare. */
export interface Standing {
  readonly lines?: readonly string[];
  /** Words seen there that could not be read as text. */
  readonly unread?: number;
}

/**
 * Verifies a trail against the text that stands on the page.
 *
 * @param options - `now` in milliseconds; `force` asks the network even where a recent copy is at hand; `page` is the
 *   address of the page that named the trail, where one did
 */
export async function verifyItem(
  source: TrailSource,
  text: Standing,
  options: { now: number; force?: boolean; page?: string },
): Promise<Checked> {
  if ('inline' in source) return verifyText(source.inline, text, options);
  const target = URL.parse(source.url);
  if (target === null || (options.page !== undefined && !mayName(target, URL.parse(options.page)))) {
    return { report: reportOf(unprovenBecause('trail-unreachable'), { trailUrl: source.url }) };
  }
  const fetched = await fetchTrail(source.url, options.now, options.force);
  const links = { trailUrl: source.url, ...pageUrlOf(source.url) };
  if (!fetched.ok) {
    const report = reportOf(unprovenBecause(fetched.reason), { trailUrl: source.url });
    return { report, ...(fetched.withdrawn && { withdrawn: true }) };
  }
  const saved = fetched.savedAt === undefined ? {} : { savedAt: fetched.savedAt };
  const checked = await verifyText(fetched.text, text, { now: options.now, trailAddress: source.url });
  if (fetched.savedAt === undefined && checked.report.facts !== undefined) {
    await keepTrail(source.url, fetched.text, options.now);
  }
  return { ...checked, report: { ...checked.report, ...links, ...saved } };
}

/**
 * Verifies a trail's text. The network is asked only for tiles, and only if a kept checkpoint demands it.
 *
 * @param options - `offline` never asks: what a kept checkpoint would then demand counts as not checked
 */
export async function verifyText(
  trail: string,
  { lines, unread }: Standing,
  options: { now: number; trailAddress?: string; offline?: boolean },
): Promise<Checked> {
  const current = checkpointOf(trail);
  const given = {
    trail,
    now: Math.floor(options.now / 1000),
    evidenceKinds: EVIDENCE_KINDS,
    noteAlgorithms: NOTE_ALGORITHMS,
    ...(lines === undefined ? {} : { page: { lines } }),
  };
  let known = await widenedTrust();
  let input = { ...given, trust: known.trust, opened: new Map() };
  let first = verifyTrail(input);
  let shardsRefused: string | undefined;
  if (current !== undefined && !options.offline && first.reasons.includes('log-unknown')) {
    const { found, refused } = await lookForShard(current.checkpoint.origin, options.now);
    shardsRefused = refused;
    if (found) {
      known = await widenedTrust();
      input = { ...given, trust: known.trust, opened: new Map() };
      first = verifyTrail(input);
    }
  }
  const histories =
    current === undefined || !passed(first, 'log-signature')
      ? {}
      : await compareHistories(input, first, current, { ...options, ended: known.ended });
  const { verdict = first, fork, unasked } = histories;
  const report = reportOf(verdict, {
    ...(fork && { fork }),
    ...(unread !== undefined && { unread }),
    ...(shardsRefused !== undefined && { shardsRefused }),
  });
  return { report: unasked ? withoutConsistency(report) : report, trail };
}

interface Histories {
  readonly verdict?: Verdict;
  readonly fork?: true;
  /** The log could not be asked whether it only grew. */
  readonly unasked?: true;
}

async function compareHistories(
  given: Parameters<typeof verifyTrail>[0],
  first: Verdict,
  { checkpoint, note }: TrailCheckpoint,
  { trailAddress, offline, ended }: { trailAddress?: string; offline?: boolean; ended: WidenedTrust['ended'] },
): Promise<Histories> {
  const frozen = (await listForks()).find(({ origin }) => origin === checkpoint.origin);
  if (frozen !== undefined) {
    const contradiction = contradictionIn(frozen.file, checkpoint);
    return { verdict: verifyTrail({ ...given, knownCheckpoint: contradiction }), fork: true };
  }
  // Nothing after the end of a frozen shard is that shard's, whoever signed it; there is no proof that it could be.
  if (checkpoint.size > (ended.get(checkpoint.origin) ?? checkpoint.size)) {
    return { verdict: verifyTrail({ ...given, knownCheckpoint: beyond(checkpoint) }) };
  }
  const read = offline ? undefined : tileReader(logBase(given.trust, checkpoint.origin, trailAddress));
  const compared = await compareWithKept(checkpoint, read);
  if (compared.state === 'unasked') return { unasked: true };
  if (compared.state === 'fork') {
    const { kept, known, evidence } = compared;
    const at = given.now ?? 0;
    const file = encodeForkProof({ at, kept, offered: note, ...(evidence && { evidence }) });
    await freezeLog({ origin: checkpoint.origin, at, file });
    return { verdict: verifyTrail({ ...given, knownCheckpoint: known }), fork: true };
  }
  const verdict = compared.state === 'first' ? first : verifyTrail({ ...given, knownCheckpoint: compared.known });
  const deserves = passed(verdict, 'witness-quorum') && (compared.state === 'first' || passed(verdict, 'consistency'));
  if (deserves) await keepCheckpoint(checkpoint, note);
  return { verdict };
}

function passed(verdict: Verdict, id: string): boolean {
  return verdict.checks.some((check) => check.id === id && check.status === 'passed');
}

/** Where a log's tiles are: the address in the reader's policy, else beside the trail. */
function logBase(trust: readonly Trust[], origin: string, trailAddress: string | undefined): string {
  for (const { policy } of trust) {
    const url = policy.logs.find(({ key }) => key.name === origin)?.url;
    if (url !== undefined) return url;
  }
  const url = trailAddress === undefined ? null : URL.parse(trailAddress);
  return url === null ? 'about:blank' : new URL('/log/', url).href;
}

/** The page for people that stands beside `…/v1/trails/<id>`. */
function pageUrlOf(trailUrl: string): { pageUrl?: string } {
  const match = /^(https?:\/\/[^?#]*)\/v1\/trails\/([\w-]{43})$/.exec(trailUrl);
  return match === null ? {} : { pageUrl: `${match[1]}/t/${match[2]}` };
}
