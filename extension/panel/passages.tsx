/** How the page's text compares with the record: which passages match, and which differ. */
import type { ReportContent } from '../verification/report.ts';
import { say, sayPassages, sayUnread } from '../verification/words.ts';

export function Passages({ content }: { content: ReportContent }) {
  const { match, matched, of, differing, missing, reordered, unread } = content;
  const summary =
    match === 'not-compared'
      ? say('passages_not_compared')
      : match === 'exact'
        ? say('passages_exact', matched, of)
        : matched === 0
          ? say('passages_none')
          : sayPassages(matched, of, 'passages');
  return (
    <section class="stack" aria-labelledby="text-title">
      <h2 id="text-title">{say('passages_title')}</h2>
      <p>{summary}</p>
      {unread > 0 && <p data-unread={unread}>{sayUnread(unread, 'passages_unread')}</p>}
      {reordered && <p>{say('passages_reordered')}</p>}
      {missing > 0 && (
        <p class="soft">{missing === 1 ? say('passages_missing_one') : say('passages_missing', missing)}</p>
      )}
      {differing.length > 0 && (
        <div class="stack">
          <h3>{say('passages_differ')}</h3>
          <ul class="differ">
            {differing.map(({ index, text }) => (
              <li key={index}>{text}</li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
