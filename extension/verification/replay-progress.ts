/** How far a replay has come, as the panel shows it. */
export interface ReplayProgress {
  readonly phase: 'working' | 'done' | 'failed';
  /** What is being done: the replay's own step names. */
  readonly step?: string;
  /** 0 to 1 where it can be known. */
  readonly done?: number;
  readonly outcome?:
    | 'reproduced'
    | 'mismatch'
    | 'runtime-not-certified'
    | 'model-not-available'
    | 'recipe-refused'
    | 'not-bound';
  readonly detail?: string;
}
