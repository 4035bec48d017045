/**
 * What a script costs the page it runs on, from Chromium's own trace: main-thread time in functions of that script, with
 * everything the browser did for them (style, layout, bindings), task by task.
 */
import type { CDPSession, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** Of the thread's own time: what the machine gave to others while it ran does not count. */
  readonly tdur?: number;
  readonly id?: string;
  readonly args?: {
    readonly name?: string;
    readonly data?: {
      readonly url?: string;
      readonly frames?: readonly { url: string; processId: number }[];
      readonly startTime?: number;
      readonly cpuProfile?: {
        readonly nodes?: readonly { id: number; parent?: number; callFrame: { url?: string } }[];
        readonly samples?: readonly number[];
      };
      readonly timeDeltas?: readonly number[];
    };
  };
}

/** Milliseconds of the main thread's own time. */
export interface ScriptCost {
  /** Longest share of one task. */
  readonly longest: number;
  /** The same by the clock: on a busy machine, with what others were given meanwhile. */
  readonly longestByClock: number;
  readonly total: number;
  /** Tasks in which the script ran. */
  readonly tasks: number;
}

const CATEGORIES = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-v8.cpu_profiler',
  'toplevel',
];

/** What the browser records with the address of the script it is done for. */
const CALLS = ['FunctionCall', 'EvaluateScript', 'v8.compile'];

/** Traces a page while something happens on it. */
export async function traceOf(page: Page, happening: () => Promise<void>): Promise<readonly TraceEvent[]> {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('Tracing.start', {
      transferMode: 'ReturnAsStream',
      traceConfig: { includedCategories: CATEGORIES, recordMode: 'recordAsMuchAsPossible' },
    });
    await happening();
    const ended = new Promise<string>((done) => {
      session.once('Tracing.tracingComplete', ({ stream }) => done(stream ?? ''));
    });
    await session.send('Tracing.end');
    return (JSON.parse(await read(session, await ended)) as { traceEvents: TraceEvent[] }).traceEvents;
  } finally {
    await session.detach();
  }
}

async function read(session: CDPSession, handle: string): Promise<string> {
  const parts: Buffer[] = [];
  for (;;) {
    const { data, eof, base64Encoded } = await session.send('IO.read', { handle, size: 1 << 20 });
    parts.push(Buffer.from(data, base64Encoded ? 'base64' : 'utf8'));
    if (eof) break;
  }
  await session.send('IO.close', { handle });
  return Buffer.concat(parts).toString('utf8');
}

/**
 * The cost of a script on the main threads of the pages it runs on: the calls the browser records, and, in tasks where it
 * records none, its profiler's samples, which also see what runs after an `await`.
 */
export function scriptCost(events: readonly TraceEvent[], isOurs: (url: string) => boolean): ScriptCost {
  const threads = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const mains = new Set(threads.map(({ pid, tid }) => `${pid} ${tid}`));
  const onMain = events.filter(({ pid, tid }) => mains.has(`${pid} ${tid}`));
  const isCall = ({ name, args }: TraceEvent): boolean => CALLS.includes(name) && isOurs(args?.data?.url ?? '');
  const calls = onMain.filter(isCall).sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const pids = new Set(calls.map(({ pid }) => pid));
  const tasks = onMain
    .filter(({ name, pid }) => name === 'RunTask' && pids.has(pid))
    .map(({ ts, dur = 0 }) => ({ from: ts, to: ts + dur, cost: 0, clock: 0, sampled: 0 }))
    .sort((a, b) => a.from - b.from);
  const taskAt = (time: number) => {
    let low = 0;
    let high = tasks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tasks[middle]?.from ?? 0) <= time) low = middle + 1;
      else high = middle;
    }
    const task = tasks[low - 1];
    return task !== undefined && time <= task.to ? task : undefined;
  };
  let [end, total] = [0, 0];
  for (const { ts, dur = 0, tdur = dur } of calls) {
    // A call inside another one is part of it.
    if (ts + dur <= end) continue;
    end = ts + dur;
    total += tdur;
    const task = taskAt(ts);
    if (task === undefined) continue;
    task.cost += tdur;
    task.clock += dur;
  }
  for (const { at, length } of samplesOf(events, pids, isOurs)) {
    const task = taskAt(at);
    if (task !== undefined) task.sampled += length;
  }
  for (const task of tasks) {
    if (task.cost > 0) continue;
    [task.cost, task.clock] = [task.sampled, task.sampled];
    total += task.sampled;
  }
  const most = (of: (task: (typeof tasks)[number]) => number): number => Math.max(0, ...tasks.map(of)) / 1000;
  return {
    longest: most(({ cost }) => cost),
    longestByClock: most(({ clock }) => clock),
    total: total / 1000,
    tasks: tasks.filter(({ cost }) => cost > 0).length,
  };
}

/** Samples whose stack has a function of ours. */
function* samplesOf(events: readonly TraceEvent[], pids: ReadonlySet<number>, isOurs: (url: string) => boolean) {
  const profiles = new Map<string, { time: number; nodes: Map<number, boolean> }>();
  const keyOf = ({ pid, id }: TraceEvent): string => `${pid} ${id}`;
  for (const event of events) {
    if (event.name === 'Profile' && pids.has(event.pid)) {
      profiles.set(keyOf(event), { time: event.args?.data?.startTime ?? 0, nodes: new Map() });
    }
  }
  for (const event of events) {
    const profile = event.name === 'ProfileChunk' ? profiles.get(keyOf(event)) : undefined;
    const data = event.args?.data;
    if (profile === undefined || data === undefined) continue;
    for (const { id, parent, callFrame } of data.cpuProfile?.nodes ?? []) {
      const above = parent !== undefined && profile.nodes.get(parent) === true;
      profile.nodes.set(id, above || isOurs(callFrame.url ?? ''));
    }
    for (const [n, sample] of (data.cpuProfile?.samples ?? []).entries()) {
      const length = data.timeDeltas?.[n] ?? 0;
      profile.time += length;
      // Longer pauses are others' turns.
      if (profile.nodes.get(sample) === true) yield { at: profile.time, length: Math.min(length, 2000) };
    }
  }
}
