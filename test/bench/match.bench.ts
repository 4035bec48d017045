/**
 * How surely copied and edited text is found, and that nothing else is: each attack on each text, through the whole
 * pipeline, a candidate by a shared fingerprint and then the comparer's verdict, beside SimHash and MinHash alone at
 * their best threshold without a false match. `npm run bench:match -- --texts F` reads another JSON Lines file of
 * `{id, text}`, with `lang` if it likes.
 */
import { compareRegions, compareTexts, MIN_COMMON_WEIGHT, MIN_SIMILARITY } from '#shared/compare/compare.ts';
import { type WordText, wordText } from '#shared/compare/word-text.ts';
import { type TextFingerprints, textFingerprints } from '#shared/fingerprint/text-fingerprints.ts';
import { plainLines } from '#shared/text/passages.ts';
import { ATTACKS } from './attacks/attacks.ts';
import { seededRandom } from './attacks/random.ts';
import { BASELINES } from './baselines.ts';
import { allTexts, type CorpusText, corpus, MIN_TEXT_WORDS, paraphrases, unrelated } from './corpus.ts';
import { medianMicroseconds } from './median.ts';
import { machine, type Row, report, row } from './report.ts';

/** Attacked texts of one language for each attack. */
const MAX_QUERIES = 400;
/** Shown even where the texts lack them; others from `MIN_GOAL_TEXTS` texts on. */
const LANGUAGES = ['en', 'es', 'de', 'zh', 'ja', 'ar'];
/** Of fewer attacked texts no share says enough to be held to a goal. */
const MIN_GOAL_TEXTS = 20;
const ALGORITHMS = ['wm-winnow-1', 'wm-minhash-1'] as const;
const SIMILARITIES = [0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9];
const WEIGHTS = [32, 64, 96, 128, 160, 192, 256];

/** An attested text as the index and the comparer hold it. */
interface Attested {
  readonly original: CorpusText;
  readonly text: WordText;
  readonly sketches: readonly Uint32Array[];
}

/** What an index answers: every attested text that has one of the fingerprints. */
class Index {
  readonly #texts = new Map<number, number[]>();
  size = 0;

  add(place: number, fingerprints: TextFingerprints): void {
    for (const fingerprint of ALGORITHMS.flatMap((each) => fingerprints[each])) {
      const places = this.#texts.get(fingerprint);
      if (places === undefined) this.#texts.set(fingerprint, [place]);
      else places.push(place);
      this.size++;
    }
  }

  candidates = (fingerprints: TextFingerprints): Set<number> =>
    new Set(ALGORITHMS.flatMap((each) => fingerprints[each]).flatMap((each) => this.#texts.get(each) ?? []));
}

/** The best region of a pair, for the curves: its similarity where long enough, and its weight where similar enough. */
interface Strength {
  readonly similarity: number;
  readonly weight: number;
}
function strength(attested: WordText, page: WordText): Strength {
  let [similarity, weight] = [0, 0];
  for (const { common, words, weight: own } of compareRegions(attested, page)) {
    if (own >= MIN_COMMON_WEIGHT) similarity = Math.max(similarity, common / words);
    if (common >= MIN_SIMILARITY * words) weight = Math.max(weight, own);
  }
  return { similarity, weight };
}

/** One attacked text and what became of it. */
interface Outcome {
  readonly attack: string;
  readonly lang: string;
  readonly found: boolean;
  readonly strength: Strength;
  /** By each baseline: likeness to the original. */
  readonly likeness: readonly number[];
}

/** Everything seen in a run. */
class Run {
  readonly outcomes: Outcome[] = [];
  readonly strangers: Strength[] = [];
  readonly falseMatches: string[] = [];
  /** The greatest likeness of unrelated texts, by each baseline. */
  readonly strangeness = BASELINES.map(() => -1);
  unrelatedPairs = 0;
  readonly index = new Index();
  readonly attested: Attested[];

  constructor(texts: readonly CorpusText[]) {
    this.attested = texts.map((original, place) => {
      const lines = plainLines(original.text);
      this.index.add(place, textFingerprints(lines));
      const text = wordText(lines);
      return { original, text, sketches: BASELINES.map(({ sketch }) => sketch(text.words)) };
    });
  }

  /** Looks the page up as a reader would; the text in `place` is the one it was made from. */
  query(attack: string, place: number, own: WordText, lines: readonly string[]): void {
    const original = this.attested[place]?.original as CorpusText;
    const page = wordText(lines);
    const sketches = BASELINES.map(({ sketch }) => sketch(page.words));
    const likeness = (to: Attested): number[] =>
      BASELINES.map((each, n) => each.likeness(sketches[n] as Uint32Array, to.sketches[n] as Uint32Array));
    const candidates = this.index.candidates(textFingerprints(lines));
    const isFound = candidates.has(place) && compareTexts(own, page).verdict !== 'unrelated';
    this.outcomes.push({
      attack,
      lang: original.lang,
      found: isFound,
      strength: candidates.has(place) ? strength(own, page) : { similarity: 0, weight: 0 },
      likeness: likeness(this.attested[place] as Attested),
    });
    for (const [other, stranger] of this.attested.entries()) {
      if (other === place || !unrelated(original, stranger.original)) continue;
      this.unrelatedPairs++;
      for (const [n, value] of likeness(stranger).entries()) {
        this.strangeness[n] = Math.max(this.strangeness[n] ?? 0, value);
      }
      if (!candidates.has(other)) continue;
      this.strangers.push(strength(stranger.text, page));
      const { verdict, similarity, edits } = compareTexts(stranger.text, page);
      if (verdict === 'unrelated') continue;
      const common = edits
        .filter(({ kind }) => kind === 'same')
        .map(({ page: { from, to } }) => page.words.slice(from, to).join(' '));
      this.falseMatches.push(
        `${original.id} (${attack}) ${verdict} ${similarity.toFixed(2)} ${stranger.original.id}: ${common.join(' | ')}`,
      );
    }
  }

  /** Share found by us and, without a false match, by each baseline. */
  recall(of: readonly Outcome[]): { ours: number; theirs: number[] } {
    const share = (is: (outcome: Outcome) => boolean): number => of.filter(is).length / of.length;
    return {
      ours: share(({ found }) => found),
      theirs: BASELINES.map((_, n) => share(({ likeness }) => (likeness[n] ?? -1) > (this.strangeness[n] ?? 0))),
    };
  }

  rows(metric: string, of: readonly Outcome[], goal?: number): Row[] {
    if (of.length === 0) return [];
    const { ours, theirs } = this.recall(of);
    const best = Math.max(...theirs);
    const peer = BASELINES.map(({ name }, n) => `${name} ${(theirs[n] ?? 0).toFixed(3)}`).join(', ');
    return [
      row(`${metric}, of ${of.length}`, 'recall', ours, {
        peer,
        peerValue: best,
        ...(goal !== undefined && of.length >= MIN_GOAL_TEXTS && { goal, atLeast: true }),
      }),
    ];
  }
}

/** Recall over everything and false matches, were the threshold another. */
function curve(run: Run, name: keyof Strength, thresholds: readonly number[]): void {
  console.log(`\n${name} at least · recall over all attacks · false matches`);
  for (const threshold of thresholds) {
    const recall = run.outcomes.filter(({ strength: own }) => own[name] >= threshold).length / run.outcomes.length;
    const strangers = run.strangers.filter((own) => own[name] >= threshold).length;
    console.log(`${String(threshold).padEnd(5)} ${recall.toFixed(4)} ${strangers}`);
  }
}

function paraphraseRows(all: readonly CorpusText[]): Row[] {
  const byKind = Map.groupBy(paraphrases(all), ({ kind }) => kind);
  if (byKind.size === 0) console.log('not measured: paraphrase (no pairs in the data)');
  console.log('not measured: translation (no pairs in the data)');
  return [...byKind].map(([kind, pairs]) => {
    const some = pairs.slice(0, MAX_QUERIES);
    const found = some.filter(({ original, found }) => {
      const [lines, page] = [plainLines(original.text), plainLines(found.text)];
      const index = new Index();
      index.add(0, textFingerprints(lines));
      return (
        index.candidates(textFingerprints(page)).size > 0 &&
        compareTexts(wordText(lines), wordText(page)).verdict !== 'unrelated'
      );
    });
    return row(`${kind}, of ${some.length} (not claimed)`, 'recall', found.length / some.length);
  });
}

function costRows(run: Run): Row[] {
  const words = run.attested.reduce((sum, { text }) => sum + text.words.length, 0);
  const lines = run.attested
    .flatMap(({ original }) => (original.lang === 'en' ? original.text.split(/(?<=[.!?])\s+/) : []))
    .slice(0, 10_000);
  const [one, other] = run.attested.filter(({ text }) => text.words.length > 400);
  const rows = [
    row('fingerprints for 100 attested words', 'fingerprints', (100 * run.index.size) / words),
    row('unrelated candidates an attacked text', 'candidates', run.strangers.length / run.outcomes.length),
    row(
      `fingerprints of a page of ${lines.length} lines, ${Math.round(lines.join(' ').length / 1024)} KiB`,
      'ms',
      medianMicroseconds(() => textFingerprints(lines)) / 1000,
    ),
  ];
  if (one === undefined || other === undefined) return rows;
  return [
    ...rows,
    row(
      'comparison of two texts of 400 words or more',
      'ms',
      medianMicroseconds(() => compareTexts(one.text, other.text)) / 1000,
    ),
  ];
}

export async function matchBench({ texts }: { texts?: string }): Promise<void> {
  const all = allTexts(texts);
  const run = new Run(corpus(all));
  for (const attack of ATTACKS) {
    const asked = new Map<string, number>();
    for (const [place, { original }] of run.attested.entries()) {
      const count = asked.get(original.lang) ?? 0;
      if (count === MAX_QUERIES) continue;
      const attacked = attack.apply(original, seededRandom(`${attack.name} ${original.id}`));
      if (attacked === undefined) continue;
      asked.set(original.lang, count + 1);
      run.query(attack.name, place, wordText(attacked.attested), attacked.page);
    }
  }
  for (const each of new Set(run.falseMatches)) console.log(`false match: ${each}`);
  curve(run, 'similarity', SIMILARITIES);
  curve(run, 'weight', WEIGHTS);
  const textsIn = (lang: string): number => run.attested.filter(({ original }) => original.lang === lang).length;
  const others = [...new Set(run.attested.map(({ original }) => original.lang))].filter(
    (lang) => !LANGUAGES.includes(lang) && textsIn(lang) >= MIN_GOAL_TEXTS,
  );
  const rows = [
    row('unrelated pairs', 'pairs', run.unrelatedPairs, { goal: 1e6, atLeast: true }),
    row('false matches', 'pairs', run.falseMatches.length, { goal: 0 }),
    ...ATTACKS.flatMap(({ name, goal }) =>
      run.rows(
        name,
        run.outcomes.filter(({ attack }) => attack === name),
        goal,
      ),
    ),
    ...paraphraseRows(all),
    ...[...LANGUAGES, ...others].flatMap((lang) => [
      row(`${lang}: texts of ${MIN_TEXT_WORDS} words or more`, 'texts', textsIn(lang)),
      ...ATTACKS.flatMap(({ name, goal }) =>
        run.rows(
          `${lang}: ${name}`,
          run.outcomes.filter((each) => each.attack === name && each.lang === lang),
          goal,
        ),
      ),
    ]),
    ...costRows(run),
  ];
  report('match', rows, texts === undefined ? machine() : `${machine()}, texts of ${texts}`);
}
