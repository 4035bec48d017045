/** The mark in the extension's own pages; decorative where words stand beside it. */
import { MARKS, type MarkState } from '../badge/mark.ts';

export function Mark({ state, large = false }: { state: MarkState; large?: boolean }) {
  return (
    <svg class={large ? 'mark large' : 'mark'} viewBox="0 0 24 24" aria-hidden="true">
      {MARKS[state].map(({ d, dash }) => (
        <path key={d} d={d} {...(dash === undefined ? {} : { 'stroke-dasharray': dash.join(' ') })} />
      ))}
    </svg>
  );
}
