/**
 * What a sequencer has done since it was loaded, in the Prometheus text format. Counters begin at zero with each reload,
 * which is how that format expects them. Names and outcomes only: nothing here says who submits or what.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */

import type { PublishedOutcome } from '../sequencer/admit-batch.ts';

type Kind = 'counter' | 'gauge' | 'histogram';

/** Every metric there is: its kind and what it means. */
const METRICS = {
  submissions_total: ['counter', 'Submissions by outcome: logged, duplicate, or the reason of the refusal'],
  submission_seconds: ['histogram', 'From a submission to its published inclusion'],
  rounds_total: ['counter', 'Rounds that committed something'],
  publications_total: ['counter', 'Checkpoints made visible, by whether the witness quorum was met in time'],
  failures_total: ['counter', 'Failures that had memory discarded (sequencer) or work repeated (housekeeping)'],
  tree_size: ['gauge', 'Committed entries'],
  published_size: ['gauge', 'Entries of the visible checkpoint'],
  checkpoint_age_seconds: ['gauge', 'Age of the visible checkpoint'],
  behind_seconds: ['gauge', 'How long something committed has waited to become visible'],
  waiting_submissions: ['gauge', 'Submissions that wait for a round'],
  undelivered_packs: ['gauge', 'Packs whose lookup rows have not reached their shards, counted up to 1000'],
  staged_objects: ['gauge', 'Committed objects not known to be in storage'],
  witness_size: ['gauge', 'Tree size that a witness last cosigned'],
} as const satisfies Record<string, readonly [Kind, string]>;

/** Names without the prefix that they are written with. */
export type MetricName = keyof typeof METRICS;
/** One value of a metric; `label` for metrics of more than one. */
export interface Sample {
  readonly name: MetricName;
  readonly label?: readonly [name: string, value: string];
  readonly value: number;
}

/** How far a sequencer is. */
export interface SequencerState {
  readonly size: number;
  readonly publishedSize: number;
  readonly checkpointAgeSeconds: number;
  readonly behindSeconds: number;
}

/** The same as samples, with how many submissions wait for a round. */
export const gauges = (state: SequencerState & { readonly waiting: number }): Sample[] => [
  { name: 'tree_size', value: state.size },
  { name: 'published_size', value: state.publishedSize },
  { name: 'checkpoint_age_seconds', value: state.checkpointAgeSeconds },
  { name: 'behind_seconds', value: state.behindSeconds },
  { name: 'waiting_submissions', value: state.waiting },
];

const PREFIX = 'witnessmark_';
const BUCKETS_SECONDS = [0.1, 0.25, 0.5, 1, 2, 4, 8];

const series = (name: string, label?: readonly [string, string]): string =>
  label ? `${name}{${label[0]}="${label[1].replace(/[\\"\n]/g, '_')}"}` : name;

/** Counts for one sequencer. */
export class Metrics {
  readonly #counts = new Map<string, { readonly name: MetricName; readonly series: string; value: number }>();
  readonly #buckets = BUCKETS_SECONDS.map(() => 0);
  #observed = 0;
  #sumSeconds = 0;

  /** Adds one to a counter. */
  count(name: MetricName, label?: readonly [name: string, value: string]): void {
    const key = series(name, label);
    const counted = this.#counts.get(key) ?? { name, series: key, value: 0 };
    counted.value++;
    this.#counts.set(key, counted);
  }

  /** Counts a submission by its outcome, and a new entry by how long it took. */
  submitted(outcome: PublishedOutcome, ms: number): void {
    const isNew = outcome.ok && !outcome.duplicate;
    if (isNew) this.#observe(ms / 1000);
    this.count('submissions_total', ['outcome', isNew ? 'logged' : outcome.ok ? 'duplicate' : outcome.reason]);
  }

  #observe(seconds: number): void {
    this.#observed++;
    this.#sumSeconds += seconds;
    for (const [i, bound] of BUCKETS_SECONDS.entries()) {
      if (seconds <= bound) this.#buckets[i] = (this.#buckets[i] ?? 0) + 1;
    }
  }

  /** Everything as text; gauges are read when they are asked for. */
  render(gauges: readonly Sample[]): string {
    const counted = [...this.#counts.values()].map((each) => ({
      name: each.name,
      line: `${each.series} ${each.value}`,
    }));
    const read = gauges.map(({ name, label, value }) => ({ name, line: `${series(name, label)} ${value}` }));
    const lines = [...counted, ...read, ...this.#histogram()];
    return Object.entries(METRICS)
      .map(([name, [kind, help]]) => {
        const own = lines.filter((each) => each.name === name).map(({ line }) => `${PREFIX}${line}\n`);
        return `# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} ${kind}\n${own.join('')}`;
      })
      .join('');
  }

  #histogram(): { readonly name: MetricName; readonly line: string }[] {
    const name = 'submission_seconds';
    const bucket = (le: string, value: number): string => `${series(`${name}_bucket`, ['le', le])} ${value}`;
    return [
      ...BUCKETS_SECONDS.map((bound, i) => bucket(`${bound}`, this.#buckets[i] ?? 0)),
      bucket('+Inf', this.#observed),
      `${name}_sum ${this.#sumSeconds}`,
      `${name}_count ${this.#observed}`,
    ].map((line) => ({ name, line }));
  }
}
