/** What every measurement leaves behind: a table for people and `results/<name>.json` for tracing a figure. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { fileURLToPath } from 'node:url';

export interface Row {
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  /** What it is compared with, measured in the same run. */
  readonly peer?: string;
  readonly peerValue?: number;
  /** value / peerValue: below 1 is less than the peer. */
  readonly ratio?: number;
  /** The budget, in the same unit; `met` says whether value ≤ goal, or ≥ where the metric says "at least". */
  readonly goal?: number;
  readonly met?: boolean;
}

const round = (value: number): number => Number(value.toPrecision(4));

/** A row with its ratio and whether its goal is met. */
export function row(
  metric: string,
  unit: string,
  value: number,
  extra: { peer?: string; peerValue?: number; goal?: number; atLeast?: true } = {},
): Row {
  const { peer, peerValue, goal, atLeast } = extra;
  return {
    metric: atLeast ? `${metric} (at least)` : metric,
    unit,
    value: round(value),
    ...(peer !== undefined && peerValue !== undefined
      ? { peer, peerValue: round(peerValue), ...(peerValue !== 0 && { ratio: round(value / peerValue) }) }
      : {}),
    ...(goal !== undefined ? { goal, met: atLeast ? value >= goal : value <= goal } : {}),
  };
}

export const machine = (): string =>
  `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores, ${type()} ${release()}, Node ${process.version}`;

const COLUMNS = ['metric', 'value', 'unit', 'peer', 'peerValue', 'ratio', 'goal', 'met'] as const;

/** Prints the rows as a table and writes them to `test/bench/results/<name>.json`. */
export function report(name: string, rows: readonly Row[], on: string = machine()): void {
  const cells = [COLUMNS.map(String), ...rows.map((each) => COLUMNS.map((column) => String(each[column] ?? '')))];
  const widths = COLUMNS.map((_, i) => Math.max(...cells.map((line) => (line[i] ?? '').length)));
  console.log(`\n${name} · ${on}`);
  for (const line of cells)
    console.log(
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  const path = fileURLToPath(new URL(`results/${name}.json`, import.meta.url));
  writeFileSync(path, `${JSON.stringify({ name, machine: on, rows }, null, 2)}\n`);
}
