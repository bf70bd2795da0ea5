/** What an order's lines are after the chosen repairs. Pure; the amendment it makes supersedes what was refused. */
import type { GivenLine, OrderLineRow } from '../../src-main/api/desk-services.ts';
import type { Repair } from '../../src-shared/domain/issue.ts';
import { ONE } from '../../src-shared/domain/quantity.ts';

/** Repairs that change what the order says; the others open it or end it. */
export type ContentRepair = Extract<Repair, { line: number } | { kind: 'askApproval' }>;

export function isContentRepair(repair: Repair): repair is ContentRepair {
  return 'line' in repair || repair.kind === 'askApproval';
}

export function mendedLines(lines: readonly OrderLineRow[], repairs: readonly ContentRepair[]): GivenLine[] {
  const removed = new Set<number>();
  const quantities = new Map<number, number>();
  const atList = new Set<number>();
  const waiting = new Set<number>();
  for (const repair of repairs) {
    if (repair.kind === 'askApproval') continue;
    if (repair.kind === 'removeLine') removed.add(repair.line);
    else if ('quantity' in repair) quantities.set(repair.line, repair.quantity / ONE);
    else if (repair.kind === 'takeListPrice') atList.add(repair.line);
    else if (repair.kind === 'backorder') waiting.add(repair.line);
    // Accepting a price or an amount needs no words: an amendment quotes what they are now.
  }
  return lines.flatMap((line, at) => {
    if (removed.has(at)) return [];
    const { productId, unit, unitPrice, manual } = line;
    const backorder = line.backorderBase !== undefined || waiting.has(at);
    const quantity = quantities.get(at) ?? line.quantity;
    const given = { productId, unit, quantity, ...(backorder ? { backorder } : {}) };
    // What was agreed by hand stays agreed on every line that nobody chose to put back to the list.
    return [manual && !atList.has(at) ? { ...given, manual: { unitPrice, reason: manual.reason } } : given];
  });
}
