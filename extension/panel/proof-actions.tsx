/** The raw proof, its page, and the replay of the run, each on the reader's request. */
import { useState } from 'preact/hooks';
import { sendFromPage } from '../messaging/messages.ts';
import { browser } from '../platform.ts';
import type { ReplayProgress } from '../verification/replay-progress.ts';
import type { Report } from '../verification/report.ts';
import { hostOf, say } from '../verification/words.ts';
import { saveFile, saveForkProof } from './save-file.ts';

interface Where {
  readonly tabId: number;
  readonly id: string;
  readonly report: Report;
}

export function ProofActions({ tabId, id, report }: Where) {
  const [problem, setProblem] = useState('');
  const save = async (): Promise<void> => {
    const answer = await sendFromPage('proof/raw', { tabId, id });
    if (!answer.ok) return setProblem(say(answer.reason));
    saveFile(`${report.facts?.id ?? 'trail'}.witnessmark.json`, 'application/vnd.witnessmark.trail+json', answer.value);
  };
  const saveFork = async (): Promise<void> => {
    const forks = await sendFromPage('forks/list', null);
    const fork = forks.find(({ origin }) => origin === report.facts?.log.origin) ?? forks[0];
    if (fork !== undefined) saveForkProof(fork);
  };
  return (
    <section class="stack" aria-labelledby="proof-title">
      <h2 id="proof-title">{say('proof_title')}</h2>
      <div class="row">
        <button type="button" onClick={save}>
          {say('proof_download')}
        </button>
        {report.pageUrl !== undefined && report.facts !== undefined && (
          <a class="button" href={report.pageUrl} target="_blank" rel="noreferrer noopener">
            {say('proof_page', hostOf(report.pageUrl))}
          </a>
        )}
        {report.fork && (
          <button type="button" onClick={saveFork}>
            {say('fork_download')}
          </button>
        )}
      </div>
      {report.facts !== undefined && <p class="mono soft">{report.facts.id}</p>}
      {problem !== '' && <p role="status">{problem}</p>}
    </section>
  );
}

export function Replay({ tabId, id }: Omit<Where, 'report'>) {
  const [progress, setProgress] = useState<ReplayProgress | undefined>();
  const busy = progress?.phase === 'working';
  const run = async (): Promise<void> => {
    setProgress({ phase: 'working', step: 'runtime' });
    const watch = (message: unknown): void => {
      const { type, body } = message as { type?: string; body?: ReplayProgress };
      if (type === 'replay/progress' && body !== undefined) setProgress(body);
    };
    browser.runtime.onMessage.addListener(watch);
    const answer = await sendFromPage('replay/run', { tabId, id }).catch(() => null);
    browser.runtime.onMessage.removeListener(watch);
    if (answer?.ok) setProgress(answer.value);
    else setProgress({ phase: 'failed', ...(answer === null ? {} : { detail: say(answer.reason) }) });
  };
  return (
    <section class="stack" aria-labelledby="replay-title">
      <h2 id="replay-title">{say('replay_title')}</h2>
      <p class="soft">{say('replay_text')}</p>
      <button type="button" onClick={run} disabled={busy}>
        {say('replay_run')}
      </button>
      <div role="status" class="stack" data-replay={progress?.outcome ?? progress?.phase ?? 'none'}>
        {busy && <Working progress={progress} />}
        {progress?.phase === 'done' && progress.outcome !== undefined && (
          <p class={`result${progress.outcome === 'mismatch' ? ' alert' : ''}`}>{say(`replay_${progress.outcome}`)}</p>
        )}
        {progress?.phase === 'failed' && <p class="result">{say('replay_failed')}</p>}
        {progress?.detail !== undefined && <p class="soft small">{progress.detail}</p>}
      </div>
    </section>
  );
}

function Working({ progress }: { progress: ReplayProgress }) {
  return (
    <label>
      {say(`replay_step_${progress.step ?? 'runtime'}`)}
      <progress {...(progress.done === undefined ? {} : { value: progress.done, max: 1 })} />
    </label>
  );
}
