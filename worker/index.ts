/** Entry of the log's worker. */
import { app } from './app.ts';

export { FilterCatalogueDO } from './lookup/filter-catalogue-do.ts';
export { FilterShardDO } from './lookup/filter-shard-do.ts';
export { LookupDO } from './lookup/lookup-do.ts';
export { BatcherDO } from './sequencer/batcher-do.ts';
export { SequencerDO } from './sequencer/sequencer-do.ts';

export default { fetch: app.fetch };
