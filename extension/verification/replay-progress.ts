/** How far a replay has come, as the panel shows it. */
export interface ReplayProgress {
  readonly phase: 'loading' | 'running' | 'done' | 'failed';
  /** 0 to 1 where it can be known. */
  readonly done?: number;
  readonly outcome?: 'reproduced' | 'mismatch' | 'runtime-not-certified' | 'model-not-available';
  readonly detail?: string;
}
