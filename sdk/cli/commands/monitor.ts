/** `witnessmark monitor`: follows a log and says what it sees. */
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '#shared/bytes/hex.ts';
import { isOrigin } from '#shared/claim/origin.ts';
import { encodeForkProof } from '#shared/log/fork-proof.ts';
import { bindBytes } from '#shared/text/bind.ts';
import type { Trust } from '#shared/trust/trust.ts';
import { nodeHasher } from '../../hashing/node-hasher.ts';
import { keepFirst, replaceFile } from '../../log/durable-file.ts';
import { httpLogSource } from '../../log/log-source.ts';
import type { Watch } from '../../monitor/audit-entry.ts';
import type { Round } from '../../monitor/events.ts';
import { type MonitoredLog, monitorRound } from '../../monitor/monitor-round.ts';
import { type Following, followLog, shardEnd, worstOf } from '../../monitor/monitor-shards.ts';
import { type MonitorState, parseMonitorState } from '../../monitor/state.ts';
import type { Arguments, Command } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../exit-codes.ts';
import { readTextInput } from '../files.ts';
import { readLogArgument } from '../log-argument.ts';
import type { Terminal } from '../terminal.ts';
import { readTrust } from '../trust-option.ts';

const MAX_TEXT_BYTES = 10 * 1024 * 1024;
const MAX_INTERVAL_SECONDS = 86_400;
const EXITS: Readonly<Record<Round['outcome'], ExitCode>> = {
  clean: EXIT.done,
  problem: EXIT.invalid,
  unproven: EXIT.unproven,
  fork: EXIT.invalid,
};

export const monitorCommand: Command = {
  name: 'monitor',
  summary: 'follow a log: that it only grows, what enters it, who signs',
  argument: { name: 'log', help: 'base address of the log' },
  options: {
    policy: { type: 'string', value: 'FILE', help: 'trust document: the log, witnesses and registrar', required: true },
    state: { type: 'string', value: 'FILE', help: 'what it has verified; made where missing', required: true },
    issuer: { type: 'string', value: 'ORIGIN', help: 'alert on entries and keys of this issuer', repeatable: true },
    text: { type: 'string', value: 'FILE', help: 'alert on attestations of this text', repeatable: true },
    interval: { type: 'string', value: 'SECONDS', help: 'time between looks, give or take a tenth (60)' },
    once: { type: 'boolean', help: 'look once' },
  },
  examples: [
    'witnessmark monitor https://log.witnessmark.example --policy trust.json --state log.state --once',
    'witnessmark monitor https://log.witnessmark.example --policy trust.json --state log.state --issuer https://example.com',
  ],
  notes:
    'Each line on the output is one JSON object (monitor.schema.json). The first look reads the whole log.\n' +
    'With --once: 0 all is well, 10 a fork or an entry that must not be there, 11 unreachable, rolled back, below the\n' +
    'quorum or not provably grown. Alerts change no exit code. Without --once only a fork (10) ends it, or a signal (0).\n' +
    'A fork is written to STATE.fork-proof.json (verify-fork); while that file is there, nothing more is accepted.\n' +
    'Growth that the log cannot prove is kept in STATE.unproven.json and asked for again at every look.\n' +
    'Yearly shards that the policy leads to are followed, each with its own state in STATE.<last part of its origin>.',
  async run(args, terminal) {
    const trust = (await readTrust(args.required('policy'), terminal)) as Trust;
    const watch = await readWatch(args, terminal);
    const interval = readInterval(args.text('interval'));
    const stop = args.flag('once') ? undefined : terminal.stopSignal();
    const log = await openMonitored(args.argument, { fetch: terminal.fetch, ...(stop && { signal: stop }) });
    const path = args.required('state');
    for (;;) {
      const outcome = await lookAtAll(log, trust, watch, path, { terminal, given: args.argument, stop });
      if (stop?.aborted) return EXIT.done;
      if (stop === undefined || outcome === 'fork') return EXITS[outcome];
      const jitter = 0.9 + 0.2 * Math.random();
      await sleep(1000 * interval * jitter, undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) return EXIT.done;
    }
  },
};

interface Telling {
  readonly terminal: Terminal;
  /** The address as it was given. */
  readonly given: string;
  readonly stop: AbortSignal | undefined;
}

/** One look at each shard of the log, each with a state of its own. */
async function lookAtAll(
  log: MonitoredLog,
  trust: Trust,
  watch: Watch,
  path: string,
  { terminal, given, stop }: Telling,
): Promise<Round['outcome']> {
  const options = { fetch: terminal.fetch, ...(stop && { signal: stop }) };
  // A log that was caught with two histories lends no shard its word.
  const following: Following = (await isRefused(path))
    ? { logs: [{ log, trust }], events: [] }
    : await followLog(log, trust, (url) => httpLogSource(url, options));
  const outcomes: Round['outcome'][] = following.events.length > 0 ? ['unproven'] : [];
  if (stop?.aborted) return 'clean';
  for (const event of following.events) say(terminal, given, { ...event });
  for (const followed of following.logs) {
    const { shard, name } = followed;
    const address = name === undefined ? given : followed.log.tiles.name;
    const file = name === undefined ? path : `${path}.${name}`;
    const before = await readState(file, followed.trust);
    if (shardEnd(followed, before) === 'reached') continue;
    const round = await look(followed.log, followed.trust, watch, file, terminal);
    if (stop?.aborted) return 'clean';
    if (shard && before === undefined) {
      const { origin, url, final } = shard;
      const state = final ? { state: 'frozen', size: final.size } : { state: 'open' };
      say(terminal, address, { event: 'shard', origin, url, ...state });
    }
    for (const event of round.events) say(terminal, address, { ...event });
    if (round.state !== undefined) await replaceFile(file, round.state);
    outcomes.push(round.outcome);
    const after = await readState(file, followed.trust);
    if (shard?.final && shardEnd(followed, after) === 'contradicted') {
      const { origin, final } = shard;
      say(terminal, address, { event: 'shard-continued', origin, size: after?.checkpoint.size, finalSize: final.size });
      outcomes.push('problem');
    }
  }
  return worstOf(outcomes);
}

function say(terminal: Terminal, log: string, event: object): void {
  terminal.out(`${JSON.stringify({ format: 'witnessmark-monitor/1', at: terminal.now(), log, ...event })}\n`);
}

const forkFileOf = (path: string): string => `${path}.fork-proof.json`;
const isRefused = async (path: string): Promise<boolean> =>
  (await stat(forkFileOf(path)).catch(() => undefined)) !== undefined;

/** One round, with what it proves kept in a file before anything is said. */
async function look(
  log: MonitoredLog,
  trust: Trust,
  watch: Watch,
  path: string,
  terminal: Terminal,
): Promise<Pick<Round, 'outcome' | 'state'> & { readonly events: readonly object[] }> {
  const forkFile = forkFileOf(path);
  if (await isRefused(path)) return { outcome: 'fork', events: [{ event: 'refused', file: forkFile }] };
  const round = await monitorRound(log, trust, watch, await readState(path, trust), terminal.now());
  if (round.proof === undefined) return round;
  const file = round.outcome === 'fork' ? forkFile : `${path}.unproven.json`;
  await keepFirst(file, encodeForkProof(round.proof));
  return { ...round, events: round.events.map((event) => ({ ...event, file })) };
}

async function readState(path: string, { policy }: Trust): Promise<MonitorState | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new CommandFailure(EXIT.malformed, `cannot read the state "${path}": ${cause}`, 'Check the path.');
  }
  const state = parseMonitorState(text, policy, nodeHasher());
  if (state !== undefined) return state;
  throw new CommandFailure(
    EXIT.malformed,
    `the state "${path}" is not what a monitor of this policy's log has kept`,
    'Nothing was accepted. Put the right file back; removing it means trusting the log anew from its first entry.',
  );
}

async function openMonitored(target: string, options: Parameters<typeof readLogArgument>[1]): Promise<MonitoredLog> {
  const { source, base } = await readLogArgument(target, options);
  const service = base === undefined ? undefined : httpLogSource(base, options);
  if (service !== undefined) return { tiles: source, service };
  throw new CommandFailure(
    EXIT.malformed,
    'a folder cannot be followed',
    'Give the address of the log. "fsck" checks a folder.',
  );
}

async function readWatch(args: Arguments, terminal: Terminal): Promise<Watch> {
  const issuers = args.all('issuer').map((origin) => origin.replace(/\/$/, ''));
  const odd = issuers.find((origin) => !isOrigin(origin));
  if (odd !== undefined) {
    throw new CommandFailure(EXIT.malformed, `--issuer "${odd}" is not an origin`, 'Such as https://example.com.');
  }
  const texts = new Map<string, string>();
  for (const path of args.all('text')) {
    texts.set(toHex(sha256(bindBytes(await readTextInput(path, 'the text', MAX_TEXT_BYTES, terminal)))), path);
  }
  return { issuers, texts };
}

function readInterval(text = '60'): number {
  const seconds = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= MAX_INTERVAL_SECONDS) return seconds;
  throw new CommandFailure(EXIT.malformed, `--interval "${text}" is not 1 to 86400 seconds`, 'Give whole seconds.');
}
