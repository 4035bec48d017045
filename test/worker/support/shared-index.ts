/**
 * A lookup index for logs whose tests do not look into it: starting its shards takes longer than most of these tests.
 * Indices of other logs mean other entries, so nothing in it can be relied on.
 */
import { LookupIndex } from '../../../worker/lookup/lookup-index.ts';
import { bindings } from './submissions.ts';

export const sharedIndex = new LookupIndex(bindings.LOOKUP, () => 'shared');
