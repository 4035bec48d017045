/** Checks a proof from a file, without any network, against pasted text. */
import { useRef, useState } from 'preact/hooks';
import { sendFromPage } from '../messaging/messages.ts';
import type { Report } from '../verification/report.ts';
import { headlineOf, say } from '../verification/words.ts';
import { Behind, ReportDetail } from './item-detail.tsx';
import { Mark } from './mark.tsx';

const MAX_FILE = 1 << 20;

export function SavedProof() {
  const file = useRef<HTMLInputElement>(null);
  const pasted = useRef<HTMLTextAreaElement>(null);
  const [report, setReport] = useState<Report | undefined>();
  const check = async (event: Event): Promise<void> => {
    event.preventDefault();
    const chosen = file.current?.files?.[0];
    if (chosen === undefined) return;
    const trail = chosen.size > MAX_FILE ? '' : await chosen.text();
    setReport(await sendFromPage('proof/check', { trail, text: pasted.current?.value ?? '' }));
  };
  return (
    <details class="section" data-part="saved-proof">
      <summary>{say('saved_title')}</summary>
      <form class="stack" onSubmit={check}>
        <p class="soft">{say('saved_text')}</p>
        <label>
          {say('saved_file')}
          <input ref={file} type="file" accept=".json,application/vnd.witnessmark.trail+json" required />
        </label>
        <label>
          {say('saved_paste')}
          <textarea ref={pasted} />
        </label>
        <button type="submit">{say('saved_check')}</button>
      </form>
      {report !== undefined && (
        <section aria-label={say('saved_title')} data-verdict={report.verdict} style="margin-block-start: 18px">
          <div class="verdict">
            <Mark state={report.icon} large />
            <div>
              <h1 class={report.tone === 'alert' ? 'alert' : ''}>{headlineOf(report)}</h1>
              <Behind report={report} />
            </div>
          </div>
          <ReportDetail report={report} />
        </section>
      )}
    </details>
  );
}
