/** Progress of long work: a bar that redraws itself on a terminal, a line now and then elsewhere. */
import type { Terminal } from './terminal.ts';

const BAR = 24;
const LEAST_STEP = 2560;

/** What to call with how much is done; the last call has `done` = `of`. */
export function progressOf(terminal: Terminal, verb: string, unit: string): (done: number, of: number) => void {
  let shown = 0;
  return (done, of) => {
    const last = done >= of;
    const step = terminal.errIsTty ? of / 200 : Math.max(LEAST_STEP, of / 20);
    if (!last && done - shown < step) return;
    shown = done;
    if (!terminal.errIsTty) return terminal.err(`${verb} ${done} of ${of} ${unit}\n`);
    const share = of === 0 ? 1 : Math.min(1, done / of);
    const filled = Math.floor(BAR * share);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
    terminal.err(
      `\r${bar} ${String(Math.floor(100 * share)).padStart(3)} %  ${done} of ${of} ${unit}${last ? '\n' : ''}`,
    );
  };
}
