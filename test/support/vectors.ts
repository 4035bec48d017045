/** Vectors of public suites, read in place from `../shared/vectors` beside the checkout; never copied here. */
import { existsSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../../shared/vectors/', import.meta.url);

/** Whether the vectors stand beside this checkout, as they do in CI. */
export const vectorsPresent = (): boolean => existsSync(FOLDER);

export const vectorText = (path: string): string => readFileSync(new URL(path, FOLDER), 'utf8');

export const vectorBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, FOLDER)));
