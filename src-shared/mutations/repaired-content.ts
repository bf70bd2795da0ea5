/** What an order's lines are after the repairs that a person chose. Pure; nothing is repaired that was not chosen. */
import type { Repair } from '../domain/issue.ts';
import type { OrderContent } from './order-place.ts';

type Lines = OrderContent['lines'];

/** Repairs name lines as they stand before any of them; in which order they are given changes nothing. */
export function repairedLines(lines: Lines, repairs: readonly Repair[]): Lines {
  const removed = new Set<number>();
  const mended = lines.map((line) => ({ ...line }));
  for (const repair of repairs) {
    if (!('line' in repair)) continue;
    const line = mended[repair.line];
    if (!line) continue;
    if (repair.kind === 'removeLine') removed.add(repair.line);
    else if ('quantity' in repair) {
      line.quantity = repair.quantity;
      // What it comes to follows; nobody has been told yet.
      delete line.quotedGrossMinor;
    } else if (repair.kind === 'acceptAmount') {
      // Of another quantity or price it comes to something else.
      if (!repairs.some((other) => remakesAmount(other, repair.line))) line.quotedGrossMinor = repair.grossMinor;
    } else if (repair.kind === 'backorder') line.backorder = true;
    else if ('unitPrice' in repair) {
      line.quotedUnitPrice = repair.unitPrice;
      delete line.quotedGrossMinor;
      if (repair.kind === 'takeListPrice') delete line.manual;
    }
  }
  return mended.filter((_, index) => !removed.has(index));
}

function remakesAmount(repair: Repair, line: number): boolean {
  return 'line' in repair && repair.line === line && ('quantity' in repair || 'unitPrice' in repair);
}
