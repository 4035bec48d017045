/** Who stands behind a text and since when, as was checked; and, apart from it, what the signer says about its making. */
import type { Report, ReportFacts } from '../verification/report.ts';
import { hostOf, say, sayModel, sayProduction, sayStanding, sayTime } from '../verification/words.ts';

/** What was checked about the signer. */
export function Signer({ report, facts }: Known) {
  const witnesses = facts.witnesses.map(({ name }) => name).join(', ');
  const rows: Row[] = [
    ['fact_issuer', hostOf(facts.issuer), true],
    [
      'fact_witnessed',
      facts.loggedBefore === undefined
        ? say('fact_not_witnessed')
        : say('fact_witnessed_value', sayTime(facts.loggedBefore), witnesses),
    ],
    ['fact_standing', sayStanding(report) ?? say(`standing_${report.standing.state}`)],
    ['fact_log', say('fact_log_value', facts.log.origin, facts.log.index)],
  ];
  return <Rows id="facts-title" title={say('facts_title')} rows={rows} />;
}

/** What the signer says, and can be held to. */
export function SignerSays({ facts }: Pick<Known, 'facts'>) {
  const rows: Row[] = [
    ['fact_production', sayProduction(facts)],
    ['fact_model', sayModel(facts)],
    ['fact_provider', facts.provider],
    ['fact_claimed', say('fact_claimed_value', sayTime(facts.claimedAt))],
    ['fact_level', say(`level_${facts.level}`)],
  ];
  if (facts.parents > 0) rows.push(['fact_parents', say('fact_parents_value', facts.parents)]);
  if (facts.disputesUntil !== undefined) rows.push(['fact_disputes', sayTime(facts.disputesUntil)]);
  if (facts.contact !== undefined) rows.push(['fact_contact', facts.contact]);
  return <Rows id="claims-title" title={say('claims_title')} rows={rows} />;
}

interface Known {
  readonly report: Report;
  readonly facts: ReportFacts;
}

type Row = readonly [key: string, value: string, strong?: boolean];

function Rows({ id, title, rows }: { id: string; title: string; rows: readonly Row[] }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <dl class="facts">
        {rows.map(([key, value, strong]) => (
          <>
            <dt key={key}>{say(key)}</dt>
            <dd class={strong ? 'strong' : ''}>{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}
