/**
 * What was attested beside what stands on the page, line by line, as plain values: made in the background from a
 * comparison, drawn by the panel. Bounded: a page must not fill the memory, nor a reader's patience.
 */
import { type Comparison, compareTexts } from '#shared/compare/compare.ts';
import type { Edit, Span } from '#shared/compare/word-diff.ts';
import { type WordText, wordText } from '#shared/compare/word-text.ts';
import { originalWords } from './original-words.ts';

/** Some words of one side. `same` stands on both; `moved` too, elsewhere; `own` stands on this side only. */
export interface DifferencePiece {
  readonly kind: 'same' | 'moved' | 'own';
  readonly text: string;
}

/** Words of the attested text that the page leaves out. */
export interface LeftOut {
  readonly words: number;
  /** Their beginning. */
  readonly text: string;
}

/** A line of the page and what was attested in its place, or a place where the page leaves something out. */
export type DifferenceRow =
  | { readonly attested: readonly DifferencePiece[]; readonly here: readonly DifferencePiece[] }
  | { readonly leftOut: LeftOut };

/** A comparison as it is shown. */
export interface Difference {
  readonly before?: LeftOut;
  readonly rows: readonly DifferenceRow[];
  readonly after?: LeftOut;
  /** More differs than is shown. */
  readonly cut: boolean;
}

const MAX_ROWS = 120;
const MAX_TEXT = 24_000;
const MAX_LEFT_OUT_TEXT = 1200;

/** The lines of a page compared with attested ones. */
export interface Compared {
  readonly comparison: Comparison;
  readonly difference: Difference;
  /** First and last of the page's lines in which attested words stand. */
  readonly lines?: { readonly from: number; readonly to: number };
}

/** Compares a page's lines with attested lines. */
export function compareLines(attested: readonly string[], here: readonly string[]): Compared {
  const texts = { attested: wordText(attested), here: wordText(here) };
  const comparison = compareTexts(texts.attested, texts.here);
  const words = { attested: originalWords(attested, texts.attested), here: originalWords(here, texts.here) };
  const shown = comparison.edits.filter(({ kind }) => kind === 'same' || kind === 'moved');
  const [first, last] = [shown[0], shown.at(-1)];
  return {
    comparison,
    difference: differenceOf(comparison, words, texts.here),
    ...(first &&
      last && { lines: { from: lineAt(texts.here, first.page.from), to: lineAt(texts.here, last.page.to - 1) } }),
  };
}

/** The line a word stands in: the last one that begins at or before it. */
function lineAt({ starts }: WordText, word: number): number {
  return starts.findLastIndex((start) => start <= word);
}

interface Words {
  readonly attested: readonly string[];
  readonly here: readonly string[];
}

const textOf = (words: readonly string[], { from, to }: Span): string => words.slice(from, to).join('').trim();

function leftOutOf(words: Words, span: Span): LeftOut | undefined {
  if (span.to <= span.from) return undefined;
  return { words: span.to - span.from, text: textOf(words.attested, span).slice(0, MAX_LEFT_OUT_TEXT) };
}

function differenceOf({ edits, leftOut }: Comparison, words: Words, page: WordText): Difference {
  const rows = new Rows(words);
  const gaps = new Map(leftOut.between.map((span) => [span.to, span]));
  for (const edit of edits) {
    const gap = edit.kind === 'moved' ? undefined : gaps.get(edit.attested.from);
    if (gap !== undefined) rows.leaveOut(leftOutOf(words, gap));
    for (const part of byLine(edit, page)) rows.add(part, page);
  }
  const [before, after] = [leftOutOf(words, leftOut.before), leftOutOf(words, leftOut.after)];
  return { rows: rows.done(), cut: rows.cut, ...(before && { before }), ...(after && { after }) };
}

/** An edit in parts that end where the page's lines do, as far as both sides have the same words. */
function byLine(edit: Edit, { starts }: WordText): Edit[] {
  const { kind, page, attested } = edit;
  if (kind !== 'same' && kind !== 'moved') return [edit];
  const ends = starts.filter((start) => start > page.from && start < page.to);
  return [...ends, page.to].map((to, n) => {
    const from = n === 0 ? page.from : (ends[n - 1] as number);
    const shift = attested.from - page.from;
    return { kind, page: { from, to }, attested: { from: from + shift, to: to + shift } };
  });
}

/** Gathers pieces into rows, within the bounds. */
class Rows {
  cut = false;
  readonly #words: Words;
  readonly #rows: DifferenceRow[] = [];
  #row: { attested: DifferencePiece[]; here: DifferencePiece[] } = { attested: [], here: [] };
  #text = 0;

  constructor(words: Words) {
    this.#words = words;
  }

  add({ kind, page, attested }: Edit, { starts }: WordText): void {
    if (starts.includes(page.from) && page.to > page.from) this.#end();
    const own = kind === 'same' || kind === 'moved' ? kind : 'own';
    this.#piece(this.#row.attested, own, textOf(this.#words.attested, attested));
    this.#piece(this.#row.here, own, textOf(this.#words.here, page));
  }

  leaveOut(leftOut: LeftOut | undefined): void {
    this.#end();
    if (leftOut !== undefined) this.#push({ leftOut });
  }

  done(): readonly DifferenceRow[] {
    this.#end();
    return this.#rows;
  }

  #piece(side: DifferencePiece[], kind: DifferencePiece['kind'], text: string): void {
    if (text === '') return;
    this.#text += text.length;
    if (this.#text > MAX_TEXT) this.cut = true;
    else side.push({ kind, text });
  }

  #end(): void {
    const { attested, here } = this.#row;
    if (attested.length > 0 || here.length > 0) this.#push(this.#row);
    this.#row = { attested: [], here: [] };
  }

  #push(row: DifferenceRow): void {
    if (this.#rows.length < MAX_ROWS) this.#rows.push(row);
    else this.cut = true;
  }
}
