/** One item in full: the sentence, who, the text, the assurances, every check, and the limits. */
import { sendFromPage } from '../messaging/messages.ts';
import type { PageItem, PageState } from '../verification/page-store.ts';
import type { Report } from '../verification/report.ts';
import {
  explanationOf,
  headlineOf,
  hostOf,
  say,
  sayDeclaration,
  sayDeclaredModel,
  sayFound,
  sayProduction,
  sayStanding,
  sayTime,
} from '../verification/words.ts';
import { Assurances, CheckList, hasNoProof } from './check-list.tsx';
import { Signer, SignerSays } from './facts.tsx';
import { FoundBehind, FoundDetail } from './found-detail.tsx';
import { Mark } from './mark.tsx';
import { Passages } from './passages.tsx';
import { ProofActions, Replay } from './proof-actions.tsx';

export function ItemDetail({ item, page, tabId }: { item: PageItem; page: PageState; tabId: number }) {
  const { report, declared, found } = item;
  const show = (): void => void sendFromPage('page/reveal', { tabId, id: item.id });
  return (
    <article aria-labelledby="headline" data-item={item.id} data-verdict={report?.verdict ?? 'none'}>
      <div class="verdict">
        <Mark state={report?.icon ?? (declared === undefined ? 'unproven' : 'declared')} large />
        <div>
          <h1 id="headline" class={report?.tone === 'alert' ? 'alert' : ''}>
            {titleOf(item)}
          </h1>
          {report !== undefined &&
            (found === undefined ? <Behind report={report} /> : <FoundBehind found={found} report={report} />)}
          {declared !== undefined && (
            <p class="soft">
              {say('declared_unsigned')} {sayDeclaredModel(declared)}
            </p>
          )}
          {report?.savedAt !== undefined && (
            <p class="soft small">{say('panel_saved_copy', sayTime(report.savedAt / 1000))}</p>
          )}
        </div>
      </div>
      {conflicts(item, page) && <p class="note alert">{say('declared_conflict')}</p>}
      {item.excerpt !== '' && (
        <div class="stack" style="padding-block-end: 16px">
          <blockquote class="excerpt">{item.excerpt}</blockquote>
          {item.kind === 'selection' ? (
            <p class="soft small">
              {report === undefined ? '' : `${say('panel_found_by_lookup')} `}
              {item.widened ? say('panel_widened') : ''}
            </p>
          ) : (
            <button type="button" class="plain" onClick={show}>
              {say('panel_show')}
            </button>
          )}
        </div>
      )}
      {found !== undefined && <FoundDetail found={found} />}
      {report !== undefined && <ReportDetail report={report} compared={found?.difference !== undefined} />}
      {report !== undefined && maybeReplayed(report) && <Replay key={item.id} tabId={tabId} id={item.id} />}
      {report !== undefined && !hasNoProof(report) && (
        <ProofActions key={`proof-${item.id}`} tabId={tabId} id={item.id} report={report} />
      )}
      <Limits report={report} found={found !== undefined} />
    </article>
  );
}

/** Whether there is a run to repeat that would count; one that failed here stays on view. */
function maybeReplayed({ facts, verdict, reasons }: Report): boolean {
  const failed = reasons.length === 1 && reasons[0] === 'evidence-failed';
  return facts?.replay === true && (verdict === 'verified' || failed);
}

/** Under the headline: who stands behind a proven text, or why nothing is proven. */
export function Behind({ report }: { report: Report }) {
  const { facts, verdict } = report;
  if (verdict !== 'verified' || facts === undefined) return <p>{explanationOf(report)}</p>;
  const standing = sayStanding(report);
  const signer = hostOf(facts.issuer);
  const part = report.content.differing.length > 0;
  const plain = facts.by === 'self' && facts.operator === signer;
  return (
    <>
      <p>
        {part ? say('panel_behind_part', signer) : say('panel_behind', signer)}{' '}
        {plain ? '' : `${sayProduction(facts)}.`}
      </p>
      {standing !== undefined && <p class="soft">{standing}</p>}
    </>
  );
}

/** The part of a report that needs no page: also shown for a saved proof. `compared`: the words were, which says more. */
export function ReportDetail({ report, compared = false }: { report: Report; compared?: boolean }) {
  const { facts } = report;
  return (
    <>
      {facts !== undefined && (
        <>
          <Signer report={report} facts={facts} />
          <Assurances report={report} />
          {!compared && <Passages content={report.content} />}
          <SignerSays facts={facts} />
        </>
      )}
      <CheckList report={report} />
    </>
  );
}

function Limits({ report, found }: { report: Report | undefined; found: boolean }) {
  const run = report?.assurances.some(({ kind, status }) => kind === 'evidence' && status === 'passed');
  const keys = found
    ? ['limit_found', 'limit_truth', ...(run ? [] : ['limit_run']), 'limit_rest']
    : report?.verdict === 'verified'
      ? ['limit_truth', ...(run ? [] : ['limit_run']), 'limit_time', 'limit_rest']
      : report?.verdict === 'invalid'
        ? ['limit_broken']
        : report?.reasons.includes('content-none')
          ? ['limit_other', 'limit_absence']
          : ['limit_absence'];
  return (
    <section aria-labelledby="limits-title">
      <h2 id="limits-title">{say('limits_title')}</h2>
      <ul class="limits">
        {keys.map((key) => (
          <li key={key}>{say(key)}</li>
        ))}
      </ul>
    </section>
  );
}

/** The headline of any item. */
export function titleOf({ report, found, declared, problem, problemCount }: PageItem): string {
  if (found !== undefined) return sayFound(found);
  if (report !== undefined) return headlineOf(report);
  if (declared !== undefined) return sayDeclaration(declared);
  return say(problem ?? 'headline_unproven', problemCount ?? '');
}

/** A page that denies AI over a text whose signed record names a model contradicts that record. */
function conflicts(item: PageItem, page: PageState): boolean {
  const denies = (each: PageItem): boolean => each.declared?.value === 'none';
  const proves = (each: PageItem): boolean => each.report?.verdict === 'verified';
  const touching = page.items.filter((other) => item.overlaps.includes(other.id) || other.overlaps.includes(item.id));
  return (denies(item) && touching.some(proves)) || (proves(item) && touching.some(denies));
}
