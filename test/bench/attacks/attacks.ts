/** What happens to a text between its issuer and a reader. Each attack takes the text as attested and gives it as found. */
import { markdownLines } from '#shared/text/markdown.ts';
import { plainLines } from '#shared/text/passages.ts';
import { decorated, pastedFrom } from './markup.ts';
import { shuffled } from './random.ts';
import { paragraphsOf, sentencesOf, wordsOf } from './segments.ts';

/** A text of the corpus. */
export interface Original {
  readonly lang: string;
  readonly text: string;
}

/** What was attested and what stands on the page, as rendered lines. */
export interface Attacked {
  readonly attested: readonly string[];
  readonly page: readonly string[];
}

export interface Attack {
  readonly name: string;
  /** Share that must be found. */
  readonly goal: number;
  /** Nothing where the text is too short for the attack. */
  readonly apply: (original: Original, random: () => number) => Attacked | undefined;
}

const found = (text: string, page: string): Attacked => ({ attested: plainLines(text), page: plainLines(page) });

/** As a word processor or a style sheet would set it: quotes, dashes, spaces, hyphens, capitals, normal form, line ends. */
function reformatted(text: string, random: () => number): string {
  const set = text
    .replace(/(^|[\s(])"/g, '$1\u201C')
    .replaceAll('"', '\u201D')
    .replaceAll("'", '\u2019')
    .replace(/(\p{L}) - (\p{L})/gu, '$1\u2009\u2014\u2009$2')
    .replaceAll('...', '\u2026')
    .replace(/\p{L}{9,}/gu, (word) => `${word.slice(0, 4)}\u00AD${word.slice(4)}`)
    .replace(/ /g, () => (random() < 0.1 ? '\u00A0' : random() < 0.05 ? ' \u200B' : ' '))
    .replace(/^.{1,60}$/gmu, (heading) => heading.toUpperCase());
  return random() < 0.5 ? set.normalize('NFD') : set;
}

/** As somebody would type it over: plain quotes and dashes, two spaces, wrapped at 72 columns, no paragraphs. */
function retyped(text: string): string {
  const plain = text
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201C\u201D]/g, '"')
    .replace(/\s*[\u2013\u2014]\s*(?!\d)/g, ' -- ')
    .replaceAll('\u2026', '...')
    .replace(/[\uFF0C\u3001]/g, ', ')
    .replace(/\u3002/g, '. ')
    .replace(/\s+/g, ' ')
    .replace(/([.!?]) /g, '$1  ');
  return plain.replace(/(.{60,72}) /gu, '$1\n');
}

function excerpt({ text, lang }: Original, random: () => number): string | undefined {
  const words = wordsOf(text, lang);
  if (words.length < 300) return undefined;
  const size = Math.round(words.length * 0.3);
  const start = Math.floor(random() * (words.length - size));
  return text.slice(words[start]?.from, words[start + size - 1]?.to);
}

function paragraph({ text, lang }: Original, random: () => number): string | undefined {
  const all = paragraphsOf(text);
  const long = all.filter((each) => wordsOf(each, lang).length >= 60);
  return all.length < 2 ? undefined : long[Math.floor(random() * long.length)];
}

function withoutWords({ text, lang }: Original, share: number, random: () => number): string {
  let rest = '';
  let from = 0;
  for (const word of wordsOf(text, lang)) {
    if (random() >= share) continue;
    rest += text.slice(from, word.from);
    from = word.to;
  }
  return rest + text.slice(from);
}

/** Each letter with this probability replaced, left out, doubled or exchanged with the next. */
function withTypos(text: string, share: number, random: () => number): string {
  const letters = text.match(/\p{L}/gu) ?? [];
  const any = (): string => letters[Math.floor(random() * letters.length)] ?? '';
  return text.replace(/(\p{L})(\P{M}?)/gu, (whole: string, letter: string, next: string) => {
    if (random() >= share) return whole;
    const [replaced, leftOut, doubled] = [any() + next, next, letter + letter + next];
    return [replaced, leftOut, doubled, next + letter][Math.floor(random() * 4)] ?? whole;
  });
}

function reordered({ text, lang }: Original, random: () => number): string | undefined {
  const sentences = sentencesOf(text, lang);
  return sentences.length < 3 ? undefined : shuffled(sentences, random).join(' ');
}

const orNone = (text: string, page: string | undefined): Attacked | undefined =>
  page === undefined ? undefined : found(text, page);

export const ATTACKS: readonly Attack[] = [
  { name: 'reformatted', goal: 0.995, apply: ({ text }, random) => found(text, reformatted(text, random)) },
  { name: 'retyped', goal: 0.995, apply: ({ text }) => found(text, retyped(text)) },
  {
    name: 'Markdown attested, pasted from its page',
    goal: 0.995,
    apply({ text }, random) {
      const source = decorated(text, random);
      return { attested: markdownLines(source), page: plainLines(pastedFrom(source)) };
    },
  },
  {
    name: 'page attested, Markdown source found',
    goal: 0.995,
    apply({ text }, random) {
      const source = decorated(text, random);
      return { attested: plainLines(pastedFrom(source)), page: plainLines(source) };
    },
  },
  { name: '30 % excerpt of 300 words or more', goal: 0.97, apply: (o, random) => orNone(o.text, excerpt(o, random)) },
  { name: 'one paragraph of 60 words or more', goal: 0.98, apply: (o, random) => orNone(o.text, paragraph(o, random)) },
  { name: '15 % of words deleted', goal: 0.95, apply: (o, random) => found(o.text, withoutWords(o, 0.15, random)) },
  {
    name: 'typos in 5 % of letters',
    goal: 0.92,
    apply: ({ text }, random) => found(text, withTypos(text, 0.05, random)),
  },
  { name: 'sentences in another order', goal: 0.95, apply: (o, random) => orNone(o.text, reordered(o, random)) },
];
