/** What the rules would say to an order as it is being typed: the same rules as in placing it. Nothing is written. */
import type { CustomerId, ProductId } from '../../src-shared/domain/ids.ts';
import type { Issue } from '../../src-shared/domain/issue.ts';
import type { OrderFacts } from '../../src-shared/domain/order-facts.ts';
import { judgeOrder, type AskedOrder, type Judgement } from '../../src-shared/domain/order-rules.ts';
import { MAX_ORDER_LINES } from '../../src-shared/domain/order.ts';
import { quotePrice } from '../../src-shared/domain/price-list.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { CheckAnswer, GivenOrder } from '../api/desk-services.ts';
import { readReplayed } from '../replica/overlay.ts';
import { askedLines } from './asked-lines.ts';
import { businessDay } from '../../src-shared/domain/business-day.ts';
import { deskFacts, withOwnAllocation } from './facts.ts';
import { enrolledDesk, spoken, type OrderDeskParts } from './parts.ts';

export type GivenCheck = GivenOrder & { orderId?: string | undefined };

/** @throws AppError NOT_ENROLLED. */
export function checkOrder(parts: OrderDeskParts, given: GivenCheck, language: Language): CheckAnswer {
  const { branch } = enrolledDesk(parts);
  const standing = given.orderId === undefined ? undefined : readReplayed(parts.store, given.orderId);
  const asked: AskedOrder = {
    branchId: branch.branchId,
    customerId: given.customerId as CustomerId,
    businessDate: standing?.shown?.businessDate ?? businessDay(parts.platform.now(), branch.timeZone),
    note: given.note,
    lines: askedLines(given.lines),
  };
  const known = deskFacts(parts.store, {
    warehouseId: branch.warehouseId,
    customerId: given.customerId,
    productIds: given.lines.map((line) => line.productId),
  });
  const facts = withOwnAllocation(known, standing?.standing);
  const judged = judgeOrder(asked, facts, 'warning');
  return {
    lines: checkedLines(asked, judged, facts),
    totalMinor: judged.totalMinor,
    currency: judged.currency,
    issues: spoken(judged.issues, language),
  };
}

function checkedLines(asked: AskedOrder, judged: Judgement, facts: OrderFacts): CheckAnswer['lines'] {
  if (asked.lines.length > MAX_ORDER_LINES) return asked.lines.map(() => null);
  const faulty = linesWithErrors(judged.issues);
  let next = 0;
  return asked.lines.map((line, index): CheckAnswer['lines'][number] => {
    const availableBase = facts.available(line.productId);
    if (!faulty.has(index)) {
      const done = judged.lines[next];
      next += 1;
      if (!done) return null;
      const { quantityBase, unitPrice, amountMinor, priceKind } = done;
      return { quantityBase, unitPrice, amountMinor, own: priceKind === 'own', availableBase };
    }
    // Its price is shown while the quantity is still being typed.
    const quote = quoteOf(line.productId, { facts, unit: line.unit, of: asked });
    return (
      quote && { quantityBase: null, unitPrice: quote.unitPrice, amountMinor: null, own: quote.own, availableBase }
    );
  });
}

/** Lines that the judgement left out: each has an error of its own. */
function linesWithErrors(issues: readonly Issue[]): Set<number> {
  const found = new Set<number>();
  for (const { severity, path } of issues) {
    const [where, index] = path;
    if (severity === 'error' && where === 'lines' && typeof index === 'number') found.add(index);
  }
  return found;
}

function quoteOf(
  productId: ProductId,
  { facts, unit, of }: { facts: OrderFacts; unit: string; of: Pick<AskedOrder, 'customerId' | 'businessDate'> },
) {
  const product = facts.product(productId);
  if (!product) return null;
  const { baseUnit, units } = product;
  return quotePrice(facts.prices(productId, of.customerId), { unit, baseUnit, units, date: of.businessDate }) ?? null;
}
