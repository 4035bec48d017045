/** `witnessmark verify`: checks a trail, and the text it speaks about, on this machine. */

import { parseClaim } from '#shared/claim/claim.ts';
import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import { bindBytes } from '#shared/text/bind.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import type { Reason } from '#shared/verdict/reasons.ts';
import { unprovenBecause } from '#shared/verdict/unproven.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import { renderedLines, type TextType } from '../../issuer/build-output.ts';
import type { Command } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../exit-codes.ts';
import { readTextInput } from '../files.ts';
import { painter } from '../terminal.ts';
import { readTrail } from '../trail-input.ts';
import { HOW_TO_GET_A_POLICY, readTrust } from '../trust-option.ts';
import { verdictJson } from '../verdict-json.ts';
import { verdictPage } from '../verdict-page.ts';

const MAX_TEXT_BYTES = 10 * 1024 * 1024;

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'check a trail, and the text it speaks about, on this machine',
  argument: { name: 'trail', help: 'a trail file, its address, or "-" for standard input' },
  options: {
    text: { type: 'string', value: 'FILE', help: 'compare this text with what was attested; "-" for stdin' },
    type: { type: 'string', value: 'TYPE', help: "text/plain or text/markdown; the claim's own type where left out" },
    policy: { type: 'string', value: 'FILE', help: 'trust document: the log, witnesses and registrar you rely on' },
    exact: { type: 'boolean', help: 'exit 11 unless the whole text is exactly the attested one' },
    json: { type: 'boolean', help: 'print the verdict as JSON (verdict.schema.json)' },
  },
  examples: [
    'witnessmark verify answer.trail.json --text answer.md --policy trust.json',
    'curl -s https://log.witnessmark.example/v1/trails/ID | witnessmark verify - --policy trust.json --json',
  ],
  notes:
    'A local trail is checked without any network. "verified" means: this issuer said this about this text,\n' +
    'in this log, before these witnesses. It does not mean that the text is true. Some passages of a text can be\n' +
    'verified while others differ; the page and "content" in the JSON say which, and --exact insists on all.',
  async run(args, terminal) {
    const textPath = args.text('text');
    if (args.flag('exact') && textPath === undefined) {
      throw new CommandFailure(EXIT.malformed, '--exact needs --text', 'Name the text to compare.');
    }
    const type = textType(args.text('type'));
    const trust = await readTrust(args.text('policy'), terminal);
    const input = await readTrail(args.argument, terminal);
    const text =
      textPath === undefined ? undefined : await readTextInput(textPath, 'the text', MAX_TEXT_BYTES, terminal);
    const verdict =
      input.state === 'missing'
        ? unprovenBecause(input.reason)
        : verifyTrail({
            trail: input.text,
            trust: trust === undefined ? [] : [trust],
            now: terminal.now(),
            evidenceKinds: EVIDENCE_KINDS,
            ...(text === undefined ? {} : { page: pageOf(text, type ?? claimedType(input.text)) }),
          });
    const partly = args.flag('exact') && verdict.verdict === 'verified' && verdict.content.match !== 'exact';
    const exitCode = partly ? EXIT.unproven : exitCodeOf(verdict);
    if (args.flag('json')) terminal.out(`${verdictJson(verdict, exitCode)}\n`);
    else terminal.out(verdictPage(verdict, painter(terminal)));
    if (input.state === 'missing') terminal.err(`${args.argument}: ${input.detail}\n`);
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
function claimedType(trailText: string): TextType {
  const trail = parseTrail(trailText);
  const claim = trail.ok ? parseClaim(trail.value.claim) : undefined;
  return claim?.ok === true && claim.value.output.type === 'text/markdown' ? 'text/markdown' : 'text/plain';
}

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
