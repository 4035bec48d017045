/** Who stands behind a text, how it was made, and when, as the signed claim says. */
import type { Report } from '../verification/report.ts';
import { hostOf, say, sayModel, sayProduction, sayStanding, sayTime } from '../verification/words.ts';

export function Facts({ report }: { report: Report }) {
  const { facts } = report;
  if (facts === undefined) return null;
  const witnesses = facts.witnesses.map(({ name }) => name).join(', ');
  const rows: [string, string, boolean?][] = [
    ['fact_issuer', hostOf(facts.issuer), true],
    ['fact_production', sayProduction(facts)],
    ['fact_model', sayModel(facts)],
    ['fact_claimed', sayTime(facts.claimedAt)],
    [
      'fact_witnessed',
      facts.loggedBefore === undefined
        ? say('fact_not_witnessed')
        : say('fact_witnessed_value', sayTime(facts.loggedBefore), witnesses),
    ],
    ['fact_standing', sayStanding(report) ?? say(`standing_${report.standing.state}`)],
    ['fact_level', say(`level_${facts.level}`)],
    ['fact_log', say('fact_log_value', facts.log.origin, facts.log.index)],
  ];
  if (facts.parents > 0) rows.push(['fact_parents', say('fact_parents_value', facts.parents)]);
  if (facts.disputesUntil !== undefined) rows.push(['fact_disputes', sayTime(facts.disputesUntil)]);
  if (facts.contact !== undefined) rows.push(['fact_contact', facts.contact]);
  return (
    <section aria-labelledby="facts-title">
      <h2 id="facts-title">{say('facts_title')}</h2>
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
