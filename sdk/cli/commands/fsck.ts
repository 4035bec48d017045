/** `witnessmark fsck`: checks a whole log. */
import { stat } from 'node:fs/promises';
import type { Trust } from '#shared/trust/trust.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import { type FsckReport, fsck } from '../../fsck/fsck.ts';
import { folderLogSource, httpLogSource, type LogSource } from '../../fsck/log-source.ts';
import { createTrailClient } from '../../trails/trail-client.ts';
import type { Command } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../exit-codes.ts';
import { type Paint, painter, printable, type Terminal } from '../terminal.ts';
import { readTrust } from '../trust-option.ts';

export const fsckCommand: Command = {
  name: 'fsck',
  summary: 'check a whole log: entries, tiles, root, checkpoint',
  argument: { name: 'log', help: 'base address of the log, its tile prefix, or a folder that mirrors it' },
  options: {
    policy: { type: 'string', value: 'FILE', help: 'trust document whose keys the checkpoint is checked with' },
    json: { type: 'boolean', help: 'print the report as JSON' },
    quiet: { type: 'boolean', help: 'no progress on the error stream' },
  },
  examples: [
    'witnessmark fsck https://log.witnessmark.example --policy trust.json',
    'witnessmark fsck ./mirror --policy trust.json --json',
  ],
  notes:
    'Without --policy the keys are those the log publishes about itself: the log is then checked for\n' +
    'agreement with itself, and the report says so. A folder without --policy is unproven (11).',
  async run(args, terminal) {
    const target = args.argument;
    const given = await readTrust(args.text('policy'), terminal);
    const { source, published } = await openLog(target, terminal, given === undefined);
    const trust = given ?? published;
    let last = 0;
    const progress = (entries: number, size: number): void => {
      if (entries - last < 2560 && entries < size) return;
      last = entries;
      terminal.err(`read ${entries} of ${size} entries\n`);
    };
    const report = await fsck(source, {
      ...(trust === undefined ? {} : { trust }),
      ...(args.flag('quiet') ? {} : { progress }),
    });
    if (!report.ok) throw unreadable(report.reason, report.detail ?? report.reason, target);
    const keys = given !== undefined ? 'policy' : published !== undefined ? 'self-published' : 'none';
    terminal.out(
      args.flag('json')
        ? `${JSON.stringify({ format: 'witnessmark-fsck/1', keys, ...report.value })}\n`
        : page(report.value, keys, painter(terminal)),
    );
    return { verified: EXIT.done, unproven: EXIT.unproven, invalid: EXIT.invalid }[report.value.verdict] as ExitCode;
  },
};

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

async function openLog(
  target: string,
  terminal: Terminal,
  wantPublished: boolean,
): Promise<{ source: LogSource; published?: Trust }> {
  if (/^https?:\/\//.test(target)) {
    const options = { fetch: terminal.fetch };
    const base = httpLogSource(target, options);
    if (base === undefined) {
      throw new CommandFailure(
        EXIT.malformed,
        `"${target}" is not a log's address`,
        'It must be https (http only for this machine), without credentials or query.',
      );
    }
    const below = httpLogSource(`${base.name}/log`, options);
    const direct = /\/log$/.test(base.name) || below === undefined;
    const source = direct ? base : (await hasCheckpoint(below)) ? below : base;
    const published = wantPublished ? await publishedTrust(source.name.replace(/\/log$/, ''), terminal) : undefined;
    return published === undefined ? { source } : { source, published };
  }
  const folder = await stat(target).catch(() => undefined);
  if (folder?.isDirectory() !== true) {
    throw new CommandFailure(EXIT.malformed, `"${target}" is neither an address nor a folder`, 'Check the path.');
  }
  return { source: folderLogSource(target) };
}

async function hasCheckpoint(source: LogSource): Promise<boolean> {
  const file = await source.read('checkpoint', 64 * 1024);
  return file.ok && file.value !== undefined;
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
  if (keys === 'self-published') {
    lines.push('', '  The keys are the ones this log publishes about itself. Use --policy with a trust');
    lines.push('  document whose fingerprints you have confirmed elsewhere to check who signs.');
  }
  for (const problem of report.problems)
    lines.push(`  ${paint('red', '✖')} ${printable(problem.where)}: ${printable(problem.what)}`);
  return `${lines.join('\n')}\n`;
}
