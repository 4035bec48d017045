/** Entry of the log's worker. */
import { app } from './app.ts';

export { LookupDO } from './lookup/lookup-do.ts';
export { BatcherDO } from './sequencer/batcher-do.ts';
export { SequencerDO } from './sequencer/sequencer-do.ts';

export default { fetch: app.fetch };
