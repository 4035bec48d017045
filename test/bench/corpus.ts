/** The texts that `bench:match` attacks: public ones beside the repository, or one's own (`--texts F`). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { seededRandom, shuffled } from './attacks/random.ts';
import { wordsOf } from './attacks/segments.ts';
import { areCopies } from './known-copies.ts';

/** One text. */
export interface CorpusText {
  readonly id: string;
  readonly lang: string;
  readonly text: string;
  /** Texts with a group in common were made from each other; they are not unrelated. */
  readonly groups: readonly string[];
}

const SHARED = new URL('../../../shared/', import.meta.url);
/** Shorter texts are not looked up (40 words) or may fall below that when attacked. */
export const MIN_TEXT_WORDS = 60;
/** Texts of one language, so that the largest source does not stand for all. */
const MAX_OF_LANGUAGE = 1200;
/** A language with fewer texts of `LONG_WORDS` gets documents made of several texts, a paragraph each. */
const MIN_LONG_TEXTS = 20;
const LONG_WORDS = 350;
/** Texts of such a language that stand alone; the others are made into documents. */
const MAX_ALONE = 400;

/** Telling words of languages in Latin letters, and letters of the others. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['zh', /\p{Script=Han}/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['he', /\p{Script=Hebrew}/gu],
  ['hi', /\p{Script=Devanagari}/gu],
  ['ru', /\p{Script=Cyrillic}/gu],
  ['th', /\p{Script=Thai}/gu],
];
const TELLING: readonly (readonly [string, RegExp])[] = [
  ['en', /\b(the|and|of|to|is|that|with)\b/giu],
  ['es', /\b(el|los|las|que|una|del|por)\b/giu],
  ['pt', /\b(o|os|que|uma|do|não|em)\b/giu],
  ['de', /\b(der|die|und|das|nicht|ist|ein)\b/giu],
  ['fr', /\b(le|les|des|est|une|et|dans)\b/giu],
];

/** The language of a text that does not name it: by its script, else by its small words. */
export function languageOf(text: string): string {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const letters = count(/\p{L}/gu);
  for (const [lang, pattern] of SCRIPTS) if (count(pattern) > letters * 0.2) return lang;
  const [best] = TELLING.map(([lang, pattern]) => ({ lang, n: count(pattern) })).sort((a, b) => b.n - a.n);
  return best?.lang ?? 'en';
}

interface Line {
  readonly id: string;
  readonly text: string;
  readonly lang?: string;
  readonly item?: string;
  readonly source?: string;
  readonly domain?: string;
}

/** Sources whose texts quote one another, or open with one formula: rewritings (L2R, Liang), a blog, official addresses. */
const KINDRED: readonly (readonly [RegExp, (line: Line) => string])[] = [
  [/^l2r$/, ({ domain }) => `l2r ${domain}`],
  [/^liang$/, () => 'liang'],
  [/18f/i, () => '18f'],
  [/^state-union$/, () => 'state-union'],
];

/** Which original a text is made from, as far as the data says: `h` or `a` in a name tells only who wrote it. */
function groupOf(line: Line): string {
  const { id, item = id, source = '' } = line;
  const kindred = KINDRED.find(([name]) => name.test(source));
  return kindred === undefined ? `${source} ${item.replace(/-[ha](?=-|$)/, '')}` : kindred[1](line);
}

function read(path: string): CorpusText[] {
  const bytes = readFileSync(path);
  const lines = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n');
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const each = JSON.parse(line) as Line;
      return { id: each.id, lang: each.lang ?? languageOf(each.text), text: each.text, groups: [groupOf(each)] };
    });
}

/** Prompts of chats, a great many of them variants of one another: nobody has said which. */
const UNSORTED = /^imbd-Portuguese-/;

/** Where public texts lie, and the name to skip them by. */
function sources(): string[] {
  const paths: string[] = [];
  const single = fileURLToPath(new URL('vectors/texts/texts.jsonl', SHARED));
  if (existsSync(single)) paths.push(single);
  else console.log('skipped: texts of lmarena/arena-hard-auto, 18F, NLTK (../shared/vectors/texts)');
  for (const split of ['dev', 'train']) {
    const folder = fileURLToPath(new URL(`data/detector/${split}/`, SHARED));
    if (existsSync(folder))
      paths.push(
        ...readdirSync(folder)
          .sort()
          .map((file) => folder + file),
      );
    else console.log(`skipped: texts of L2R, ImBD, OUTFOX, Liang, 18F, NLTK (../shared/data/detector/${split})`);
  }
  return paths;
}

const isLong = ({ text, lang }: CorpusText): boolean => wordsOf(text, lang).length >= LONG_WORDS;

/** Documents of at least `LONG_WORDS` words; what is left over makes none. */
function documents(texts: readonly CorpusText[]): CorpusText[] {
  const made: CorpusText[] = [];
  let parts: CorpusText[] = [];
  for (const part of texts) {
    parts.push(part);
    const whole = {
      id: parts.map(({ id }) => id).join('+'),
      lang: part.lang,
      text: parts.map(({ text }) => text.replace(/\s+/g, ' ')).join('\n\n'),
      groups: parts.flatMap(({ groups }) => groups),
    };
    if (!isLong(whole)) continue;
    made.push(whole);
    parts = [];
  }
  return made;
}

/** Everything there is to read, in an order that does not depend on where it stands. */
export const allTexts = (file?: string): CorpusText[] =>
  shuffled(
    (file === undefined ? sources() : [file]).flatMap(read).filter(({ id }) => !UNSORTED.test(id)),
    seededRandom('corpus'),
  );

/** The texts that are attested: long enough to be looked up, no language drowning the others. */
export function corpus(all: readonly CorpusText[]): CorpusText[] {
  const byLanguage = new Map<string, CorpusText[]>();
  for (const each of all) {
    const same = byLanguage.get(each.lang) ?? [];
    byLanguage.set(each.lang, same);
    if (same.length < MAX_OF_LANGUAGE && wordsOf(each.text, each.lang).length >= MIN_TEXT_WORDS) same.push(each);
  }
  return [...byLanguage.values()].flatMap((texts) =>
    texts.filter(isLong).length >= MIN_LONG_TEXTS
      ? texts
      : [...texts.slice(0, MAX_ALONE), ...documents(texts.slice(MAX_ALONE))],
  );
}

/** Whether two texts have nothing to do with each other. */
export const unrelated = (one: CorpusText, other: CorpusText): boolean =>
  !one.groups.some((group) => other.groups.some((each) => each === group || areCopies(group, each)));

/** Pairs of an original and its paraphrase in the data: by another model (DIPPER), or polished by one. */
export function paraphrases(all: readonly CorpusText[]): { kind: string; original: CorpusText; found: CorpusText }[] {
  const byId = new Map(all.map((each) => [each.id, each]));
  return all.flatMap((found) => {
    const dipper = found.id.includes('-dipper-');
    const original = byId.get(dipper ? found.id.replace('-dipper', '') : found.id.replace(/-a$/, '-h'));
    if (original === undefined || original === found) return [];
    return [{ kind: dipper ? 'paraphrased by DIPPER' : `polished by a model, ${found.lang}`, original, found }];
  });
}
