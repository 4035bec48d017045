/** `witnessmark verify`: checks a trail or a logged statement, and the text it speaks about, on this machine. */

import { parseClaim } from '#shared/claim/claim.ts';
import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { STATEMENT_MEDIA_TYPE } from '#shared/receipt/transparent-statement.ts';
import { bindBytes } from '#shared/text/bind.ts';
import { renderedLines, type TextType } from '#shared/text/text-type.ts';
import { parseTrail, TRAIL_MEDIA_TYPE } from '#shared/trail/trail.ts';
import type { VerifyTrailInput } from '#shared/verdict/established.ts';
import type { Reason } from '#shared/verdict/reasons.ts';
import { unprovenBecause } from '#shared/verdict/unproven.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { verifyLoggedStatement } from '#shared/verdict/verify-logged-statement.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import type { Arguments, Command } from '../command.ts';
import { type DocumentInput, type DocumentKind, readDocument } from '../document-input.ts';
import { CommandFailure, EXIT, type ExitCode } from '../exit-codes.ts';
import { readTextInput } from '../files.ts';
import { readShardTrust } from '../shards-option.ts';
import { isStatement, readStatement, refuseStatementOptions, STATEMENT_OPTIONS } from '../statement-input.ts';
import { painter, type Terminal } from '../terminal.ts';
import { TRAIL_DOCUMENT, trailText } from '../trail-input.ts';
import { HOW_TO_GET_A_POLICY, readTrust } from '../trust-option.ts';
import { verdictJson } from '../verdict-json.ts';
import { verdictPage } from '../verdict-page.ts';

const MAX_TEXT_BYTES = 10 * 1024 * 1024;

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'check a trail, and the text it speaks about, on this machine',
  argument: { name: 'trail', help: 'a trail or a Signed Statement: a file, its address, or "-" for standard input' },
  options: {
    text: { type: 'string', value: 'FILE', help: 'compare this text with what was attested; "-" for stdin' },
    type: { type: 'string', value: 'TYPE', help: "text/plain or text/markdown; the claim's own type where left out" },
    policy: { type: 'string', value: 'FILE', help: 'trust document: the log, witnesses and registrar you rely on' },
    shards: {
      type: 'string',
      value: 'FILE',
      help: "the log's shard document, or its address: from trust in one yearly shard to the others",
    },
    exact: { type: 'boolean', help: 'exit 11 unless the whole text is exactly the attested one' },
    json: { type: 'boolean', help: 'print the verdict as JSON (verdict.schema.json)' },
    ...STATEMENT_OPTIONS,
  },
  examples: [
    'witnessmark verify answer.trail.json --text answer.md --policy trust.json',
    'curl -s https://log.witnessmark.example/v1/trails/ID | witnessmark verify - --policy trust.json --json',
    'witnessmark verify answer.cose --receipt-key log.cosekey --issuer-key scitt-keys --policy trust.json',
    'witnessmark verify answer.cose --proof answer.tlog-proof --claim answer.claim --policy trust.json',
  ],
  notes:
    'A local trail is checked without any network. "verified" means: this issuer said this about this text,\n' +
    'in this log, before these witnesses. It does not mean that the text is true. Some passages of a text can be\n' +
    'verified while others differ; the page and "content" in the JSON say which, and --exact insists on all.\n' +
    'A Transparent Statement, or a statement with --proof, is checked as far as it goes and is never "verified" (11):\n' +
    'only a trail shows whether the key that signed was registered, and not revoked. Keys may be files or addresses.',
  async run(args, terminal) {
    const textPath = args.text('text');
    if (args.flag('exact') && textPath === undefined) {
      throw new CommandFailure(EXIT.malformed, '--exact needs --text', 'Name the text to compare.');
    }
    const type = textType(args.text('type'));
    const trust = await readTrust(args.text('policy'), terminal);
    const document = await readDocument(args.argument, ARGUMENT, terminal);
    const reader: Reader = {
      trust: trust === undefined ? [] : await readShardTrust(args.text('shards'), trust, terminal),
      now: terminal.now(),
      evidenceKinds: EVIDENCE_KINDS,
      noteAlgorithms: NOTE_ALGORITHMS,
    };
    const pageFor: PageFor = async (claim) => {
      if (textPath === undefined) return {};
      const text = await readTextInput(textPath, 'the text', MAX_TEXT_BYTES, terminal);
      return { page: pageOf(text, type ?? claimedType(claim)) };
    };
    const { verdict, missing } = await judge(document, args, terminal, reader, pageFor);
    const partly = args.flag('exact') && verdict.verdict === 'verified' && verdict.content.match !== 'exact';
    const exitCode = partly ? EXIT.unproven : exitCodeOf(verdict);
    if (args.flag('json')) terminal.out(`${verdictJson(verdict, exitCode)}\n`);
    else terminal.out(verdictPage(verdict, painter(terminal)));
    if (missing !== undefined) terminal.err(`${args.argument}: ${missing}\n`);
    if (trust === undefined && exitCode !== EXIT.malformed)
      terminal.err(`No policy was given.\n${HOW_TO_GET_A_POLICY}\n`);
    return exitCode;
  },
};

function textType(given: string | undefined): TextType | undefined {
  if (given === undefined || given === 'text/plain' || given === 'text/markdown') return given;
  throw new CommandFailure(EXIT.malformed, `--type "${given}" is unknown`, 'Give text/plain or text/markdown.');
}

const pageOf = (text: string, type: TextType) => ({ lines: renderedLines(text, type), bytes: bindBytes(text) });

/** How the attested text is to be read, by its claim. What cannot be read is judged by the verifier, not here. */
function claimedType(bytes: Uint8Array | undefined): TextType {
  const claim = bytes && parseClaim(bytes);
  return claim?.ok === true && claim.value.output.type === 'text/markdown' ? 'text/markdown' : 'text/plain';
}

type Reader = Pick<VerifyTrailInput, 'trust' | 'now' | 'evidenceKinds' | 'noteAlgorithms'>;
type PageFor = (claim: Uint8Array | undefined) => Promise<Pick<VerifyTrailInput, 'page'>>;

/** The verdict, and why there was nothing to judge. */
async function judge(
  document: DocumentInput,
  args: Arguments,
  terminal: Terminal,
  reader: Reader,
  pageFor: PageFor,
): Promise<{ readonly verdict: Verdict; readonly missing?: string }> {
  if (document.state === 'read' && isStatement(document.bytes)) {
    const parts = await readStatement(document.bytes, args, terminal);
    if (parts === undefined) return { verdict: unprovenBecause('trail-malformed') };
    return { verdict: verifyLoggedStatement({ ...parts, ...reader, ...(await pageFor(parts.claim)) }) };
  }
  if (document.state === 'read') refuseStatementOptions(args);
  const input = trailText(args.argument, document);
  if (input.state === 'missing') return { verdict: unprovenBecause(input.reason), missing: input.detail };
  const trail = parseTrail(input.text);
  const page = await pageFor(trail.ok ? trail.value.claim : undefined);
  return { verdict: verifyTrail({ trail: input.text, ...reader, ...page }) };
}

/** What the argument may be; which of the two, its first byte says. */
const ARGUMENT: DocumentKind = { ...TRAIL_DOCUMENT, accept: `${TRAIL_MEDIA_TYPE}, ${STATEMENT_MEDIA_TYPE}` };

const UNREADABLE: readonly Reason[] = ['trail-malformed', 'trail-too-large'];

/** 30 only where the document itself cannot be read; a contradiction inside a readable one is 10. */
export function exitCodeOf(verdict: Verdict): ExitCode {
  if (verdict.reasons.some((reason) => UNREADABLE.includes(reason))) return EXIT.malformed;
  switch (verdict.verdict) {
    case 'verified':
      return EXIT.done;
    case 'invalid':
      return EXIT.invalid;
    case 'unproven':
      return EXIT.unproven;
    case 'unsupported':
      return EXIT.unsupported;
  }
}
