/** `witnessmark verify`: checks a trail or a logged statement, and the output it speaks about, on this machine. */

import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { STATEMENT_MEDIA_TYPE } from '#shared/receipt/transparent-statement.ts';
import { parseTrail, TRAIL_MEDIA_TYPE } from '#shared/trail/trail.ts';
import type { VerifyTrailInput } from '#shared/verdict/established.ts';
import type { Reason } from '#shared/verdict/reasons.ts';
import { unprovenBecause } from '#shared/verdict/unproven.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { verifyLoggedStatement } from '#shared/verdict/verify-logged-statement.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import type { Arguments, Command } from '../command.ts';
import { COMPARED_OPTIONS, type Compared, comparedInput } from '../compared-input.ts';
import { type DocumentInput, type DocumentKind, readDocument } from '../document-input.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readShardTrust } from '../shards-option.ts';
import { isStatement, readStatement, refuseStatementOptions, STATEMENT_OPTIONS } from '../statement-input.ts';
import { painter, type Terminal } from '../terminal.ts';
import { TRAIL_DOCUMENT, trailText } from '../trail-input.ts';
import { HOW_TO_GET_A_POLICY, readTrust } from '../trust-option.ts';
import { verdictJson } from '../verdict-json.ts';
import { verdictPage } from '../verdict-page.ts';

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'check a trail, and the text or image it speaks about, on this machine',
  argument: { name: 'trail', help: 'a trail or a Signed Statement: a file, its address, or "-" for standard input' },
  options: {
    ...COMPARED_OPTIONS,
    policy: { type: 'string', value: 'FILE', help: 'trust document: the log, witnesses and registrar you rely on' },
    shards: {
      type: 'string',
      value: 'FILE',
      help: "the log's shard document, or its address: from trust in one yearly shard to the others",
    },
    exact: { type: 'boolean', help: 'exit 11 unless the whole text or image is exactly the attested one' },
    json: { type: 'boolean', help: 'print the verdict as JSON (verdict.schema.json)' },
    ...STATEMENT_OPTIONS,
  },
  examples: [
    'witnessmark verify answer.trail.json --text answer.md --policy trust.json',
    'witnessmark verify picture.trail.json --image picture.png --policy trust.json',
    'curl -s https://log.witnessmark.example/v1/trails/ID | witnessmark verify - --policy trust.json --json',
    'witnessmark verify answer.cose --receipt-key log.cosekey --issuer-key scitt-keys --policy trust.json',
    'witnessmark verify answer.cose --proof answer.tlog-proof --claim answer.claim --policy trust.json',
  ],
  notes:
    'A local trail is checked without any network. "verified" means: this issuer said this about this text,\n' +
    'in this log, before these witnesses. It does not mean that the text is true. Some passages of a text can be\n' +
    'verified while others differ; the page and "content" in the JSON say which, and --exact insists on all.\n' +
    'An image is the attested one if its bytes are the same. Where they are not, it may still look alike: that is told as\n' +
    '"similar" with how much differs, and stays unproven (11), for images can be made to look alike.\n' +
    'A Transparent Statement, or a statement with --proof, is checked as far as it goes and is never "verified" (11):\n' +
    'only a trail shows whether the key that signed was registered, and not revoked. Keys may be files or addresses.',
  async run(args, terminal) {
    const compared = comparedInput(args, terminal);
    const trust = await readTrust(args.text('policy'), terminal);
    const document = await readDocument(args.argument, ARGUMENT, terminal);
    const reader: Reader = {
      trust: trust === undefined ? [] : await readShardTrust(args.text('shards'), trust, terminal),
      now: terminal.now(),
      evidenceKinds: EVIDENCE_KINDS,
      noteAlgorithms: NOTE_ALGORITHMS,
    };
    const { verdict, missing } = await judge(document, args, terminal, reader, compared);
    const looks = await compared.looks(verdict);
    const partly = args.flag('exact') && verdict.verdict === 'verified' && verdict.content.match !== 'exact';
    const exitCode = partly ? EXIT.unproven : exitCodeOf(verdict);
    if (args.flag('json')) terminal.out(`${verdictJson(verdict, exitCode, looks)}\n`);
    else terminal.out(verdictPage(verdict, painter(terminal), { what: compared.what, looks }));
    if (missing !== undefined) terminal.err(`${args.argument}: ${missing}\n`);
    if (trust === undefined && exitCode !== EXIT.malformed)
      terminal.err(`No policy was given.\n${HOW_TO_GET_A_POLICY}\n`);
    return exitCode;
  },
};

type Reader = Pick<VerifyTrailInput, 'trust' | 'now' | 'evidenceKinds' | 'noteAlgorithms'>;

/** The verdict, and why there was nothing to judge. */
async function judge(
  document: DocumentInput,
  args: Arguments,
  terminal: Terminal,
  reader: Reader,
  compared: Compared,
): Promise<{ readonly verdict: Verdict; readonly missing?: string }> {
  if (document.state === 'read' && isStatement(document.bytes)) {
    const parts = await readStatement(document.bytes, args, terminal);
    if (parts === undefined) return { verdict: unprovenBecause('trail-malformed') };
    return { verdict: verifyLoggedStatement({ ...parts, ...reader, ...(await compared.page(parts.claim)) }) };
  }
  if (document.state === 'read') refuseStatementOptions(args);
  const input = trailText(args.argument, document);
  if (input.state === 'missing') return { verdict: unprovenBecause(input.reason), missing: input.detail };
  const trail = parseTrail(input.text);
  const page = await compared.page(trail.ok ? trail.value.claim : undefined);
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
