import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../checks/source.ts';
import { type Demo, startDemo } from '../demo/demo.ts';
import type { Row } from '../demo/drive.ts';
import { readEverything } from '../demo/once.ts';
import { browserPath } from '../support/browser.ts';

const said: string[] = [];
let demo: Demo | undefined;
let rows: readonly Row[] = [];

beforeAll(async () => {
  const say = (line: string): void => void said.push(line);
  demo = await startDemo({ state: join(ROOT, '.witnessmark/e2e'), fresh: true, say });
  rows = await readEverything(demo, browserPath('chromium'), say);
}, 150_000);

afterAll(async () => {
  await demo?.stop();
}, 20_000);

describe('the demonstration, read in Chromium with the extension', () => {
  test('every page is seen as what was done to its text demands', () => {
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.map(({ page, seen }) => `${page}: ${seen}`)).toEqual(
      rows.map(({ page, expected }) => `${page}: ${expected}`),
    );
  });

  test('a killed log leaves new trails unproven and saved ones verified', () => {
    const seen = (page: string): string | undefined => rows.find((row) => row.page === page)?.seen;
    expect(seen('/glass-log-killed')).toBe('unproven · trail-unreachable');
    expect(seen('/bridge-complete-log-killed')).toBe('verified · exact');
  });

  test('the witnesses are said to stand under one roof', () => {
    expect(said.join('\n')).toContain('under one roof');
  });
});
