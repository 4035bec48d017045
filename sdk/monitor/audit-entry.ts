/** One entry as a monitor sees it: well-formed, signed by a key the log had recorded, and of interest or not. */
import { type Statement, statementId, verifyStatement } from '#shared/attestation/statement.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { parseClaim } from '#shared/claim/claim.ts';
import type { LogSource } from '#shared/log/log-files.ts';
import { SHARD_LIST_MEDIA_TYPE, SUCCESSOR_MEDIA_TYPE } from '#shared/shards/shard-list.ts';
import { examineEntry } from '../log/examine-entry.ts';
import { examineGenesis, fetchPreimage } from '../log/examine-genesis.ts';
import type { AlertEvent, ProblemEvent } from './events.ts';
import type { KeyLedger } from './key-ledger.ts';

/** What to look out for. */
export interface Watch {
  /** Origins. */
  readonly issuers: readonly string[];
  /** Texts by the lower-case hex of their bind digest, with the name to tell them by. */
  readonly texts: ReadonlyMap<string, string>;
}

export type Finding = AlertEvent | ProblemEvent;

/** What is needed to judge an entry besides the entry. */
export interface EntryContext {
  readonly registrars: readonly Uint8Array[];
  /** Those that the trust document names; none, and genesis is not asked about them. */
  readonly receiptKeys: readonly Uint8Array[];
  readonly keys: KeyLedger;
  readonly watch: Watch;
}

/** Statements of type epoch that are not genesis. */
const RECORDS: readonly string[] = [SHARD_LIST_MEDIA_TYPE, SUCCESSOR_MEDIA_TYPE];

/**
 * The preimage of a statement where one is needed: of key events always, of genesis to compare the receipt key, of
 * outputs only to find watched texts.
 *
 * @throws LogUnreachable
 */
export async function readPreimage(
  service: LogSource,
  statement: Statement,
  { watch, receiptKeys }: Pick<EntryContext, 'watch' | 'receiptKeys'>,
): Promise<Uint8Array | undefined> {
  const { type, preimageType } = statement;
  const genesis = !RECORDS.includes(preimageType) && receiptKeys.length > 0;
  const needed = { key: true, epoch: genesis, output: watch.texts.size > 0 };
  return type in needed && needed[type as keyof typeof needed] ? fetchPreimage(service, statement) : undefined;
}

/** Judges the next entry, and takes what it says about keys. */
export function auditEntry(
  entry: Uint8Array,
  index: number,
  preimage: Uint8Array | undefined,
  { registrars, receiptKeys, keys, watch }: EntryContext,
): Finding[] {
  const id = statementId(entry);
  const problem = (reason: ProblemEvent['reason'], detail: string): Finding => ({
    event: 'problem',
    index,
    id,
    reason,
    detail,
  });
  const { statement, faults } = examineEntry(entry, index, registrars);
  const findings = faults.map(({ reason, detail }) => problem(reason, detail));
  if (statement === undefined) return findings;
  const { type, issuer } = statement;
  const seen = { event: 'alert', index, id, issuer, type } as const;
  if (type === 'key') {
    // What the registrar has not signed changes no key.
    if (faults.length > 0) return findings;
    if (preimage === undefined) return [problem('key-event-unavailable', 'what the registrar signed is not served')];
    const event = keys.apply(index, preimage);
    if (!event.ok) return [problem(event.reason, event.detail ?? event.reason)];
    const { action, kid } = event.value;
    if (!watch.issuers.includes(event.value.issuer)) return [];
    return [{ ...seen, alert: 'issuer', issuer: event.value.issuer, action, kid: toHex(kid) }];
  }
  // Shard lists and ends are of type epoch too; genesis is the first entry.
  const genesis = index === 0 && type === 'epoch' ? examineGenesis(preimage, receiptKeys) : undefined;
  if (genesis) findings.push(problem(genesis.reason, genesis.detail));
  if (type !== 'epoch' && type !== 'policy') {
    const fault = issuerFault(statement, keys);
    if (fault !== undefined) findings.push(problem(fault, `signed in the name of ${issuer}`));
  }
  if (watch.issuers.includes(issuer)) findings.push({ ...seen, alert: 'issuer' });
  const claim = type === 'output' && preimage !== undefined ? parseClaim(preimage) : undefined;
  const text = claim?.ok ? watch.texts.get(toHex(claim.value.output.digest)) : undefined;
  if (text !== undefined) findings.push({ ...seen, alert: 'text', text });
  return findings;
}

function issuerFault(statement: Statement, keys: KeyLedger): ProblemEvent['reason'] | undefined {
  const key = keys.key(statement.kid);
  if (key === undefined || key.issuer !== statement.issuer) return 'issuer-key-unknown';
  if (key.state !== 'active') return 'issuer-key-inactive';
  return verifyStatement(statement, key.publicKey) ? undefined : 'issuer-signature-invalid';
}
