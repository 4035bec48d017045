/** omniwitness's own load generator against our witness in workerd: fifty growing logs with spare signatures. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalLog } from '../../worker/local/start-local-log.ts';
import { finish } from './processes.ts';
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.ts';
import { must, once, type Step } from './steps.ts';
import { goTool } from './tools.ts';

const LOGS = ['-log_count=50', '-num_extra_sigs=3'];
/** It would end by itself only at a rate its own clock may never reach, so it is given seconds instead. */
const PACE = ['-start_qps=100', '-max_qps=100', '-timeout=10s'];
const SECONDS = 12;

interface LoadedWitness {
  readonly proxy: RecordingProxy;
  readonly stop: () => Promise<void>;
}

async function startLoadedWitness(): Promise<LoadedWitness> {
  // Without a target it only prints its logs; their keys are the same every time.
  const { output } = await finish(goTool('loadtest'), { args: LOGS, seconds: 30 });
  const otherLogs = [...output.matchAll(/PublicKey: (\S+)/g)].map(([, vkey]) => vkey ?? '');
  must(otherLogs.length === 50, 'loadtest printed no logs');
  const folder = mkdtempSync(join(tmpdir(), 'wm-interop-'));
  const log = await startLocalLog({ folder, witnesses: 1, otherLogs });
  const proxy = await startRecordingProxy(log.witnessUrls[0] ?? '');
  const stop = async (): Promise<void> => {
    await Promise.all([log.stop(), proxy.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
  return { proxy, stop };
}

/** Lets the generator run; it gives up on the first refusal that is not "stale", and on a mean latency of 10 s. */
async function load({ proxy }: LoadedWitness): Promise<{ accepted: number; stale: number; latency: string }> {
  const before = proxy.exchanges.length;
  const args = [...LOGS, ...PACE, `-target=${proxy.url}`];
  const { code, output } = await finish(goTool('loadtest'), { args, seconds: SECONDS });
  must(code === null, `loadtest gave up: ${output.slice(-400)}`);
  const latency = /.*Average update time is (\S+)/s.exec(output)?.[1];
  must(latency !== undefined, 'loadtest has timed nothing');
  const statuses = proxy.exchanges.slice(before).map(({ status }) => status);
  const count = (wanted: number): number => statuses.filter((status) => status === wanted).length;
  const [accepted, stale] = [count(200), count(409)];
  must(accepted + stale === statuses.length, `other answers: ${[...new Set(statuses)].join(' ')}`);
  return { accepted, stale, latency };
}

/** The second run finds a witness that knows more than its logs remember. */
export function loadtestSteps(
  keep: <T extends { stop: () => Promise<void> }>(started: Promise<T>) => Promise<T>,
): Step[] {
  const loaded = once(() => keep(startLoadedWitness()));
  const needs = ['loadtest'] as const;
  return [
    {
      name: "our witness passes omniwitness's loadtest",
      needs,
      run: async () => {
        const { accepted, stale, latency } = await load(await loaded());
        must(stale === 0, `${stale} refused as stale`);
        return `${accepted} accepted and 0 refused in ${SECONDS} s, at last ${latency} each`;
      },
    },
    {
      name: 'and again, from logs that have forgotten',
      needs,
      run: async () => {
        const { accepted, stale, latency } = await load(await loaded());
        must(stale > 0, 'nothing was refused as stale');
        return `${accepted} accepted, ${stale} refused with the size it knows (409), at last ${latency} each`;
      },
    },
  ];
}
