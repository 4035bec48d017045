/** What is said of a text that was recognised without a mark: never in the words of one that brought its proof. */
import type { Report } from '../verification/report.ts';
import type { FoundText, OtherRecord } from '../verification/verify-found.ts';
import { hostOf, say, sayProduction, sayStanding, sayTime } from '../verification/words.ts';
import { DifferenceTable } from './difference.tsx';

/** Under the headline. */
export function FoundBehind({ found, report }: { found: FoundText; report: Report }) {
  const { facts } = report;
  const standing = sayStanding(report);
  const signer = facts === undefined ? '' : hostOf(facts.issuer);
  const { picture } = found;
  return (
    <>
      {picture === undefined && !found.own && (
        <p>{say(found.difference === undefined ? 'found_behind_digests' : 'found_behind', signer)}</p>
      )}
      {picture !== undefined && <p>{say(found.state === 'exact' ? 'picture_same_file' : 'picture_by_looks')}</p>}
      {picture?.refetched && <p class="note">{say('picture_refetched')}</p>}
      {facts !== undefined && <p>{sayProduction(facts)}.</p>}
      {standing !== undefined && <p class="soft">{standing}</p>}
      <p class="soft">{say(picture === undefined ? 'found_rung' : 'picture_no_proof')}</p>
      {found.conflict && <p class="note alert">{say('found_conflict')}</p>}
    </>
  );
}

/** The comparison, and the other records. */
export function FoundDetail({ found }: { found: FoundText }) {
  const { state, similarity, difference, others, picture } = found;
  if (picture !== undefined) {
    return (
      <>
        {picture.same !== undefined && (
          <p class="small" style="padding-block-end: 16px" data-similarity={similarity}>
            {say('picture_likeness', picture.same)}
          </p>
        )}
        {others.length > 0 && <Others others={others} picture />}
      </>
    );
  }
  return (
    <>
      {state === 'edited' && (
        <p class="small" data-similarity={similarity}>
          {say('found_similarity', Math.floor(similarity * 100))}
        </p>
      )}
      {difference === undefined ? (
        <p class="soft small">{say('difference_unpublished')}</p>
      ) : (
        <DifferenceTable difference={difference} />
      )}
      {others.length > 0 && <Others others={others} />}
    </>
  );
}

function Others({ others, picture = false }: { others: readonly OtherRecord[]; picture?: boolean }) {
  return (
    <section class="stack" aria-labelledby="others-title" data-part="others">
      <h2 id="others-title">{say(picture ? 'picture_others' : 'found_others')}</h2>
      <ul class="differ">
        {others.map(({ id, issuer, model, state, loggedBefore }) => (
          <li key={id}>
            {say('found_other', hostOf(issuer), model)}
            <span class="soft small">
              {' '}
              {picture && state === 'exact' ? say('picture_state_exact') : say(`found_state_${state}`)}
              {loggedBefore === undefined ? '' : ` · ${say('found_other_witnessed', sayTime(loggedBefore))}`}
            </span>
          </li>
        ))}
      </ul>
      <p class="soft small">{say('found_first')}</p>
    </section>
  );
}
