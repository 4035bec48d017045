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
  samples.sort((a, b) => a - b);
  return samples[Math.floor(samples.length / 2)] ?? Number.NaN;
}
