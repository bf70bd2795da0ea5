/**
 * What an order gives a tax invoice, and a credit note what comes back: line by line what left on a day, in net, tax and
 * gross that add up. Pure; the invoice itself is another system's.
 */
import { businessDay } from './business-day.ts';
import { movementsOf, type Movement } from './credit.ts';
import { lineGrossMinor } from './order-totals.ts';
import type { Order, OrderLine } from './order.ts';
import { shareOut } from './pricing/share-out.ts';
import { shareRounded } from './rounding.ts';

export interface InvoiceLine {
  /** Of the order; with `version` what tells one delivery or return from another. */
  number: string;
  version: number;
  date: string;
  what: 'delivery' | 'return';
  productId: string;
  unit: string;
  /** Thousandths of `unit`; less than nothing of what comes back. */
  quantity: number;
  /** Ten-thousandths of the major unit, for one `unit`, as the price list has it. */
  unitPrice: number;
  /** Basis points; null where the product is not taxed. */
  taxBasisPoints: number | null;
  /** Minor units; less than nothing of what comes back. */
  netMinor: number;
  taxMinor: number;
  grossMinor: number;
}

export function invoiceLinesOf(
  order: Pick<Order, 'number' | 'lines' | 'history'>,
  { from, to, timeZone }: { from: string; to: string; timeZone: string },
): InvoiceLine[] {
  const of = (what: 'shipped' | 'returned'): InvoiceLine[] =>
    movementsOf(order, what).flatMap((movement) => {
      const date = businessDay(movement.event.at, timeZone);
      if (date < from || date > to) return [];
      return linesOf(movement, { number: order.number, date, what });
    });
  return [...of('shipped'), ...of('returned')].toSorted((a, b) => a.version - b.version);
}

function linesOf(
  { event, parts }: Movement,
  { number, date, what }: { number: string; date: string; what: 'shipped' | 'returned' },
): InvoiceLine[] {
  const sign = what === 'returned' ? -1 : 1;
  // Less may have been credited than the goods came to: then each line takes its share of that.
  const gross =
    event.creditMinor === undefined
      ? parts.map(({ minor }) => minor)
      : shareOut(
          event.creditMinor,
          parts.map(({ line, minor }, index) => ({ weight: minor, name: `${line.productId}/${index}` })),
        );
  return parts.map(({ line, quantityBase }, index): InvoiceLine => {
    const grossMinor = gross[index] ?? 0;
    const taxMinor = taxIn(line, grossMinor);
    return {
      number,
      version: event.version,
      date,
      what: what === 'returned' ? 'return' : 'delivery',
      productId: line.productId,
      unit: line.unit,
      quantity: sign * shareRounded(line.quantity, quantityBase, line.quantityBase),
      unitPrice: line.unitPrice,
      taxBasisPoints: line.taxBasisPoints ?? null,
      netMinor: sign * (grossMinor - taxMinor),
      taxMinor: sign * taxMinor,
      grossMinor: sign * grossMinor,
    };
  });
}

/** The line's own tax where all of it goes, and its share where a part does. */
function taxIn(line: OrderLine, grossMinor: number): number {
  const whole = lineGrossMinor(line);
  return whole === 0 ? 0 : shareRounded(line.taxMinor ?? 0, grossMinor, whole);
}
