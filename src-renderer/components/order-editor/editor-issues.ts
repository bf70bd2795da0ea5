/** What is wrong with a draft, in the order in which it is mended. */
import { useMemo } from 'react';
import type { OrderDraft } from './draft.ts';
import type { ColumnId } from './grid-columns.ts';
import { isUnfinished, type GridCursor } from './grid-cursor.ts';
import { placeIssues, type PlacedIssue } from './order-request.ts';
import type { CheckedDraft } from './use-order-check.ts';
import type { Refusal } from './use-saving.ts';

export function useIssues(of: {
  draft: OrderDraft;
  checked: CheckedDraft | undefined;
  refusal: Refusal | undefined;
  cursor: GridCursor;
}): PlacedIssue[] {
  const { draft, checked, refusal, cursor } = of;
  return useMemo(() => {
    if (refusal?.draft === draft) return inOrder(refusal.issues);
    const found = checked ? placeIssues(checked.answer.issues, checked.keys) : [];
    return inOrder(found.filter((placed) => !isUnfinished(placed, draft, cursor)));
  }, [draft, checked, refusal, cursor]);
}

/** As the eye goes: customer, lines from the top, note, the whole. The desk's own order within a line. */
function inOrder(issues: readonly PlacedIssue[]): PlacedIssue[] {
  const rank = { customer: 0, line: 1, note: 2, order: 3 };
  return issues.toSorted((a, b) => rank[a.at.place] - rank[b.at.place]);
}

export function firstOf(issues: readonly PlacedIssue[]): PlacedIssue | undefined {
  const ordered = inOrder(issues);
  return ordered.find(({ issue }) => issue.severity === 'error') ?? ordered[0];
}

export function isUnder(placed: PlacedIssue, key: string | undefined, column: string): boolean {
  return placed.at.place === 'line' && placed.at.key === key && columnToMend(placed.at.column, placed) === column;
}

/** Where the hands go for an issue: what has no price is mended by another product, what an amount is by none of its own. */
export function columnToMend(column: ColumnId, { issue }: PlacedIssue): ColumnId {
  return column === 'amount' || issue.code === 'price.missing' ? 'code' : column;
}

export function groupByLine(issues: readonly PlacedIssue[]): ReadonlyMap<string, readonly PlacedIssue[]> {
  const lines = new Map<string, PlacedIssue[]>();
  for (const placed of issues) {
    if (placed.at.place !== 'line') continue;
    const before = lines.get(placed.at.key);
    if (before) before.push(placed);
    else lines.set(placed.at.key, [placed]);
  }
  return lines;
}
