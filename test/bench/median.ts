/** The middle sample; NaN where there is none. */
export function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? Number.NaN;
}

/** Median microseconds of one call, after a warm-up, over about `milliseconds` of calls. */
export function medianMicroseconds(call: () => void, milliseconds = 1500): number {
  const warm = performance.now() + milliseconds / 4;
  while (performance.now() < warm) call();
  const samples: number[] = [];
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const start = performance.now();
    call();
    samples.push((performance.now() - start) * 1000);
  }
  return median(samples);
}
