/**
 * What replay remembers: answers until the browser closes (`session`), passed self-tests across restarts (`local`).
 * Only `reproduced` and `mismatch` are answers; everything else is tried again when asked again.
 */
import type { ReplayOutcome } from '#shared/evidence/replay/replay.ts';
import { browser } from '../platform.ts';

const CERTIFIED = 'replay-certified';
const answerKey = (recipe: string): string => `replay-answer-${recipe}`;

/** @param recipe - SHA-256 of the recipe, hexadecimal */
export async function loadAnswer(recipe: string): Promise<ReplayOutcome | undefined> {
  const key = answerKey(recipe);
  return (await browser.storage.session.get(key))[key] as ReplayOutcome | undefined;
}

/** Keeps an answer; does nothing with an outcome that is none. */
export async function storeAnswer(recipe: string, outcome: ReplayOutcome): Promise<void> {
  if (outcome.state !== 'reproduced' && outcome.state !== 'mismatch') return;
  await browser.storage.session.set({ [answerKey(recipe)]: outcome });
}

/** Certificates of passed self-tests; the worker asks for its own browser and binary only. */
export async function loadCertificates(): Promise<string[]> {
  const stored = (await browser.storage.local.get(CERTIFIED))[CERTIFIED];
  return typeof stored === 'string' ? [stored] : [];
}

/** Remembers the newest certificate; older ones are of browsers or binaries that are gone. */
export const storeCertificate = (certificate: string): Promise<void> =>
  browser.storage.local.set({ [CERTIFIED]: certificate });
