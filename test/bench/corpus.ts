/** The texts that `bench:match` attacks: public ones beside the repository, or one's own (`--texts F`). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { seededRandom, shuffled } from './attacks/random.ts';
import { wordsOf } from './attacks/segments.ts';

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
const MAX_OF_LANGUAGE = { en: 1600, other: 400 };

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
}

/** `l2r` and the multilingual texts name their original only by number. */
function groupOf({ id, item, source }: Line): string {
  if (item !== undefined) return `${source}-${item}`;
  if (source === 'l2r') return id.replace(/^(l2r-[^-]+)-.*-(\d+)$/, '$1-$2');
  return id.replace(/-[ha]$/, '');
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

/** Where public texts lie, and the name to skip them by. */
function sources(): string[] {
  const paths: string[] = [];
  const single = fileURLToPath(new URL('vectors/texts/texts.jsonl', SHARED));
  if (existsSync(single)) paths.push(single);
  else console.log('skipped: texts of lmarena/arena-hard-auto, 18F, NLTK (../shared/vectors/texts)');
  for (const split of ['dev', 'train']) {
    const folder = fileURLToPath(new URL(`data/detector/${split}/`, SHARED));
    if (existsSync(folder)) paths.push(...readdirSync(folder).sort().map((file) => folder + file));
    else console.log(`skipped: texts of L2R, ImBD, OUTFOX, Liang, 18F, NLTK (../shared/data/detector/${split})`);
  }
  return paths;
}

/** Texts long enough to be looked up, in an order that does not depend on their source. */
export function corpus(file?: string): CorpusText[] {
  const all = (file === undefined ? sources() : [file]).flatMap(read);
  const counts = new Map<string, number>();
  return shuffled(all, seededRandom('corpus')).filter(({ lang, text }) => {
    if (wordsOf(text, lang).length < MIN_TEXT_WORDS) return false;
    const count = (counts.get(lang) ?? 0) + 1;
    counts.set(lang, count);
    return count <= (lang === 'en' ? MAX_OF_LANGUAGE.en : MAX_OF_LANGUAGE.other);
  });
}

/** Whether two texts have nothing to do with each other. */
export const unrelated = (one: CorpusText, other: CorpusText): boolean =>
  !one.groups.some((group) => other.groups.includes(group));
