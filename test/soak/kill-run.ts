/**
 * Kills a log again and again while it is used, and holds what is left against everything it ever answered: in its
 * database while it is dead, and entry by entry once it runs again on the same folder and port.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ed25519 } from '@noble/curves/ed25519.js';
import { freePort } from '../../worker/local/free-port.ts';
import type { LocalKeys } from '../../worker/local/keys.ts';
import { postJson, startIssuer } from '../support/worker-harness.ts';
import { type Load, operator, reader, submitOne, submitter } from './clients.ts';
import { inspectAtRest, inspectRunning } from './inspect.ts';
import { Ledger } from './ledger.ts';
import { Random } from './random.ts';
import { type Ready, Server, type Victim } from './server.ts';

/** What may be chosen. */
export interface KillOptions {
  readonly seed: number;
  /** After how many kills to stop. */
  readonly kills: number;
  /** No further kill after this, as `performance.now()` counts. */
  readonly deadline?: number;
  readonly progress?: (summary: KillSummary) => void;
}

/** What happened. */
export interface KillSummary {
  readonly seed: number;
  kills: number;
  /** Kills while the log was starting. */
  starting: number;
  /** Kills that followed an acknowledgement at once. */
  afterAcknowledgement: number;
  /** Kills that left staged objects behind: between commit and upload. */
  staged: number;
  /** Kills that left a committed head that nobody had seen: between commit and publication. */
  unpublished: number;
  acknowledged: number;
  duplicates: number;
  entries: number;
  violations: string[];
}

/** A summary to count from. */
export const noKills = (seed: number): KillSummary => ({
  seed,
  kills: 0,
  starting: 0,
  afterAcknowledgement: 0,
  staged: 0,
  unpublished: 0,
  acknowledged: 0,
  duplicates: 0,
  entries: 0,
  violations: [],
});

const SUBMITTERS = 6;
const LONGEST_MS = 800;
const LONGEST_START_MS = 1200;

/** Runs on one log, from its genesis. */
export async function runKills(options: KillOptions): Promise<KillSummary> {
  const { seed, kills, deadline = Number.POSITIVE_INFINITY } = options;
  const random = new Random(seed);
  const folder = mkdtempSync(join(tmpdir(), 'witnessmark-kill-'));
  const port = await freePort();
  const [key, judged] = [ed25519.keygen(), ed25519.keygen()];
  const issuer = await startIssuer([key, judged]);
  const ledger = new Ledger();
  const summary: KillSummary = { ...noKills(seed), violations: ledger.violations };
  const victim = (): Victim => random.pick('everything', 'everything', 'workerd', 'node');
  let server = new Server(port, folder);
  try {
    let log = await server.ready;
    const registered = await postJson(`${log.base}/v1/issuers`, { origin: issuer.origin });
    if (registered.status !== 200) throw new Error(`registration: ${registered.status} ${await registered.text()}`);
    const { adminToken } = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')) as LocalKeys;
    const loadOn = ({ base }: Ready, over: AbortSignal, acknowledged: () => void): Load => ({
      base,
      issuer,
      adminToken,
      ledger,
      random,
      over,
      acknowledged,
    });
    const count = (): void => {
      const { committed, staged } = inspectAtRest(folder, ledger);
      summary.kills++;
      if (staged > 0) summary.staged++;
      if (committed > ledger.visibleSize) summary.unpublished++;
    };
    while (summary.kills < kills && performance.now() < deadline && ledger.violations.length === 0) {
      const over = new AbortController();
      const enough = Promise.withResolvers<void>();
      const wanted = random.pick(0, 1) === 0 ? 0 : 1 + random.below(16);
      let acknowledgements = 0;
      const load = loadOn(log, over.signal, () => {
        if (++acknowledgements === wanted) enough.resolve();
      });
      const clients = [
        ...Array.from({ length: SUBMITTERS }, () => submitter(load, key)),
        operator(load, judged),
        reader(load),
      ];
      const late = pause(random.below(LONGEST_MS) + (wanted > 0 ? LONGEST_MS : 0)).then(() => 'late');
      const ended = await Promise.race([late, enough.promise]);
      await server.kill(victim(), random.below(40));
      if (ended !== 'late') summary.afterAcknowledgement++;
      over.abort();
      await Promise.all(clients);
      count();
      server = new Server(port, folder);
      while (random.below(5) === 0 && summary.kills < kills) {
        await pause(random.below(LONGEST_START_MS));
        await server.kill(victim(), random.below(40));
        summary.starting++;
        count();
        server = new Server(port, folder);
      }
      log = await server.ready;
      summary.entries = await inspectRunning(log.base, log.trust, ledger);
      summary.acknowledged = ledger.acknowledged.size;
      summary.duplicates = ledger.duplicates;
      options.progress?.(summary);
    }
    // Clients repeat what they have no answer for, and get the one entry there is or a new one.
    const rest = loadOn(log, new AbortController().signal, () => {});
    const unanswered = [...ledger.sent].filter(([leaf]) => !ledger.acknowledged.has(leaf)).map(([, sent]) => sent);
    for (let at = 0; at < unanswered.length; at += SUBMITTERS) {
      const answers = unanswered.slice(at, at + SUBMITTERS).map(async (sent) => {
        for (let attempt = 0; attempt < 20; attempt++) {
          if (await submitOne(rest, sent)) return;
          await pause(100);
        }
        ledger.violations.push('a statement could not be logged after the last restart');
      });
      await Promise.all(answers);
    }
    summary.entries = await inspectRunning(log.base, log.trust, ledger);
    summary.acknowledged = ledger.acknowledged.size;
    summary.duplicates = ledger.duplicates;
    return summary;
  } finally {
    await server.stop();
    await issuer.stop();
    if (ledger.violations.length === 0) rmSync(folder, { recursive: true, force: true });
  }
}
