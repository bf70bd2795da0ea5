/** What a benchmark is, and the arithmetic all of them share. */
export interface BenchResult {
  value: number;
  /** Of `value` and `reference`: `us` (lower is better), `rows/s` (higher is better) … */
  unit: string;
  /** The same work by hand-written means, measured in the same run. */
  reference: number;
  /** Ours to the reference's, in the unit given. */
  ratio: number;
  /** What the reference is, and whatever else a reader has to know. */
  note?: string;
}

export interface Bench {
  name: string;
  run: () => Promise<BenchResult>;
}

/** The q-th quantile (0 to 1) of samples in any order. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
  if (found === undefined) throw new Error('bench: no samples');
  return found;
}

/** Microseconds that `work` took. */
export function microseconds(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1_000;
}
