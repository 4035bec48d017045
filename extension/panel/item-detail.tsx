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
  sayIfKnown,
  sayProduction,
  sayStanding,
  sayTime,
} from '../verification/words.ts';
import { Assurances, CheckList, hasNoProof } from './check-list.tsx';
import { Signer, SignerSays } from './facts.tsx';
import { FoundBehind, FoundDetail } from './found-detail.tsx';
import { Mark } from './mark.tsx';
import { Passages } from './passages.tsx';
import { AllowPictures } from './picture-access.tsx';
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
          {item.closed?.askable && (
            <>
              <p class="soft">{say('picture_allow_text')}</p>
              <AllowPictures host={item.closed.host} tabId={tabId} />
            </>
          )}
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
      {report !== undefined && (
        <ReportDetail report={report} compared={found?.difference !== undefined || isPicture(item)} />
      )}
      {report !== undefined && maybeReplayed(report) && <Replay key={item.id} tabId={tabId} id={item.id} />}
      {report !== undefined && !hasNoProof(report) && (
        <ProofActions key={`proof-${item.id}`} tabId={tabId} id={item.id} report={report} />
      )}
      <Limits item={item} />
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

function Limits({ item }: { item: PageItem }) {
  const picture = isPicture(item);
  return (
    <section aria-labelledby="limits-title">
      <h2 id="limits-title">{say('limits_title')}</h2>
      <ul class="limits">
        {limitsOf(item).map((limit) => (
          <li key={limit}>{(picture ? sayIfKnown(`limit_picture_${limit}`) : undefined) ?? say(`limit_${limit}`)}</li>
        ))}
      </ul>
    </section>
  );
}

/** What is not shown, by name. */
function limitsOf({ report, found }: PageItem): string[] {
  const run = report?.assurances.some(({ kind, status }) => kind === 'evidence' && status === 'passed') ? [] : ['run'];
  if (found !== undefined) return ['found', 'truth', ...run, 'rest'];
  if (report?.verdict === 'verified') return ['truth', ...run, 'time', 'rest'];
  if (report?.verdict === 'invalid') return ['broken'];
  return report?.reasons.includes('content-none') ? ['other', 'absence'] : ['absence'];
}

/** Whether an item is about a picture. */
const isPicture = ({ report, found, picked }: PageItem): boolean =>
  picked !== undefined || found?.picture !== undefined || report?.content.picture !== undefined;

/** The headline of any item. */
export function titleOf({ report, found, declared, problem, problemCount, closed }: PageItem): string {
  if (report !== undefined && found !== undefined) return sayFound(found, report);
  if (report !== undefined) return headlineOf(report);
  if (declared !== undefined) return sayDeclaration(declared);
  return say(problem ?? 'headline_unproven', closed?.host ?? problemCount ?? '');
}

/** A page that denies AI over a text whose signed record names a model contradicts that record. */
function conflicts(item: PageItem, page: PageState): boolean {
  const denies = (each: PageItem): boolean => each.declared?.value === 'none';
  const proves = (each: PageItem): boolean => each.report?.verdict === 'verified';
  const touching = page.items.filter((other) => item.overlaps.includes(other.id) || other.overlaps.includes(item.id));
  return (denies(item) && touching.some(proves)) || (proves(item) && touching.some(denies));
}
