/** What the trail page says, in plain words; describes what happened, never whether a text or an image is true. */

import type { Claim } from '#shared/claim/claim.ts';
import type { ImageLikeness } from '#shared/image/compare-images.ts';
import type { CheckId, Verdict } from '#shared/verdict/verdict.ts';

const CHECK_WORDS: Record<CheckId, string> = {
  'trail-format': 'The trail is complete and in its one spelling',
  'statement-format': 'The signed statement can be read',
  'claim-digest': 'The claim is the one that was signed',
  'claim-format': 'The claim can be read',
  passages: 'The passages are the ones the claim commits to',
  'log-signature': 'The log signed the state this proof leads to',
  'witness-quorum': 'Enough witnesses saw that state',
  'policy-current': 'The trust settings are current',
  inclusion: 'The statement stands in the log',
  consistency: 'The log still holds what was seen before',
  'issuer-key': 'The key was published by the issuer, as the log recorded',
  'issuer-signature': 'The issuer signed the statement',
  'issuer-standing': 'The key was good when the statement was logged',
  accountability: 'The trail carries what its claim promised',
  evidence: 'Evidence about the run itself',
  content: 'The text here is the attested text',
};

/** Whether the trail is about an image. */
export const isImage = ({ facts }: Verdict): boolean => facts?.claim.output.type.startsWith('image/') === true;

export const checkWords = (id: CheckId, verdict: Verdict): string =>
  id === 'content' && isImage(verdict) ? 'The image here is the attested image' : CHECK_WORDS[id];

const HEADLINES: Record<Verdict['verdict'], string> = {
  verified: 'The trail holds',
  unproven: 'Nothing is proved here',
  invalid: 'The trail contradicts itself',
  unsupported: 'This trail is newer than this page',
};

export function headline(given: Verdict): string {
  const { verdict, content } = given;
  const output = isImage(given) ? 'image' : 'text';
  if (verdict === 'invalid' || verdict === 'unsupported') return HEADLINES[verdict];
  if (content.match === 'none')
    return output === 'image' ? 'This is another file than the attested image' : 'The trail is about another text';
  if (verdict !== 'verified' || content.match === 'not-compared') return HEADLINES[verdict];
  if (content.match === 'exact') return `The trail holds, and the ${output} is the attested ${output}`;
  return `The trail holds for ${content.matched} of ${content.of} passages`;
}

/** Of an image with other bytes. Likeness is told and proves nothing, so the headline stays. */
export const likenessWords = ({ similar, distance }: ImageLikeness): string =>
  `${similar ? 'It looks like the attested one, in another file' : 'It looks different'}: ${distance} of 256 bits of their hashes differ. Images can be made to look alike; only the same bytes are the same image.`;

const BY: Record<Claim['run']['by'], string> = {
  self: 'produced by',
  relayed: 'relayed by',
  imported: 'imported by',
};

export const runWords = ({ run }: Claim): string => `${BY[run.by]} ${run.operator}`;

/** A time in UTC, to the minute. */
export const timeWords = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export function standingWords({ standing }: Verdict): string {
  const { state, cause, sinceIndex, validWhenLogged } = standing;
  if (state === 'active') return 'active';
  const since = sinceIndex === undefined ? '' : ` from entry ${sinceIndex}`;
  const what = state === 'revoked' && cause === 'retired' ? 'retired' : state;
  return `${what}${since}${cause && cause !== what ? ` (${cause})` : ''}${validWhenLogged ? '; valid when logged' : ''}`;
}
