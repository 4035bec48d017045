/** What an entry must be wherever it stands: a statement, of the right type at the start, by the registrar where one speaks. */
import {
  parseStatement,
  type Statement,
  type StatementReason,
  type StatementType,
  verifyStatement,
} from '#shared/attestation/statement.ts';
import type { Trust } from '#shared/trust/trust.ts';

/** What is wrong with an entry. */
export interface EntryFault {
  readonly reason: StatementReason | 'type-out-of-place' | 'not-by-registrar';
  readonly detail: string;
}

const FIRST_TYPES: readonly StatementType[] = ['epoch', 'policy'];
const REGISTRAR_TYPES: readonly StatementType[] = ['epoch', 'policy', 'key'];

/** Public keys of the registrars that the trust names for a log. */
export const registrarsOf = (trust: Trust | undefined, origin: string): Uint8Array[] =>
  (trust?.registrars ?? []).filter((each) => each.log === origin).map((each) => each.publicKey);

/**
 * Reads the entry at `index`. Without registrars nothing is known against a registrar's statement.
 *
 * Not checked here: signatures of issuers, whose keys are in preimages that the log never holds.
 */
export function examineEntry(
  entry: Uint8Array,
  index: number,
  registrars: readonly Uint8Array[],
): { readonly statement?: Statement; readonly faults: readonly EntryFault[] } {
  const parsed = parseStatement(entry);
  if (!parsed.ok) return { faults: [{ reason: parsed.reason, detail: parsed.detail ?? 'not a statement' }] };
  const statement = parsed.value;
  const { type } = statement;
  const faults: EntryFault[] = [];
  const expected = FIRST_TYPES[index];
  if (expected !== undefined && type !== expected) {
    faults.push({ reason: 'type-out-of-place', detail: `is of type ${type}, must be ${expected}` });
  }
  const signed = registrars.length === 0 || registrars.some((key) => verifyStatement(statement, key));
  if (REGISTRAR_TYPES.includes(type) && !signed) {
    faults.push({ reason: 'not-by-registrar', detail: `${type} statement is not signed by a registrar of this log` });
  }
  return { statement, faults };
}
