/**
 * Each reason in words, for the terminal: what it means, and what a reader can do about it where there is something.
 *
 * @see docs/spec/verdict-reasons.md
 */
import type { Reason } from '#shared/verdict/reasons.ts';

interface Words {
  readonly means: string;
  readonly advice?: string;
}

export const REASON_WORDS: Readonly<Record<Reason, Words>> = {
  'trail-not-found': { means: 'the address answered that there is no such trail', advice: "ask the page's publisher" },
  'trail-unreachable': {
    means: 'the address did not answer in time, or not with a trail',
    advice: 'try again later; a saved trail needs no server',
  },
  'trail-too-large': { means: 'the document is larger than 1 MiB; it was not read' },
  'trail-malformed': {
    means: 'the document is not a trail in its one spelling: cut short, re-formatted or something else',
    advice: 'fetch it again; save trails as they come',
  },
  'trail-unsupported': { means: 'the document says a newer version of the format', advice: 'update' },
  'statement-too-large': { means: 'the signed statement exceeds its limit' },
  'statement-malformed': { means: 'the signed statement is not a COSE_Sign1 of this profile in its one spelling' },
  'statement-unsupported': {
    means: 'the statement uses an algorithm or type this verifier does not know',
    advice: 'update',
  },
  'statement-not-output': { means: 'the trail is about something else than an output, a key event for example' },
  'claim-digest-mismatch': {
    means: 'the claim in the trail is not the one that was signed',
    advice: 'distrust the copy; fetch the trail from the log',
  },
  'claim-too-large': { means: 'the claim exceeds 32 KiB' },
  'claim-malformed': { means: 'the signed claim is not a claim in its one spelling' },
  'claim-unsupported': { means: 'the claim says a newer version', advice: 'update' },
  'passages-root-mismatch': {
    means: 'the passage digests in the trail do not give the root the claim signs',
    advice: 'fetch the trail from the log',
  },
  'proof-malformed': { means: 'the inclusion proof is not a C2SP tlog-proof', advice: 'fetch the trail from the log' },
  'log-unknown': {
    means: "no log in the reader's trust document issued this checkpoint",
    advice: 'give a policy (--policy) that names the log, if there is a reason to trust it',
  },
  'log-signature-incomplete': {
    means: 'the log signed the checkpoint, but not with every type of key that the trust document lists for it',
    advice: 'fetch the trail again; what the log signed before it had this key stays without it',
  },
  'log-signature-invalid': { means: 'the checkpoint names a trusted log but its signature does not verify' },
  'checkpoint-malformed': {
    means: 'the log signed something that is not a checkpoint',
    advice: "report to the log's operator",
  },
  'as-of-mismatch': {
    means: 'the trail says it reaches to another tree size than its checkpoint',
    advice: 'fetch the trail from the log',
  },
  'cosignature-invalid': {
    means: "a trusted witness's line is there but its signature does not verify",
    advice: 'fetch the trail again',
  },
  'quorum-unmet': {
    means: "too few of the reader's witnesses cosigned; copies of one cosignature count once",
    advice: 'fetch the trail later, when more have',
  },
  'policy-expired': {
    means: "the reader's trust document is past its validUntil",
    advice: 'update the trust document',
  },
  'inclusion-malformed': {
    means: 'the inclusion path has an impossible length or index',
    advice: 'fetch the trail from the log',
  },
  'inclusion-mismatch': { means: 'the statement is not the leaf the path proves under this root' },
  'consistency-unproven': {
    means: 'this checkpoint is not shown to continue the last one this reader saw',
    advice: 'check again with the log reachable',
  },
  'checkpoint-fork': {
    means: 'the log signed two histories that cannot both be: kept as evidence',
    advice: 'report it',
  },
  'registrar-unknown': {
    means: "no registrar in the reader's trust document vouches for keys in this log",
    advice: 'give a policy (--policy) that names the registrar',
  },
  'event-invalid': {
    means: 'a later event in the trail has a bad signature, claim or inclusion proof',
    advice: 'fetch the trail from the log',
  },
  'issuer-key-unlogged': {
    means: 'no key event in the trail registers the signing key for this issuer before the statement',
    advice: 'ask the issuer to register',
  },
  'statement-signature-invalid': { means: "the issuer's registered key did not make this signature" },
  'issuer-key-revoked': { means: 'the key was revoked, effective at or before this entry' },
  'issuer-key-quarantined': {
    means: 'the key was quarantined, effective at or before this entry',
    advice: "wait for the operator's finding",
  },
  'accountability-downgraded': {
    means:
      'the trail carries less than its claim promises: no quorum for witnessed, no recipe for replayable, no hardware evidence for attested',
    advice: 'ask the issuer for the missing part',
  },
  'evidence-failed': {
    means: 'a record named by the claim is there but is not genuine, not recognised or not bound to this output',
    advice: "see the evidence's own line among the assurances",
  },
  'content-none': {
    means: 'the trail holds, but it is about another text or image file than the one given',
    advice: "look at the trail's page for what it is about",
  },
  'receipt-malformed': {
    means: 'the statement carries no receipt that can be read',
    advice: 'fetch the statement from the log, or give a tlog-proof (--proof)',
  },
  'receipt-unsupported': {
    means: 'the receipt uses an algorithm, tree or kind of proof this verifier does not know',
    advice: 'update, or give a tlog-proof (--proof)',
  },
  'receipt-key-unknown': {
    means: 'neither the keys given nor, where none was, those of the policy include the one the receipt names',
    advice: "give the log's receipt key (--receipt-key); the first entry of the log records it",
  },
  'receipt-invalid': { means: "the receipt names the log's key, which did not sign it for this statement" },
  'key-events-absent': {
    means: 'a statement alone does not show whether its key was registered, nor whether it was revoked',
    advice: 'get the trail from the log, at /v1/trails/ and the id; it carries the events of the key',
  },
};
