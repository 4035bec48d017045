/** `witnessmark replay`: runs the model that a trail names again, and compares bytes. */

import { parseClaim } from '#shared/claim/claim.ts';
import type { EvidenceFinding } from '#shared/evidence/evidence.ts';
import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import type { ReplayProgress } from '#shared/evidence/replay/engine.ts';
import { type ReplayOutcome, replay } from '#shared/evidence/replay/replay.ts';
import { afterReplay, replayEvidence } from '#shared/evidence/replay/replay-kind.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import { createNodeMachine } from '../../replay/node-engine.ts';
import { createNodeLoader } from '../../replay/node-loader.ts';
import type { Command } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../exit-codes.ts';
import { type Paint, painter, printable, type Terminal, type Tint } from '../terminal.ts';
import { readTrail } from '../trail-input.ts';
import { readTrust } from '../trust-option.ts';
import { exitCodeOf } from './verify.ts';

interface ReplayReport {
  readonly outcome: ReplayOutcome;
  readonly finding: EvidenceFinding;
  readonly trail: Verdict['verdict'];
}

export const replayCommand: Command = {
  name: 'replay',
  summary: 'run the model a trail names again and compare bytes',
  argument: { name: 'trail', help: 'a trail file, its address, or "-" for standard input' },
  options: {
    model: {
      type: 'string',
      value: 'FILE',
      help: "the model's file; downloaded from the recipe's address where left out",
    },
    policy: { type: 'string', value: 'FILE', help: 'trust document, to judge the trail as well' },
    json: { type: 'boolean', help: 'print the outcome as JSON' },
    quiet: { type: 'boolean', help: 'no progress on the error stream' },
  },
  examples: ['witnessmark replay answer.trail.json --model model.onnx'],
  notes:
    '"Reproduced bit for bit" (0) means: this model file, given this input, produces this output. A mismatch is 10.\n' +
    'Without the model, the certified runtime or a recipe there is no answer (11).',
  async run(args, terminal) {
    const trust = await readTrust(args.text('policy'), terminal);
    const input = await readTrail(args.argument, terminal);
    if (input.state === 'missing') {
      throw new CommandFailure(EXIT.unproven, `no trail: ${input.detail}`, 'Check the address, or give a saved trail.');
    }
    const verdict = verifyTrail({
      trail: input.text,
      trust: trust === undefined ? [] : [trust],
      now: terminal.now(),
      evidenceKinds: EVIDENCE_KINDS,
      noteAlgorithms: NOTE_ALGORITHMS,
    });
    const refused = exitCodeOf(verdict);
    const trail = parseTrail(input.text);
    const claim = trail.ok ? parseClaim(trail.value.claim) : undefined;
    if (!trail.ok || claim?.ok !== true || (refused !== EXIT.done && refused !== EXIT.unproven)) {
      throw new CommandFailure(
        refused === EXIT.done || refused === EXIT.unproven ? EXIT.malformed : refused,
        `the trail is ${verdict.verdict}: ${verdict.reasons.join(', ')}`,
        'Nothing was run. "witnessmark verify" shows every check.',
      );
    }
    const evidence = replayEvidence(claim.value, trail.value.evidence);
    if (evidence === undefined) {
      throw new CommandFailure(EXIT.unproven, 'this trail carries no replay recipe', 'There is nothing to run again.');
    }
    const model = args.text('model');
    const loadFile = createNodeLoader(model === undefined ? [] : [model]);
    const outcome = await replay(
      evidence.recipe,
      createNodeMachine(loadFile),
      args.flag('quiet') ? () => {} : progress(terminal),
    );
    const report = { outcome, finding: afterReplay(evidence.finding, outcome), trail: verdict.verdict };
    terminal.out(
      args.flag('json')
        ? `${JSON.stringify({ format: 'witnessmark-replay/1', ...outcome, finding: report.finding, trail: report.trail })}\n`
        : page(report, painter(terminal)),
    );
    return exitOf(report);
  },
};

function progress(terminal: Terminal): (step: ReplayProgress) => void {
  let last = '';
  return ({ step, done, of }) => {
    const tenths = done !== undefined && of !== undefined && of > 0 ? Math.floor((10 * done) / of) : undefined;
    const line = tenths === undefined ? step : `${step} ${10 * tenths} %`;
    if (line === last) return;
    last = line;
    terminal.err(`${line}\n`);
  };
}

function exitOf({ outcome, finding }: ReplayReport): ExitCode {
  switch (outcome.state) {
    case 'reproduced':
      // Something was reproduced, but not what this claim is about.
      return finding.bound === 'passed' ? EXIT.done : EXIT.invalid;
    case 'mismatch':
      return EXIT.invalid;
    case 'model-not-available':
    case 'runtime-not-certified':
      return EXIT.unproven;
    case 'recipe-refused':
      return outcome.reason.endsWith('unsupported') ? EXIT.unsupported : EXIT.malformed;
  }
}

const STATES: Readonly<Record<ReplayOutcome['state'], { tint: Tint; says: string }>> = {
  reproduced: { tint: 'green', says: 'Reproduced bit for bit' },
  mismatch: { tint: 'red', says: 'Mismatch' },
  'runtime-not-certified': { tint: 'yellow', says: 'Runtime not certified here' },
  'model-not-available': { tint: 'yellow', says: 'Model not available' },
  'recipe-refused': { tint: 'yellow', says: 'Recipe refused' },
};

function page({ outcome, finding, trail }: ReplayReport, paint: Paint): string {
  const unbound = outcome.state === 'reproduced' && finding.bound !== 'passed';
  const state = STATES[outcome.state];
  const lines = [paint('bold', paint(unbound ? 'yellow' : state.tint, state.says))];
  if (unbound) lines.push('  but the recipe is not about the output that was attested');
  lines.push(`  reason     ${outcome.reason}${outcome.detail === undefined ? '' : `: ${printable(outcome.detail)}`}`);
  if (outcome.text !== undefined) lines.push(`  output     ${printable(outcome.text)}`);
  if (outcome.digest !== undefined) lines.push(`  sha-256    ${outcome.digest}`);
  lines.push(`  trail      ${trail}`);
  lines.push(paint('dim', 'A match shows that this model file, given this input, produces this output; nothing else.'));
  return `${lines.join('\n')}\n`;
}
