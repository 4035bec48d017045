/**
 * Regions: stretches of the page in which attested words stand close together, with everything that was done to them.
 * Spec: docs/spec/compare.md §3.
 */
import { type Words, weightBetween } from './runs.ts';
import type { Tile } from './tiling.ts';
import { type Edit, type Span, wordDiff } from './word-diff.ts';
import type { WordText } from './word-text.ts';

/** So many words of the page's own between two tiles make two regions of them; so many attested ones are left out. */
const MAX_GAP_WORDS = 32;
/** A line that begins or ends so close to a tile, on both sides, belongs to the region. */
const MAX_EDGE_WORDS = 8;
/** Cells of all word diffs of a comparison: about 50 ms. Later gaps are `changed` as a whole. */
const MAX_DIFF_CELLS = 2 ** 24;

/** One region of the page. */
export interface Region {
  /** In page order. */
  readonly edits: readonly Edit[];
  /** Inside, attested words are left out or stand elsewhere, beyond what `edits` says. */
  readonly cut: boolean;
  /** Words of the edits, both sides counted. */
  readonly words: number;
  /** Words of the edits that stand on both sides, counted on both. */
  readonly common: number;
  /** Weight of the common words (`weightOf`), counted once. */
  readonly weight: number;
}

/** One side of the comparison. */
export interface Side extends WordText, Words {}

/** Where the line that holds a word begins and the next one does. */
function lineOf({ starts, words }: WordText, word: number): Span {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= word) low = middle;
    else high = middle;
  }
  return { from: starts[low] ?? 0, to: starts[high] ?? words.length };
}

const size = ({ from, to }: Span): number => to - from;

/** Neighbouring edits of one kind as one, where they touch in both texts. */
function joined(edits: readonly Edit[]): Edit[] {
  const list: Edit[] = [];
  for (const edit of edits) {
    const last = list.at(-1);
    const touching = last?.page.to === edit.page.from && last.attested.to === edit.attested.from;
    if (last === undefined || !touching || last.kind !== edit.kind) list.push(edit);
    else {
      const page = { from: last.page.from, to: edit.page.to };
      list[list.length - 1] = { kind: edit.kind, page, attested: { from: last.attested.from, to: edit.attested.to } };
    }
  }
  return list;
}

/** Makes the regions of one comparison; holds its budget. */
class RegionReader {
  readonly #attested: Side;
  readonly #page: Side;
  readonly #previous = new Map<Tile, Tile>();
  readonly #next = new Map<Tile, Tile>();
  #cells = MAX_DIFF_CELLS;

  constructor(attested: Side, page: Side, tiles: readonly Tile[]) {
    [this.#attested, this.#page] = [attested, page];
    const inAttested = [...tiles].sort((a, b) => a.attested - b.attested);
    for (const [index, tile] of inAttested.entries()) {
      const next = inAttested[index + 1];
      if (next === undefined) break;
      this.#next.set(tile, next);
      this.#previous.set(next, tile);
    }
  }

  #diff(attested: Span, page: Span): Edit[] {
    this.#cells -= size(attested) * size(page);
    if (this.#cells < 0) return [{ kind: 'changed', page, attested }];
    return wordDiff(this.#attested.ids, attested, this.#page.ids, page);
  }

  /** What stands before the first tile, where the line begins near it in both texts. `floor` is the last region's end. */
  #head(tile: Tile, floor: number): Edit[] {
    const before = this.#previous.get(tile);
    const page = { from: Math.max(floor, lineOf(this.#page, tile.page).from), to: tile.page };
    const attested = {
      from: Math.max(
        before === undefined ? 0 : before.attested + before.length,
        lineOf(this.#attested, tile.attested).from,
      ),
      to: tile.attested,
    };
    return this.#edge(attested, page);
  }

  /** What stands behind the last tile, by the same rule. `ceiling` is where the next region begins. */
  #tail(tile: Tile, ceiling: number): Edit[] {
    const after = this.#next.get(tile);
    const page = { from: tile.page + tile.length, to: 0 };
    page.to = Math.min(ceiling, lineOf(this.#page, page.from - 1).to);
    const attested = { from: tile.attested + tile.length, to: 0 };
    attested.to = Math.min(
      after === undefined ? this.#attested.words.length : after.attested,
      lineOf(this.#attested, attested.from - 1).to,
    );
    return this.#edge(attested, page);
  }

  #edge(attested: Span, page: Span): Edit[] {
    const near = (span: Span): boolean => size(span) > 0 && size(span) <= MAX_EDGE_WORDS;
    return near(attested) && near(page) ? this.#diff(attested, page) : [];
  }

  region(tiles: readonly Tile[], floor: number, ceiling: number): Region {
    const [first, last] = [tiles[0] as Tile, tiles.at(-1) as Tile];
    const edits = this.#head(first, floor);
    let cut = false;
    for (const [index, tile] of tiles.entries()) {
      const page = { from: tile.page, to: tile.page + tile.length };
      const attested = { from: tile.attested, to: tile.attested + tile.length };
      edits.push({ kind: tile.moved ? 'moved' : 'same', page, attested });
      const following = tiles[index + 1];
      if (following === undefined) break;
      const added = { from: page.to, to: following.page };
      const removed = { from: attested.to, to: following.attested };
      if (this.#next.get(tile) === following && size(removed) <= MAX_GAP_WORDS) {
        edits.push(...this.#diff(removed, added));
        continue;
      }
      cut = true;
      if (size(added) > 0) edits.push({ kind: 'added', page: added, attested: { from: attested.to, to: attested.to } });
    }
    edits.push(...this.#tail(last, ceiling));
    return { edits: joined(edits), cut, ...this.#measure(edits) };
  }

  #measure(edits: readonly Edit[]): { words: number; common: number; weight: number } {
    let [words, common, weight] = [0, 0, 0];
    for (const { kind, page, attested } of edits) {
      words += size(page) + size(attested);
      if (kind !== 'same' && kind !== 'moved') continue;
      common += 2 * size(page);
      weight += weightBetween(this.#page, page.from, page.to);
    }
    return { words, common, weight };
  }
}

/**
 * The regions that tiles form on the page, in page order.
 *
 * @example
 * import { regionsOf } from '#shared/compare/regions.ts';
 * const words = { ids: Int32Array.of(0, 1, 2, 3), weightBefore: Uint32Array.of(0, 4, 8, 12, 16) };
 * const side = { words: ['a', 'b', 'c', 'd'], starts: [0], truncated: false, ...words };
 * const tiles = [{ attested: 0, page: 0, length: 4, moved: false }];
 * regionsOf(side, side, tiles)[0]?.common; // => 8
 */
export function regionsOf(attested: Side, page: Side, tiles: readonly Tile[]): Region[] {
  const reader = new RegionReader(attested, page, tiles);
  const groups: Tile[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const tile of tiles) {
    if (tile.page - end > MAX_GAP_WORDS) groups.push([]);
    groups.at(-1)?.push(tile);
    end = tile.page + tile.length;
  }
  return groups.map((group, index) => {
    const before = groups[index - 1]?.at(-1);
    const after = groups[index + 1]?.[0];
    return reader.region(
      group,
      before === undefined ? 0 : before.page + before.length,
      after === undefined ? page.words.length : after.page,
    );
  });
}
