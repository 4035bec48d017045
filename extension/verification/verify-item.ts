/**
 * From a trail and the text that stands on the page to a report, all on this machine.
 *
 * Steps: load the trail → verify with the reader's trust → demand consistency with the kept
 * checkpoint → verify again with it → keep trail and checkpoint if they deserve it.
 */
import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import type { Trust } from '#shared/trust/trust.ts';
import { unprovenBecause } from '#shared/verdict/unproven.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import type { TrailSource } from '../messaging/protocol.ts';
import { freezeLog, keepCheckpoint, listForks } from '../trails/checkpoint-store.ts';
import { fetchTrail, keepTrail } from '../trails/fetch-trail.ts';
import { tileReader } from '../trails/tiles.ts';
import { activeTrust } from '../trails/trust-store.ts';
import { checkpointOf, compareWithKept, type TrailCheckpoint } from './consistency.ts';
import { type Report, reportOf } from './report.ts';

/** A report and the trail it is about. */
export interface Checked {
  readonly report: Report;
  readonly trail?: string;
}

/** Verifies a trail against the lines that stand on the page (absent: nothing to compare). */
export async function verifyItem(
  source: TrailSource,
  lines: readonly string[] | undefined,
  options: { now: number; force?: boolean },
): Promise<Checked> {
  if ('inline' in source) return verifyText(source.inline, lines, options.now);
  const fetched = await fetchTrail(source.url, options.now, options.force);
  const links = { trailUrl: source.url, ...pageUrlOf(source.url) };
  if (!fetched.ok) return { report: reportOf(unprovenBecause(fetched.reason), { trailUrl: source.url }) };
  const saved = fetched.savedAt === undefined ? {} : { savedAt: fetched.savedAt };
  const checked = await verifyText(fetched.text, lines, options.now, source.url);
  if (fetched.savedAt === undefined && checked.report.facts !== undefined) {
    await keepTrail(source.url, fetched.text, options.now);
  }
  return { ...checked, report: { ...checked.report, ...links, ...saved } };
}

/** Verifies a trail's text; the network is asked only for tiles, and only if a kept checkpoint demands it. */
export async function verifyText(
  trail: string,
  lines: readonly string[] | undefined,
  now: number,
  trailAddress?: string,
): Promise<Checked> {
  const trust = await activeTrust();
  const given = {
    trail,
    trust,
    now: Math.floor(now / 1000),
    evidenceKinds: EVIDENCE_KINDS,
    opened: new Map(),
    ...(lines === undefined ? {} : { page: { lines } }),
  };
  const first = verifyTrail(given);
  const current = checkpointOf(trail);
  if (current === undefined || !passed(first, 'log-signature')) return { report: reportOf(first), trail };
  return { ...(await withConsistency(given, first, current, trailAddress)), trail };
}

async function withConsistency(
  given: Parameters<typeof verifyTrail>[0],
  first: Verdict,
  current: TrailCheckpoint,
  trailAddress: string | undefined,
): Promise<Checked> {
  const { checkpoint, note } = current;
  const frozen = (await listForks()).find(({ origin }) => origin === checkpoint.origin);
  if (frozen !== undefined) {
    return { report: reportOf(first, { fork: true }) };
  }
  const read = tileReader(logBase(given.trust, checkpoint.origin, trailAddress));
  const compared = await compareWithKept(checkpoint, read);
  if (compared.state === 'fork') {
    await freezeLog({ origin: checkpoint.origin, at: (given.now ?? 0) * 1000, kept: compared.kept, offered: note });
    return { report: reportOf(verifyTrail({ ...given, knownCheckpoint: compared.known }), { fork: true }) };
  }
  const verdict = compared.state === 'first' ? first : verifyTrail({ ...given, knownCheckpoint: compared.known });
  const deserves = passed(verdict, 'witness-quorum') && (compared.state === 'first' || passed(verdict, 'consistency'));
  if (deserves) await keepCheckpoint(checkpoint, note);
  return { report: reportOf(verdict) };
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
