/** An entry of a test world in each form that the log gives it without its trail, and the verdict on it. */
import { keyThumbprint } from '#shared/attestation/key.ts';
import { statementId } from '#shared/attestation/statement.ts';
import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import { inclusionProof, treeRoot } from '#shared/log/merkle.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { signReceipt } from '#shared/receipt/receipt.ts';
import type { Check, CheckId, Verdict } from '#shared/verdict/verdict.ts';
import { type LoggedStatementInput, verifyLoggedStatement } from '#shared/verdict/verify-logged-statement.ts';
import { type Entry, keyPair, World } from '../../support/build-trail.ts';
import { TEXT, trustOf } from './world.ts';

export const built = new World();
export const entry = built.issue(TEXT);
export const other = built.issue('Some other output of the same issuer.');
for (let i = 0; i < 6; i++) built.issue(`And output number ${i}.`);

export const named = ({ publicKey }: { publicKey: Uint8Array }) => ({ kid: keyThumbprint(publicKey), publicKey });
export const receiptPair = keyPair('receipts');
export const keys = [named(keyPair('registrar')), named(receiptPair)];
export const issuerKeys = [named(built.issuer)];

export function receiptOf(
  { statement, index }: Entry,
  change: Partial<Parameters<typeof signReceipt>[0]> = {},
): Uint8Array {
  const leaves = built.leaves();
  const path = inclusionProof(leaves, index);
  const content = { log: built.origin, subject: statementId(statement), size: leaves.length, index, path };
  return signReceipt({ ...content, root: treeRoot(leaves), ...change }, receiptPair);
}

export const tlogProof = built.proof(entry.index);
export const receipts = (...all: Uint8Array[]) => ({ receipts: all, keys });
export const receipt = receiptOf(entry);

const trust = [trustOf(built)];
const opened = new Map();

/** The verdict with everything given, except where changed. */
export const judged = (proof: LoggedStatementInput['proof'], more: Partial<LoggedStatementInput> = {}): Verdict =>
  verifyLoggedStatement({
    statement: entry.statement,
    claim: entry.claim,
    proof,
    issuerKeys,
    trust,
    ...(more.trust === undefined && { opened }),
    evidenceKinds: EVIDENCE_KINDS,
    noteAlgorithms: NOTE_ALGORITHMS,
    ...more,
  });

export const idsOf = ({ checks }: Verdict, wanted: Check['status']): CheckId[] =>
  checks.filter(({ status }) => status === wanted).map(({ id }) => id);
export const detailOf = ({ checks }: Verdict, wanted: CheckId): string | undefined =>
  checks.find(({ id }) => id === wanted)?.detail;
