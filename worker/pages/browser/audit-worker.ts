/** The audit's own thread: takes one question, tells how far it is, and answers. The page ends it to stop it. */

import scalar from '#shared/hashing/sha256-scalar.wasm';
import simd from '#shared/hashing/sha256-simd.wasm';
import { fastestHasher } from '#shared/hashing/wasm-hasher.ts';
import { type AuditProgress, auditLog, type PlacedQuestion } from './audit-log.ts';
import { pageLogSource } from './log-source.ts';

const BETWEEN_WORDS_MS = 100;

addEventListener('message', async ({ data }: MessageEvent<PlacedQuestion>) => {
  let told = Number.NEGATIVE_INFINITY;
  const tell = (progress: AuditProgress): void => {
    const last = progress.entries === data.checkpoint.size;
    if (performance.now() - told < BETWEEN_WORDS_MS && !last) return;
    told = performance.now();
    postMessage(progress);
  };
  try {
    postMessage(await auditLog(pageLogSource(data.place), data, fastestHasher({ simd, scalar }), tell));
  } catch (cause) {
    reportError(cause);
  }
});
