/**
 * What the background, the offscreen document and its worker say to each other about one replay. JSON only, because
 * ports carry nothing else in Chrome.
 */
import type { ReplayProgress } from '#shared/evidence/replay/engine.ts';
import type { ReplayOutcome } from '#shared/evidence/replay/replay.ts';

/** The name of the port that the offscreen document opens to the background. */
export const REPLAY_PORT = 'witnessmark-replay';
/** The document that hosts the worker, within the package. */
export const REPLAY_PAGE = '/offscreen.html';

/** A replay to run; attacker-controlled recipe. */
export interface ReplayJob {
  /** The recipe, base64. */
  readonly recipe: string;
  /** Runtimes that passed their self-test before, as `certificateOf` names them. */
  readonly certified: readonly string[];
}

/** What comes back: any number of steps, then one outcome. */
export type ReplayReport =
  | { readonly progress: ReplayProgress }
  | {
      readonly outcome: ReplayOutcome;
      /** Set when the self-test passed in this run. */
      readonly certificate?: string;
    };

/** Names a runtime on a browser: a browser update or another binary asks for a new self-test. */
export const certificateOf = (userAgent: string, wasm: string): string => `${userAgent} ${wasm}`;
