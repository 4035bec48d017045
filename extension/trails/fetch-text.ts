/**
 * The attested text itself, where its issuer published it. Believed only if it is the one that was signed: its digest is
 * the claim's.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { equalBytes, fromUtf8 } from '#shared/bytes/bytes.ts';
import { type Claim, parseClaim } from '#shared/claim/claim.ts';
import { bindBytes } from '#shared/text/bind.ts';
import { isTextType, renderedLines } from '#shared/text/text-type.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { fetchBounded } from './fetch-bounded.ts';

const MAX_TEXT_BYTES = 4 << 20;
/** Texts kept in memory: a page is often asked about again, and a text never changes. */
const MAX_KEPT = 8;
const kept = new Map<string, readonly string[]>();

/** The rendered lines of the text that a trail attests, or nothing where it is not published or not the signed one. */
export async function fetchAttestedLines(
  { id, log }: { readonly id: string; readonly log: string },
  trailText: string,
): Promise<readonly string[] | undefined> {
  const trail = parseTrail(trailText);
  const claim = trail.ok ? parseClaim(trail.value.claim) : trail;
  if (!claim.ok) return undefined;
  const address = `${log}/v1/texts/${id}`;
  const known = kept.get(address);
  if (known !== undefined) return known;
  const fetched = await fetchBounded(address, MAX_TEXT_BYTES, claim.value.output.type);
  const text = fetched.ok ? fromUtf8(fetched.bytes) : undefined;
  const lines = text === undefined ? undefined : linesOf(text, claim.value.output);
  if (lines === undefined) return undefined;
  kept.set(address, lines);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  return lines;
}

function linesOf(text: string, { type, digest }: Claim['output']): string[] | undefined {
  if (!equalBytes(sha256(bindBytes(text)), digest)) return undefined;
  return isTextType(type) ? renderedLines(text, type) : undefined;
}
