/**
 * The mark itself, as shapes, shared by toolbar, badge and panel.
 *
 * A fitter paints a line across a bolt and the part it holds: if the line still meets, nothing has
 * turned. A ring with a line across its rim says the same of a text and its record: unbroken when
 * they meet, interrupted when only part does, displaced when they contradict, and a dashed ring
 * without a line where there is nothing to compare. Two strokes inside, as of a quotation mark, say that words were recognised
 * which the page itself has no proof of. Shape carries the state, never colour alone.
 */

/** The states the mark can show. */
export type MarkState = 'verified' | 'partial' | 'unproven' | 'invalid' | 'unsupported' | 'found' | 'declared' | 'idle';

/** A stroke in a 24 × 24 box; `dash` as in SVG. */
export interface Stroke {
  readonly d: string;
  readonly dash?: readonly [number, number];
}

const RING = 'M17 14a7 7 0 1 0-14 0a7 7 0 1 0 14 0';
const DASHED: Stroke = { d: RING, dash: [2.75, 2.75] };

/** Strokes of each state, width 2, round caps, no fill. */
export const MARKS: Readonly<Record<MarkState, readonly Stroke[]>> = {
  idle: [{ d: RING }, { d: 'M14 10L18.5 5.5' }],
  verified: [{ d: RING }, { d: 'M10.5 13.5L21 3' }],
  partial: [{ d: RING }, { d: 'M10 14L11.4 12.6' }, { d: 'M17.2 6.8L21 3' }],
  unproven: [DASHED],
  invalid: [{ d: RING }, { d: 'M10 14V9.5' }, { d: 'M17.2 6.8L21 3' }],
  unsupported: [DASHED, { d: 'M10 14h.01' }],
  found: [{ d: RING }, { d: 'M7.7 12v4' }, { d: 'M12.3 12v4' }],
  declared: [{ d: RING }, { d: 'M7.5 12.5h5' }, { d: 'M7.5 15.5h3' }],
};
