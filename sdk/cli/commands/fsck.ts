/** `witnessmark fsck`: checks a whole log. */
import { readFile, rm } from 'node:fs/promises';
import { parseTrust, type Trust } from '#shared/trust/trust.ts';
import { type FsckReport, fsck } from '../../fsck/fsck.ts';
import { replaceFile } from '../../log/durable-file.ts';
import { httpLogSource } from '../../log/log-source.ts';
import { createTrailClient } from '../../trails/trail-client.ts';
import type { Command } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../exit-codes.ts';
import { readLogArgument } from '../log-argument.ts';
import { progressOf } from '../progress.ts';
import { type Paint, painter, printable, type Terminal } from '../terminal.ts';
import { readTrust } from '../trust-option.ts';

export const fsckCommand: Command = {
  name: 'fsck',
  summary: 'check a whole log: entries, tiles, root, checkpoint',
  argument: { name: 'log', help: 'base address of the log, its tile prefix, or a folder that mirrors it' },
  options: {
    policy: { type: 'string', value: 'FILE', help: 'trust document whose keys the checkpoint is checked with' },
    state: { type: 'string', value: 'FILE', help: 'keep how far it got here, and go on from there after a break' },
    json: { type: 'boolean', help: 'print the report as JSON' },
    quiet: { type: 'boolean', help: 'no progress on the error stream' },
  },
  examples: [
    'witnessmark fsck https://log.witnessmark.example --policy trust.json',
    'witnessmark fsck https://log.witnessmark.example --policy trust.json --state fsck.state',
    'witnessmark fsck ./mirror --policy trust.json --json',
  ],
  notes:
    'Without --policy the keys are those the log publishes about itself: the log is then checked for\n' +
    'agreement with itself, and the report says so. A folder without --policy is unproven (11).\n' +
    'With --state an interrupted run goes on if the log still serves what was derived from it; the file goes\n' +
    'once the whole log is read. A finished run always starts over.',
  async run(args, terminal) {
    const target = args.argument;
    const given = await readTrust(args.text('policy'), terminal);
    const { source, base } = await readLogArgument(target, { fetch: terminal.fetch });
    const published = given === undefined && base !== undefined ? await publishedTrust(base, terminal) : undefined;
    const trust = given ?? published;
    const service = base === undefined ? undefined : httpLogSource(base, { fetch: terminal.fetch });
    const stateFile = args.text('state');
    const state = stateFile === undefined ? undefined : await savedState(stateFile);
    const report = await fsck(source, {
      ...(trust === undefined ? {} : { trust }),
      ...(service === undefined ? {} : { service }),
      ...(args.flag('quiet') ? {} : { progress: progressOf(terminal, 'read', 'entries') }),
      ...(state === undefined ? {} : { state }),
      ...(stateFile === undefined ? {} : { save: (text) => replaceFile(stateFile, text) }),
    });
    if (!report.ok) throw unreadable(report.reason, report.detail ?? report.reason, target);
    if (stateFile !== undefined) await rm(stateFile, { force: true });
    const keys = given !== undefined ? 'policy' : published !== undefined ? 'self-published' : 'none';
    terminal.out(
      args.flag('json')
        ? `${JSON.stringify({ format: 'witnessmark-fsck/1', keys, ...report.value })}\n`
        : page(report.value, keys, painter(terminal)),
    );
    return { verified: EXIT.done, unproven: EXIT.unproven, invalid: EXIT.invalid }[report.value.verdict] as ExitCode;
  },
};

async function savedState(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new CommandFailure(EXIT.malformed, `cannot read the state "${path}"`, 'Name a file, or remove this one.');
  }
}

function unreadable(reason: string, detail: string, target: string): CommandFailure {
  if (reason === 'checkpoint-malformed') {
    return new CommandFailure(EXIT.malformed, `the checkpoint cannot be read: ${detail}`, 'Is this a witnessmark log?');
  }
  return new CommandFailure(
    EXIT.unproven,
    `cannot read the log at ${target}: ${detail}`,
    'Nothing is known about it. Check the address and the network, then try again.',
  );
}

async function publishedTrust(base: string, terminal: Terminal): Promise<Trust | undefined> {
  const text = await createTrailClient(base, { fetch: terminal.fetch }).fetchTrust();
  const trust = text.ok ? parseTrust(text.value) : undefined;
  return trust?.ok === true ? trust.value : undefined;
}

function page(report: FsckReport, keys: string, paint: Paint): string {
  const heading = { verified: paint('green', 'clean'), unproven: 'unproven', invalid: paint('red', 'damaged') };
  const counts = Object.entries(report.entries).map(([type, count]) => `${count} ${type}`);
  const lines = [
    `${paint('bold', heading[report.verdict])}  ${printable(report.origin)}`,
    '',
    `  size       ${report.size} entries${counts.length === 0 ? '' : ` (${counts.join(', ')})`}`,
    `  root       ${report.root}`,
    `  signature  ${report.signature}${report.detail === undefined ? '' : `: ${printable(report.detail)}`}`,
    `  witnesses  ${report.quorum}${report.witnesses.length === 0 ? '' : `: ${report.witnesses.map((name) => printable(name)).join(', ')}`}`,
  ];
  if (report.resumedAt > 0) lines.push(`  resumed    entries before ${report.resumedAt} were read by the run before`);
  if (keys === 'self-published') {
    lines.push('', '  The keys are the ones this log publishes about itself. Use --policy with a trust');
    lines.push('  document whose fingerprints you have confirmed elsewhere to check who signs.');
  }
  for (const problem of report.problems)
    lines.push(`  ${paint('red', '✖')} ${printable(problem.where)}: ${printable(problem.what)}`);
  return `${lines.join('\n')}\n`;
}
