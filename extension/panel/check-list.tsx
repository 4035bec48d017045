/** Every check in plain words with how it went; what failed or was skipped says why. */
import type { Report, ReportCheck } from '../verification/report.ts';
import { isOfPicture, say, sayIfKnown, saySkipped } from '../verification/words.ts';

const GLYPHS = {
  passed: 'M6 6h.01',
  failed: 'M2.5 2.5l7 7M9.5 2.5l-7 7',
  skipped: 'M8.5 6a2.5 2.5 0 1 0-5 0a2.5 2.5 0 1 0 5 0',
};

/** Whether there was nothing that could be checked. */
export const hasNoProof = ({ reasons }: Report): boolean =>
  reasons.includes('trail-unreachable') || reasons.includes('trail-not-found');

export function CheckList({ report }: { report: Report }) {
  if (hasNoProof(report)) {
    return (
      <section>
        <p class="soft">{say('checks_none')}</p>
      </section>
    );
  }
  const count = (status: string): number => report.checks.filter((check) => check.status === status).length;
  const open = report.verdict !== 'verified';
  return (
    <details class={`section${report.tone === 'alert' ? ' contradiction' : ''}`} open={open}>
      <summary>
        {say('checks_title')} <span>· {say('checks_counts', count('passed'), count('failed'), count('skipped'))}</span>
      </summary>
      <ul class="checks">
        {report.checks.map((check) => (
          <Check key={check.id} check={check} report={report} />
        ))}
      </ul>
    </details>
  );
}

function Check({ check, report }: { check: ReportCheck; report: Report }) {
  const { id, status, reason, detail } = check;
  const { picture } = report.content;
  const isPicture = picture !== undefined && reason === 'content-none';
  const said = isPicture ? say(`picture_why_${picture}`) : sayIfKnown(`reason_${reason}`);
  const why = reason === undefined ? detail && saySkipped(detail) : (said ?? reason);
  return (
    <li class={status} data-check={id}>
      <svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">
        <path d={GLYPHS[status]} />
      </svg>
      <span>{id === 'content' && isOfPicture(report) ? say('check_picture') : say(`check_${id}`)}</span>
      <span class="state">{say(`status_${status}`)}</span>
      {status !== 'passed' && why !== undefined && <span class="why">{why}</span>}
    </li>
  );
}

/** The assurances, each apart from the others. */
export function Assurances({ report }: { report: Report }) {
  if (report.assurances.length === 0) return null;
  const bare = !report.assurances.some(({ kind }) => kind === 'evidence');
  return (
    <section aria-labelledby="assurances-title">
      <h2 id="assurances-title">{say('assurances_title')}</h2>
      <ul class="checks">
        {report.assurances.map(({ kind, status, evidence }, index) => (
          <li key={`${kind}${index}`} class={status} data-assurance={kind}>
            <svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">
              <path d={GLYPHS[status]} />
            </svg>
            <span>
              {say(`assurance_${kind}`)}
              {evidence !== undefined && `: ${sayIfKnown(`evidence_${evidence.kind}`) ?? evidence.kind}`}
            </span>
            <span class="state">{say(`status_${status}`)}</span>
            {evidence !== undefined && (
              <span class="why">
                {(['genuine', 'recognised', 'bound'] as const)
                  .map((step) => `${say(`evidence_${step}`)}: ${say(`status_${evidence[step]}`)}`)
                  .join(' · ')}
              </span>
            )}
          </li>
        ))}
        {bare && (
          <li class="skipped" data-assurance="none">
            <svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">
              <path d={GLYPHS.skipped} />
            </svg>
            <span>{say('assurance_evidence')}</span>
            <span class="state">{say('assurance_none')}</span>
          </li>
        )}
      </ul>
    </section>
  );
}
