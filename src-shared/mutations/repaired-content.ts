/** What an order's lines are after the repairs that a person chose. Pure; nothing is repaired that was not chosen. */
import type { Repair } from '../domain/issue.ts';
import type { OrderContent } from './order-place.ts';

type Lines = OrderContent['lines'];

/** Repairs name lines as they stand before any of them. */
export function repairedLines(lines: Lines, repairs: readonly Repair[]): Lines {
  const removed = new Set<number>();
  const mended = lines.map((line) => ({ ...line }));
  for (const repair of repairs) {
    if (!('line' in repair)) continue;
    const line = mended[repair.line];
    if (!line) continue;
    if (repair.kind === 'removeLine') removed.add(repair.line);
    else if (repair.kind === 'acceptPrice') line.quotedUnitPrice = repair.unitPrice;
    else line.quantity = repair.quantity;
  }
  return mended.filter((_, index) => !removed.has(index));
}
