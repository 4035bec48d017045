import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, repositoryFiles } from '../checks/source.ts';

const results = readdirSync(join(ROOT, 'test/bench/results')).flatMap(
  (file) =>
    (
      JSON.parse(readFileSync(join(ROOT, 'test/bench/results', file), 'utf8')) as {
        rows: { value: number; unit: string; peerValue?: number }[];
      }
    ).rows,
);

/** Units that the README shows otherwise than the results. */
const SCALES: Readonly<Record<string, number>> = { 'µs as ms': 1000, '1/s as M a second': 1_000_000 };

test('every figure of the README is in the results, to the digits it shows', () => {
  const section = readFileSync(join(ROOT, 'README.md'), 'utf8').split('## Figures')[1]?.split('\n## ')[0] ?? '';
  const figures = [...section.matchAll(/\| ([\d.]+) (ms|KiB|M a second|recall) \|/g)];
  expect(figures.length).toBeGreaterThan(2);
  for (const [, shown = '', unit = ''] of figures) {
    const digits = shown.replace(/^0\.|\./g, '').length;
    const same = results.some(({ value, peerValue = value, unit: measured }) => {
      const scale = SCALES[`${measured} as ${unit}`] ?? 1;
      const comparable = scale !== 1 || measured.startsWith(unit);
      return (
        comparable && [value, peerValue].some((each) => Number((each / scale).toPrecision(digits)) === Number(shown))
      );
    });
    expect(same, `${shown} ${unit} is in no result`).toBe(true);
  }
});

test('every link between documents leads somewhere', () => {
  const broken = repositoryFiles()
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g)]
        .map(([, target]) => target ?? '')
        .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
        .map((target) => `${path} → ${target}`),
    );
  expect(broken).toEqual([]);
});
