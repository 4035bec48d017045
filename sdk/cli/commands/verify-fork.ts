/** `witnessmark verify-fork`: whether a saved fork proof proves that a log showed two histories. */
import { toHex } from '#shared/bytes/hex.ts';
import { parseCheckpoint } from '#shared/log/checkpoint.ts';
import { verifyCosignatures } from '#shared/log/cosignature.ts';
import {
  type ForkProof,
  type ForkReason,
  MAX_FORK_PROOF_LENGTH,
  parseForkProof,
  verifyForkProof,
} from '#shared/log/fork-proof.ts';
import { parseNote } from '#shared/log/note.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import type { Trust } from '#shared/trust/trust.ts';
import type { Command } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../exit-codes.ts';
import { readTextInput } from '../files.ts';
import { type Paint, painter, printable, readableTime, type Tint } from '../terminal.ts';
import { readTrust } from '../trust-option.ts';

interface Side {
  readonly size: number;
  readonly root: string;
  /** Names of the policy's witnesses whose cosignatures hold. */
  readonly witnesses: readonly string[];
}

interface ForkReport {
  readonly verdict: 'fork' | 'unproven' | 'refuted';
  readonly reason: 'same-size' | 'other-prefix' | 'log-unknown' | ForkReason;
  readonly detail?: string;
  readonly origin?: string;
  readonly foundAt: number;
  readonly kept?: Side;
  readonly offered?: Side;
}

const EXITS: Readonly<Record<ForkReport['verdict'], ExitCode>> = {
  fork: EXIT.done,
  unproven: EXIT.unproven,
  refuted: EXIT.invalid,
};

export const verifyForkCommand: Command = {
  name: 'verify-fork',
  summary: 'check a fork proof saved by an extension, a monitor or a witness',
  argument: { name: 'file', help: 'the saved file, or "-" for standard input' },
  options: {
    policy: { type: 'string', value: 'FILE', help: "policy or trust document with the log's key", required: true },
    json: { type: 'boolean', help: 'print the answer as JSON' },
  },
  examples: ['witnessmark verify-fork fork-proof.json --policy trust.json'],
  notes:
    'A fork (0) is proven where the log signed both notes and they cannot be of one tree: one size with two roots, or\n' +
    'hashes under the larger root that give another root for the smaller size. It needs no network and no trust in\n' +
    'who saved the file. Unproven (11): both notes are genuine and nothing shows that they differ, or the policy does\n' +
    'not know the log. Refuted (10): a note is not signed by the log, the two agree, or the evidence does not hold.',
  async run(args, terminal) {
    const trust = await readTrust(args.required('policy'), terminal);
    const text = await readTextInput(args.argument, 'the fork proof', 4 * MAX_FORK_PROOF_LENGTH, terminal);
    const proof = parseForkProof(text);
    if (!proof.ok) {
      const unsupported = proof.reason === 'fork-proof-unsupported';
      throw new CommandFailure(
        unsupported ? EXIT.unsupported : EXIT.malformed,
        `the fork proof cannot be read: ${proof.detail ?? proof.reason}`,
        unsupported ? 'Use a newer witnessmark.' : 'It must be the file as it was saved, byte for byte.',
      );
    }
    const report = judge(proof.value, trust as Trust);
    terminal.out(
      args.flag('json')
        ? `${JSON.stringify({ format: 'witnessmark-fork/1', ...report })}\n`
        : page(report, painter(terminal)),
    );
    return EXITS[report.verdict];
  },
};

function judge(proof: ForkProof, trust: Trust): ForkReport {
  const foundAt = proof.at;
  const note = parseNote(proof.kept);
  const kept = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!kept.ok) return { verdict: 'refuted', reason: 'fork-note-refused', detail: `kept: ${kept.reason}`, foundAt };
  const { origin } = kept.value;
  const keys = trust.policy.logs.map(({ key }) => key).filter(({ name }) => name === origin);
  const sides = { origin, foundAt, ...side('kept', proof.kept, trust), ...side('offered', proof.offered, trust) };
  if (keys.length === 0) return { verdict: 'unproven', reason: 'log-unknown', ...sides };
  const proven = verifyForkProof(proof, keys, NOTE_ALGORITHMS);
  if (proven.ok) return { verdict: 'fork', reason: proven.value.kind, ...sides };
  const { reason, detail } = proven;
  const verdict = reason === 'fork-unproven' ? 'unproven' : 'refuted';
  return { verdict, reason, ...(detail === undefined ? {} : { detail }), ...sides };
}

function side(name: 'kept' | 'offered', text: string, { policy }: Trust): Pick<ForkReport, 'kept' | 'offered'> {
  const note = parseNote(text);
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!note.ok || !checkpoint.ok) return {};
  const { size, root } = checkpoint.value;
  const cosigned = policy.witnesses.filter(({ key }) => {
    const lines = verifyCosignatures(note.value, [key], NOTE_ALGORITHMS);
    return lines.ok && lines.value.length > 0;
  });
  const witnesses = [...new Set(cosigned.map(({ key }) => key.name))];
  return { [name]: { size, root: toHex(root), witnesses } };
}

const WORDS: Readonly<Record<ForkReport['reason'], string>> = {
  'same-size': 'the log signed two trees of one size',
  'other-prefix': 'the log signed a larger tree that does not begin with the smaller one it signed',
  'log-unknown': "the policy holds no key of this log, so nobody's signature was checked",
  'fork-unproven': 'the log signed both, and nothing here shows that they cannot be of one tree',
  'fork-none': 'the two checkpoints are of one tree',
  'fork-evidence-invalid': 'the hashes in the file do not lead to the larger checkpoint',
  'fork-note-refused': 'a note is not a checkpoint signed by the log: somebody may have made it up',
};
const TINTS: Readonly<Record<ForkReport['verdict'], Tint>> = { fork: 'red', unproven: 'yellow', refuted: 'green' };

function page(report: ForkReport, paint: Paint): string {
  const lines = [
    `${paint('bold', paint(TINTS[report.verdict], report.verdict === 'fork' ? 'fork proven' : report.verdict))}  ${printable(report.origin ?? '')}`,
    `  ${report.reason}: ${WORDS[report.reason]}${report.detail === undefined ? '' : ` (${printable(report.detail)})`}`,
    `  found      ${readableTime(report.foundAt)}, says the file`,
  ];
  for (const name of ['kept', 'offered'] as const) {
    const shown = report[name];
    if (shown === undefined) continue;
    const witnesses =
      shown.witnesses.length === 0
        ? 'no witness of the policy'
        : shown.witnesses.map((each) => printable(each)).join(', ');
    lines.push(`  ${name.padEnd(11)}size ${shown.size}, root ${shown.root}`, `             cosigned by ${witnesses}`);
  }
  return `${lines.join('\n')}\n`;
}
