/**
 * Public test vectors that stand beside the repository in `../shared/vectors`. They are read in place and never
 * copied; where they are absent, the tests that need them are reported as skipped with the vectors' public source.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';

const ROOT = new URL('../../../shared/vectors/', import.meta.url);
const at = (path: string): string => fileURLToPath(new URL(path, ROOT));

/** Whether the vectors are there at all. */
export const vectorsPresent = (): boolean => existsSync(ROOT);

/** A vector file as bytes; `path` below the vectors' folder, such as `log/signed-note/example.note`. */
export const vectorBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(at(path)));

/** A vector file as UTF-8 text. */
export const vectorText = (path: string): string => readFileSync(at(path), 'utf8');

/** A vector file as JSON, of the shape its source documents. */
export const vectorJson = <T>(path: string): T => JSON.parse(vectorText(path)) as T;

/**
 * Tests over the vectors of `source` (its public name). Where they are absent one skipped test names them, and the
 * body, which reads them, does not run.
 */
export const describeVectors = (source: string, body: () => void): void => {
  describe(`vectors of ${source}`, () => {
    if (vectorsPresent()) body();
    else test.skip('are not beside the repository', () => undefined);
  });
};
