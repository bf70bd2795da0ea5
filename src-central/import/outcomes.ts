/** What became of every row of a file. */
import { isRefusal, type Refusal, type RefusalCode, type Verdict } from './refusal.ts';

/** Rows that were refused for the same reason, about the same field. */
export interface RefusalCount {
  code: RefusalCode;
  field: string | undefined;
  rows: number;
  firstRow: number;
  first: Refusal;
}

export class Outcomes {
  /** Rows that made something new or changed something. */
  accepted = 0;
  created = 0;
  changed = 0;
  /** Rows that say what is there already, or what an earlier row has said. */
  unchanged = 0;
  /** By row. */
  readonly refusals = new Map<number, Refusal>();

  record(row: number, verdict: Verdict): void {
    if (isRefusal(verdict)) {
      this.refusals.set(row, verdict);
      return;
    }
    if (verdict === 'unchanged') {
      this.unchanged += 1;
      return;
    }
    this.accepted += 1;
    if (verdict === 'new') this.created += 1;
    else this.changed += 1;
  }

  /** Most frequent first. */
  refusedByReason(): RefusalCount[] {
    const counts = new Map<string, RefusalCount>();
    for (const [row, refused] of this.refusals) {
      const field = 'field' in refused.params ? refused.params.field : undefined;
      const key = `${refused.code} ${field}`;
      const count = counts.get(key) ?? { code: refused.code, field, rows: 0, firstRow: row, first: refused };
      count.rows += 1;
      counts.set(key, count);
    }
    return [...counts.values()].sort((a, b) => b.rows - a.rows);
  }
}
