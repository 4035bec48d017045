/** What the trail page says, in plain words; describes what happened, never whether a text is true. */

import type { Claim } from '#shared/claim/claim.ts';
import type { CheckId, Verdict } from '#shared/verdict/verdict.ts';

export const CHECK_WORDS: Record<CheckId, string> = {
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

const HEADLINES: Record<Verdict['verdict'], string> = {
  verified: 'The trail holds',
  unproven: 'Nothing is proved here',
  invalid: 'The trail contradicts itself',
  unsupported: 'This trail is newer than this page',
};

export function headline({ verdict, content }: Verdict): string {
  if (content.match === 'none') return 'The trail is about another text';
  if (verdict !== 'verified' || content.match === 'not-compared') return HEADLINES[verdict];
  if (content.match === 'exact') return 'The trail holds, and the text is the attested text';
  return `The trail holds for ${content.matched} of ${content.of} passages`;
}

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
