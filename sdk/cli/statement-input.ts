/** What `verify` reads beside a statement that comes without its trail: claim, tlog-proof and keys. */
import { type IssuerKey, parseCoseKey, parseKeySet } from '#shared/attestation/key.ts';
import { parseStatement } from '#shared/attestation/statement.ts';
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { MAX_CLAIM_BYTES } from '#shared/limits.ts';
import { MAX_PROOF_LENGTH } from '#shared/log/proof.ts';
import { parseTransparentStatement } from '#shared/receipt/transparent-statement.ts';
import type { LoggedStatementInput } from '#shared/verdict/verify-logged-statement.ts';
import type { Arguments, OptionSpec } from './command.ts';
import { type DocumentKind, isAddress, readDocument } from './document-input.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export const STATEMENT_OPTIONS = {
  proof: { type: 'string', value: 'FILE', help: 'tlog-proof of a statement; with it no receipt is read' },
  claim: { type: 'string', value: 'FILE', help: 'claim of a statement, to see what it says and to compare the output' },
  'issuer-key': { type: 'string', value: 'FILE', help: "the issuer's COSE Key or Key Set, for a statement" },
  'receipt-key': { type: 'string', value: 'FILE', help: "the log's receipt key, instead of the one in the policy" },
} as const satisfies Record<string, OptionSpec>;

const COSE_SIGN1 = 0xd2;
const MAX_KEYS_BYTES = 16 * 1024;

const PROOF: DocumentKind = { what: 'the proof', maxBytes: MAX_PROOF_LENGTH, accept: 'text/plain' };
const CLAIM: DocumentKind = { what: 'the claim', maxBytes: MAX_CLAIM_BYTES, accept: '*/*' };
const KEYS = { maxBytes: MAX_KEYS_BYTES, accept: 'application/cose-key-set, application/cose-key' };

/** A statement begins with the tag of COSE_Sign1, a trail with a brace. */
export const isStatement = (bytes: Uint8Array): boolean => bytes[0] === COSE_SIGN1;

/** Fails where an option was given that says nothing about a trail. */
export function refuseStatementOptions(args: Arguments): void {
  const given = Object.keys(STATEMENT_OPTIONS).find((name) => args.text(name) !== undefined);
  if (given === undefined) return;
  throw new CommandFailure(
    EXIT.malformed,
    `--${given} goes with a statement, and this is none`,
    'A trail carries its own claim, proof and key events.',
  );
}

/** What the reader holds of a statement. */
type StatementParts = Pick<LoggedStatementInput, 'statement' | 'claim' | 'proof' | 'issuerKeys'>;

/** The statement and what was given beside it; `undefined` where it is neither signed nor Transparent Statement. */
export async function readStatement(
  bytes: Uint8Array,
  args: Arguments,
  terminal: Terminal,
): Promise<StatementParts | undefined> {
  const transparent = parseTransparentStatement(bytes);
  const statement = transparent.ok ? transparent.value.statement : bytes;
  const signed = parseStatement(statement);
  const [proofPath, keyPath] = [args.text('proof'), args.text('receipt-key')];
  if (proofPath === undefined && !transparent.ok) {
    if (!signed.ok) return undefined;
    throw new CommandFailure(
      EXIT.malformed,
      'this statement carries no receipt',
      'Give its tlog-proof with --proof, or the Transparent Statement, which the log serves at /entries/ID/statement.',
    );
  }
  if (proofPath !== undefined && keyPath !== undefined) {
    throw new CommandFailure(
      EXIT.malformed,
      '--proof and --receipt-key exclude each other',
      'A tlog-proof is signed by the key in the policy; give --receipt-key to have the receipts checked instead.',
    );
  }
  const compared = ['text', 'image'].find((name) => args.text(name) !== undefined);
  if (compared !== undefined && args.text('claim') === undefined) {
    throw new CommandFailure(
      EXIT.malformed,
      `--${compared} needs --claim beside a statement`,
      `A statement signs the digest of its claim; only the claim says what the ${compared} was.`,
    );
  }
  const claim = await readCompanion(args.text('claim'), CLAIM, terminal);
  const issuerKeys = await readKeys(args.text('issuer-key'), 'the issuer key', terminal);
  if (signed.ok) checkKeyOrigin(args.text('issuer-key'), signed.value.issuer);
  const proof =
    proofPath === undefined
      ? {
          receipts: transparent.ok ? transparent.value.receipts : [],
          keys: await readKeys(keyPath, 'the receipt key', terminal),
        }
      : await readProof(proofPath, terminal);
  return { statement, proof, issuerKeys, ...(claim && { claim }) };
}

async function readProof(path: string, terminal: Terminal): Promise<string> {
  // Bytes that are no text are no proof either, and the verifier says so.
  return fromUtf8((await readCompanion(path, PROOF, terminal)) ?? new Uint8Array(0)) ?? '';
}

async function readCompanion(
  path: string | undefined,
  kind: DocumentKind,
  terminal: Terminal,
): Promise<Uint8Array | undefined> {
  if (path === undefined) return undefined;
  const document = await readDocument(path, kind, terminal);
  if (document.state === 'read') return document.bytes;
  throw new CommandFailure(
    EXIT.unproven,
    `${kind.what} cannot be had from ${path}: ${document.detail}`,
    'Check the address and the network, or give a saved file.',
  );
}

async function readKeys(path: string | undefined, what: string, terminal: Terminal): Promise<readonly IssuerKey[]> {
  const bytes = await readCompanion(path, { ...KEYS, what }, terminal);
  if (bytes === undefined) return [];
  const set = parseKeySet(bytes);
  if (set.ok) return set.value;
  const key = parseCoseKey(bytes);
  if (key.ok) return [key.value];
  throw new CommandFailure(
    EXIT.malformed,
    `${what} "${path}" cannot be read: neither a COSE Key Set nor a COSE Key of ours`,
    'It is what an origin serves at /.well-known/scitt-keys: Ed25519 keys, each named by its thumbprint.',
  );
}

/** An address says whose keys these are; a file is the reader's own word. */
function checkKeyOrigin(path: string | undefined, issuer: string): void {
  if (path === undefined || !isAddress(path) || new URL(path).origin === issuer) return;
  throw new CommandFailure(
    EXIT.malformed,
    `the issuer key is not from ${issuer}, which signed the statement`,
    `Its keys are at ${issuer}/.well-known/scitt-keys. If you have them from elsewhere, save them and give the file.`,
  );
}
