/** A picture against the claim of a record: its file by digest, its looks by hash. Nothing but the digest is ever exact. */
import { equalBytes } from '#shared/bytes/bytes.ts';
import { parseClaim } from '#shared/claim/claim.ts';
import { compareImages, type ImageLikeness } from '#shared/image/compare-images.ts';
import type { HashedImage } from '#shared/image/pdq.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { inQuestion } from '#shared/verdict/badge.ts';
import type { Report, ReportContent } from './report.ts';
import type { SeenPicture } from './see-picture.ts';

/** What is compared of a picture. */
type Compared = Pick<SeenPicture, 'digest'> & { readonly looks?: Pick<HashedImage, 'hash'> };

/** What the comparison found. */
export interface ComparedPicture {
  /** The same file. */
  readonly exact: boolean;
  /** Absent where one of the two has no hash. */
  readonly looks?: ImageLikeness;
  /** Nothing of the two could be compared. */
  readonly unread: boolean;
}

/** Compares a picture with what a trail attests; nothing for a trail that cannot be read. */
export function comparePicture(trailText: string, seen: Compared): ComparedPicture | undefined {
  const trail = parseTrail(trailText);
  const claim = trail.ok ? parseClaim(trail.value.claim) : trail;
  if (!claim.ok) return undefined;
  const { type, digest, match } = claim.value.output;
  const exact = seen.digest !== undefined && equalBytes(seen.digest, digest);
  const looks = match && seen.looks && compareImages(match.hash, seen.looks.hash);
  // Another digest says that it is another file; without one, only the looks say anything, and of a text nothing does.
  const unread = seen.digest === undefined && looks === undefined && type.startsWith('image/');
  return { exact, unread, ...(looks && { looks }) };
}

/** The report on a picture once it was compared: exact by its file, or not proven. */
export function withPicture(report: Report, compared: ComparedPicture | undefined): Report {
  const picture = pictureMatch(compared);
  const content: ReportContent = { ...report.content, picture };
  if (picture === 'unread' || report.facts === undefined) return { ...report, content };
  const isExact = picture === 'exact';
  const checks = report.checks.map((check) => {
    if (check.id !== 'content') return check;
    return isExact
      ? { id: check.id, status: 'passed' as const }
      : { id: check.id, status: 'failed' as const, reason: 'content-none' };
  });
  const match = isExact ? ('exact' as const) : ('none' as const);
  const reasons = isExact ? report.reasons : [...report.reasons, 'content-none'];
  const shown = { ...report, checks, reasons, content: { ...content, match } };
  if (report.verdict !== 'verified' || report.fork) return shown;
  if (!isExact) return { ...shown, verdict: 'unproven', icon: 'unproven' };
  return { ...shown, icon: inQuestion(report.standing) ? 'partial' : 'verified' };
}

function pictureMatch(compared: ComparedPicture | undefined): NonNullable<ReportContent['picture']> {
  if (compared === undefined || compared.unread) return 'unread';
  if (compared.exact) return 'exact';
  return compared.looks?.similar ? 'similar' : 'other';
}
