/** What leaves the device, rung by rung of the ladder: PRIVACY.md for the reader, in the reader's language. */
import { say } from '../verification/words.ts';

/** Each step with what is sent and who learns what of it. */
const STEPS = [
  ['privacy_marked', 'privacy_marked_sent', 'privacy_marked_learns'],
  ['privacy_filters', 'privacy_filters_sent', 'privacy_filters_learns'],
  ['privacy_quiet', 'privacy_quiet_sent', 'privacy_quiet_learns'],
  ['privacy_buckets', 'privacy_buckets_sent', 'privacy_buckets_learns'],
  ['privacy_candidate', 'privacy_candidate_sent', 'privacy_candidate_learns'],
  ['privacy_oblivious', 'privacy_oblivious_sent', 'privacy_oblivious_learns'],
  ['privacy_pictures', 'privacy_pictures_sent', 'privacy_pictures_learns'],
  ['privacy_relay', 'privacy_relay_sent', 'privacy_relay_learns'],
] as const;

export function PrivacyPage() {
  return (
    <main class="steps">
      <h1 style="padding-block-end: 16px">{say('privacy_title')}</h1>
      <p style="padding-block-end: 16px">{say('privacy_intro')}</p>
      <ol>
        {STEPS.map(([title, sent, learns]) => (
          <li key={title}>
            <section class="stack" aria-labelledby={title}>
              <h2 id={title}>{say(title)}</h2>
              <dl class="stack">
                <div>
                  <dt class="soft small">{say('privacy_sent')}</dt>
                  <dd>{say(sent)}</dd>
                </div>
                <div>
                  <dt class="soft small">{say('privacy_learns')}</dt>
                  <dd>{say(learns)}</dd>
                </div>
              </dl>
            </section>
          </li>
        ))}
      </ol>
      <section class="stack" aria-labelledby="device-title">
        <h2 id="device-title">{say('privacy_device')}</h2>
        <p>{say('privacy_device_text')}</p>
      </section>
    </main>
  );
}
