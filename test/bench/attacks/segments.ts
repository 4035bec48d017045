/** Words, sentences and paragraphs as people of each language see them, apart from how the product counts. */

const segmenters = new Map<string, Intl.Segmenter>();
function segmenter(lang: string, granularity: 'word' | 'sentence'): Intl.Segmenter {
  const key = `${lang} ${granularity}`;
  const known = segmenters.get(key) ?? new Intl.Segmenter(lang, { granularity });
  segmenters.set(key, known);
  return known;
}

/** Offsets of each word. */
export function wordsOf(text: string, lang: string): { readonly from: number; readonly to: number }[] {
  const words: { from: number; to: number }[] = [];
  for (const { segment, index, isWordLike } of segmenter(lang, 'word').segment(text))
    if (isWordLike) words.push({ from: index, to: index + segment.length });
  return words;
}

export const sentencesOf = (text: string, lang: string): string[] =>
  [...segmenter(lang, 'sentence').segment(text)].map(({ segment }) => segment.trim()).filter((each) => each !== '');

export const paragraphsOf = (text: string): string[] =>
  text
    .split(/\n+/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
