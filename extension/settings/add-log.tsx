/** Adding a log: fetch or paste a trust document, compare fingerprints, and only then trust it. */
import { useRef, useState } from 'preact/hooks';
import { sendFromPage } from '../messaging/messages.ts';
import type { Answer, TrustEntry } from '../messaging/protocol.ts';
import { say } from '../verification/words.ts';
import { TrustCard } from './trust-card.tsx';

export function AddLog({ added }: { added: () => void }) {
  const address = useRef<HTMLInputElement>(null);
  const pasted = useRef<HTMLTextAreaElement>(null);
  const [preview, setPreview] = useState<TrustEntry | undefined>();
  const [problem, setProblem] = useState('');
  const shown = (answer: Answer<TrustEntry>): void => {
    setProblem(answer.ok ? '' : say(answer.reason));
    setPreview(answer.ok ? answer.value : undefined);
  };
  const fetchIt = async (event: Event): Promise<void> => {
    event.preventDefault();
    shown(await sendFromPage('trust/preview', { origin: address.current?.value.trim() ?? '' }));
  };
  const readIt = async (event: Event): Promise<void> => {
    event.preventDefault();
    shown(await sendFromPage('trust/preview', { text: pasted.current?.value ?? '' }));
  };
  const confirm = async (entry: TrustEntry): Promise<void> => {
    const answer = await sendFromPage('trust/add', { text: entry.text });
    setProblem(answer.ok ? '' : say(answer.reason));
    if (!answer.ok) return;
    setPreview(undefined);
    added();
  };
  return (
    <section class="stack" aria-labelledby="add-title">
      <h2 id="add-title">{say('settings_add')}</h2>
      <form class="stack" onSubmit={fetchIt}>
        <label>
          {say('settings_add_address')}
          <input ref={address} type="text" inputMode="url" placeholder="https://log.example" required />
        </label>
        <button type="submit">{say('settings_add_fetch')}</button>
      </form>
      <details>
        <summary>{say('settings_add_or')}</summary>
        <form class="stack" onSubmit={readIt}>
          <label>
            {say('settings_add_paste')}
            <textarea ref={pasted} class="mono" spellcheck={false} required />
          </label>
          <button type="submit">{say('settings_add_read')}</button>
        </form>
      </details>
      <div role="status">
        {problem !== '' && <p class="note">{problem}</p>}
        {preview !== undefined && (
          <div class="stack" data-part="confirm-trust">
            <h3>{say('settings_confirm_title')}</h3>
            <p>{say('settings_confirm_text')}</p>
            <TrustCard entry={preview}>
              <div class="row" style="margin-block-start: 12px">
                <button type="button" class="primary" onClick={() => confirm(preview)}>
                  {say('settings_confirm')}
                </button>
                <button type="button" onClick={() => setPreview(undefined)}>
                  {say('settings_cancel')}
                </button>
              </div>
            </TrustCard>
          </div>
        )}
      </div>
    </section>
  );
}
