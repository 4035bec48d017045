/**
 * The verdict on a Signed Statement that comes without a trail: with a tlog-proof, or with COSE Receipts.
 *
 * The same checks in the same order. What only a trail carries (key events, evidence, passages) and what a receipt does
 * not sign (witnesses, tree size, index) is skipped or failed, never assumed, so the best verdict here is `unproven`.
 * Spec: docs/spec/receipt.md.
 */

import { type IssuerKey, keyThumbprint } from '../attestation/key.ts';
import { statementId, verifyStatement } from '../attestation/statement.ts';
import { equalBytes } from '../bytes/bytes.ts';
import { inclusionRoot, leafHash } from '../log/merkle.ts';
import { quorumMet } from '../log/policy.ts';
import { parseReceipt, type Receipt, verifyReceipt } from '../receipt/receipt.ts';
import { err, ok, type Result } from '../result.ts';
import type { Trust } from '../trust/trust.ts';
import type { Established, VerifyTrailInput } from './established.ts';
import type { OpenedLog } from './open-log.ts';
import type { Reason } from './reasons.ts';
import { failed, makeChecks, type Outcome, passed, STEPS } from './steps.ts';
import type { CheckId, Verdict } from './verdict.ts';

/** A statement, what shows that it is logged, and the reader's own trust and keys. */
export interface LoggedStatementInput extends Omit<VerifyTrailInput, 'trail'> {
  /** COSE_Sign1 bytes as logged, without receipts. */
  readonly statement: Uint8Array;
  /** The preimage of its payload; without it nothing is known of the output. */
  readonly claim?: Uint8Array;
  /**
   * C2SP tlog-proof text, or receipts with the keys that the reader takes for the log's receipt keys. Where it gives
   * none, those that its trust document names for the log count.
   */
  readonly proof: string | { readonly receipts: readonly Uint8Array[]; readonly keys: readonly IssuerKey[] };
  /** Keys that the reader takes for the issuer's. */
  readonly issuerKeys?: readonly IssuerKey[];
}

/** `usual` makes the check as it is made over a trail. */
type Override = (known: Established, usual: () => Outcome) => Outcome;
type Overrides = Partial<Readonly<Record<CheckId, Override>>>;

const unknown = (detail: string): Outcome => ({ status: 'skipped', detail });
const unlessFailed = (outcome: Outcome, instead: Outcome): Outcome => (outcome.status === 'failed' ? instead : outcome);

/**
 * Checks a logged statement without its trail. Never throws on hostile input; never answers `verified`, because nothing
 * here shows whether the signing key was registered, or in good standing.
 *
 * @returns the verdict, with the checks of a trail; `key-events-absent` is always among the reasons
 * @example
 * import { verifyLoggedStatement } from '#shared/verdict/verify-logged-statement.ts';
 * const statement = Uint8Array.of(0xa0);
 * const verdict = verifyLoggedStatement({ statement, proof: '', trust: [], evidenceKinds: [], noteAlgorithms: [] });
 * verdict.reasons; // => ['statement-malformed', 'proof-malformed', 'key-events-absent']
 */
export function verifyLoggedStatement(input: LoggedStatementInput): Verdict {
  const { statement, claim, proof, issuerKeys = [], ...reader } = input;
  const overrides: Overrides = {
    'trail-format': (known) => {
      const text = typeof proof === 'string' ? proof : '';
      known.trail = { statement, claim: claim ?? new Uint8Array(0), proof: text, evidence: [], events: [] };
      return unknown(typeof proof === 'string' ? 'a statement with a tlog-proof' : 'a statement with receipts');
    },
    ...(typeof proof !== 'string' && receiptChecks(proof.receipts, proof.keys)),
    'issuer-key': () => failed('key-events-absent'),
    'issuer-signature': (known) => issuerSignature(known, issuerKeys),
    'issuer-standing': () => unknown('no key event tells'),
    accountability: (_, usual) => unlessFailed(usual(), unknown('only a trail carries what was promised')),
    ...(claim === undefined && WITHOUT_CLAIM),
  };
  return makeChecks(
    { input: { ...reader, trail: '' }, opened: reader.opened ?? new Map() },
    STEPS.map(([id, step]) => [id, (known) => overrides[id]?.(known, () => step(known)) ?? step(known)]),
  );
}

const noClaim: Override = () => unknown('no claim was given');
const WITHOUT_CLAIM: Overrides = {
  'claim-digest': noClaim,
  'claim-format': noClaim,
  passages: noClaim,
  accountability: noClaim,
  evidence: noClaim,
  content: noClaim,
};

/** By a key that the reader vouches for; whether the log does is another check. */
function issuerSignature({ statement }: Established, keys: readonly IssuerKey[]): Outcome {
  if (!statement) return unknown('an earlier check failed');
  if (keys.length === 0) return unknown('no issuer key was given');
  const key = keys.find(({ kid }) => equalBytes(kid, statement.kid));
  if (!key) return unknown('none of the keys given is the one it names');
  return verifyStatement(statement, key.publicKey)
    ? passed('by a key that was given')
    : failed('statement-signature-invalid');
}

function receiptChecks(receipts: readonly Uint8Array[], keys: readonly IssuerKey[]): Overrides {
  return {
    'log-signature': (known) => {
      const held = known.trail ? findReceipt(receipts, keys, known.trail.statement, known.input.trust) : undefined;
      if (!held?.ok) return failed(held?.reason ?? 'receipt-malformed', held?.detail);
      const { receipt, log } = held.value;
      known.proof = { index: receipt.index, hashes: receipt.path, checkpoint: '' };
      known.log = log;
      return passed(receipt.log);
    },
    'witness-quorum': (_, usual) => unlessFailed(usual(), failed('quorum-unmet', 'a receipt carries no cosignatures')),
    inclusion: (_, usual) => {
      const outcome = usual();
      return outcome.status === 'passed' ? passed(`${outcome.detail}, says the receipt`) : outcome;
    },
    consistency: () => unknown('a receipt signs no tree size'),
  };
}

type ReceiptFault = Extract<
  Reason,
  'receipt-invalid' | 'receipt-key-unknown' | 'log-unknown' | 'receipt-unsupported' | 'receipt-malformed'
>;

/** From the receipt that came nearest to the one that came least far. */
const FAULTS: readonly ReceiptFault[] = [
  'receipt-invalid',
  'receipt-key-unknown',
  'log-unknown',
  'receipt-unsupported',
  'receipt-malformed',
];

interface Held {
  readonly receipt: Receipt;
  readonly log: OpenedLog;
}

/** The first receipt that holds; a statement may carry those of logs that this reader does not know. */
function findReceipt(
  receipts: readonly Uint8Array[],
  keys: readonly IssuerKey[],
  statement: Uint8Array,
  trusts: readonly Trust[],
): Result<Held, ReceiptFault> {
  let nearest: Result<Held, ReceiptFault> = err('receipt-malformed', 'there is none');
  for (const bytes of receipts) {
    const tried = openReceipt(bytes, keys, statement, trusts);
    if (tried.ok) return tried;
    if (FAULTS.indexOf(tried.reason) <= FAULTS.indexOf(nearest.reason)) nearest = tried;
  }
  return nearest;
}

const receiptKeysOf = ({ registrars }: Trust, origin: string): IssuerKey[] =>
  registrars.flatMap(({ log, receiptKey }) =>
    log === origin && receiptKey ? [{ kid: keyThumbprint(receiptKey), publicKey: receiptKey }] : [],
  );

function openReceipt(
  bytes: Uint8Array,
  keys: readonly IssuerKey[],
  statement: Uint8Array,
  trusts: readonly Trust[],
): Result<Held, ReceiptFault> {
  const receipt = parseReceipt(bytes);
  if (!receipt.ok) return receipt;
  const { log: origin, subject, kid, index, size, path } = receipt.value;
  const trust = trusts.find(({ policy }) => policy.logs.some(({ key }) => key.name === origin));
  if (!trust) return err('log-unknown', origin);
  const known = keys.length > 0 ? keys : receiptKeysOf(trust, origin);
  const key = known.find((each) => equalBytes(each.kid, kid));
  if (!key) return err('receipt-key-unknown', origin);
  if (subject !== statementId(statement)) return err('receipt-invalid', 'about another entry');
  const leaf = leafHash(statement);
  const root = inclusionRoot({ leafHash: leaf, index, size, proof: path });
  if (!root || !verifyReceipt(receipt.value, leaf, key.publicKey)) return err('receipt-invalid', origin);
  const log = { checkpoint: { origin, size, root }, trust, cosignatures: ok([]), quorum: quorumMet(trust.policy, []) };
  return ok({ receipt: receipt.value, log });
}
