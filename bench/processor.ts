/** Processor time of processes, in seconds of one core so far: what a wall clock on a shared machine can't tell. Linux. */
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

interface Used {
  parent: number;
  seconds: number;
  /** Of its children that have ended. */
  children: number;
}

export function processorSeconds(pid: number): number {
  return usedBy(pid)?.seconds ?? 0;
}

/** Of a PostgreSQL: its postmaster, those that serve connections and all others of it. */
export function serverSeconds(postmaster: number): number {
  const own = usedBy(postmaster);
  let sum = (own?.seconds ?? 0) + (own?.children ?? 0);
  for (const entry of readdirSync('/proc')) {
    const used = /^\d+$/.test(entry) ? usedBy(Number(entry)) : undefined;
    if (used?.parent === postmaster) sum += used.seconds;
  }
  return sum;
}

/** What each of several processes has used since `before`, for one of `count`: `0.52 ms central, …`. */
export function perOne(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  count: number,
): string {
  const each = Object.keys(after).map((name) => {
    const ms = (((after[name] ?? 0) - (before[name] ?? 0)) * 1_000) / count;
    return `${name} ${ms.toFixed(2)} ms`;
  });
  return each.join(', ');
}

function usedBy(pid: number): Used | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const seconds = (from: number): number => ((fields[from] ?? 0) + (fields[from + 1] ?? 0)) / TICKS_PER_SECOND;
    return { parent: fields[1] ?? 0, seconds: seconds(11), children: seconds(13) };
  } catch {
    // It has ended.
    return undefined;
  }
}
