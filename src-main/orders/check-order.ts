/** What the rules would say to an order as it is being typed: the same rules as in placing it. Nothing is written. */
import type { AskedLine, AskedOrder } from '../../src-shared/domain/asked-order.ts';
import { businessDay } from '../../src-shared/domain/business-day.ts';
import { usedMinor } from '../../src-shared/domain/account.ts';
import type { CreditFacts } from '../../src-shared/domain/credit-rules.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { CustomerId } from '../../src-shared/domain/ids.ts';
import type { OrderFacts } from '../../src-shared/domain/order-facts.ts';
import { judgeOrder, type Judgement } from '../../src-shared/domain/order-rules.ts';
import { lineGrossMinor } from '../../src-shared/domain/order-totals.ts';
import { MAX_ORDER_LINES } from '../../src-shared/domain/order.ts';
import { choosePrice } from '../../src-shared/domain/pricing/choose-price.ts';
import { isPossiblePrice } from '../../src-shared/domain/pricing/price-issues.ts';
import { grantedMinor, withoutOwn } from '../../src-shared/mutations/judge.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { CheckAnswer, GivenOrder } from '../api/desk-services.ts';
import { readReplayed } from '../replica/overlay.ts';
import { askedLines } from './asked-lines.ts';
import { judgeFactAge } from './fact-age.ts';
import { deskFacts } from './facts.ts';
import type { StoreReader } from '../store/store.ts';
import { lineSums } from './line-sums.ts';
import { enrolledDesk, spoken, type OrderDeskParts } from './parts.ts';
import { priceStories } from './price-story.ts';

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
    ...(given.approval === true ? { approval: true } : {}),
    lines: askedLines(given.lines),
  };
  const known = deskFacts(parts.store, {
    warehouseId: branch.warehouseId,
    customerId: given.customerId,
    productIds: given.lines.map((line) => line.productId),
  });
  const current = standing?.standing;
  const facts = current ? withoutOwn(known, current) : known;
  // Without anybody signed in nothing can be placed; what a clerk may is then what is shown.
  const role = parts.identity.signer()?.role ?? 'clerk';
  const granted = grantedMinor(current, given.customerId);
  const judged = judgeOrder(asked, facts, { shortage: 'warning', role, before: current?.lines, grantedMinor: granted });
  return {
    lines: checkedLines(parts.store, { asked, judged, facts }),
    totalMinor: judged.totalMinor,
    taxMinor: judged.taxMinor ?? null,
    sums: lineSums(judged.lines),
    currency: judged.currency,
    credit: creditOf(facts.credit(asked.customerId), judged.currency),
    issues: spoken([...judged.issues, ...judgeFactAge(parts, given.customerId).issues], language),
  };
}

function creditOf(credit: CreditFacts | undefined, currency: Currency | null): CheckAnswer['credit'] {
  if (!credit || (currency !== null && credit.account.currency !== currency)) return null;
  return { limitMinor: credit.terms.limitMinor, usedMinor: usedMinor(credit.account) };
}

function checkedLines(
  store: StoreReader,
  { asked, judged, facts }: { asked: AskedOrder; judged: Judgement; facts: OrderFacts },
): CheckAnswer['lines'] {
  if (asked.lines.length > MAX_ORDER_LINES) return asked.lines.map(() => null);
  const stories = priceStories(store, judged.lines);
  const places = new Map(judged.places.map((place, at) => [place, at]));
  return asked.lines.map((line, index): CheckAnswer['lines'][number] => {
    const at = places.get(index) ?? -1;
    const [done, story] = [judged.lines[at], stories[at]];
    if (!done || !story) return uncountedLine(line, { facts, of: asked });
    const { quantityBase, unitPrice, amountMinor, priceKind } = done;
    const availableBase = facts.available(line.productId);
    const grossMinor = lineGrossMinor(done);
    const [listUnitPrice, own] = [story.listUnitPrice, priceKind === 'own'];
    return { quantityBase, unitPrice, listUnitPrice, amountMinor, grossMinor, own, availableBase, story };
  });
}

/** Its price is shown while the quantity is still being typed. */
function uncountedLine(
  { productId, unit, manual }: AskedLine,
  { facts, of }: { facts: OrderFacts; of: Pick<AskedOrder, 'customerId' | 'businessDate'> },
): CheckAnswer['lines'][number] {
  const product = facts.product(productId);
  if (!product) return null;
  const { baseUnit, units } = product;
  const prices = facts.prices(productId, of.customerId);
  const quote = choosePrice(prices, { unit, baseUnit, units, date: of.businessDate, totalBase: 0 });
  if (!quote) return null;
  return {
    quantityBase: null,
    unitPrice: manual && isPossiblePrice(manual.unitPrice) ? manual.unitPrice : quote.unitPrice,
    listUnitPrice: quote.unitPrice,
    amountMinor: null,
    grossMinor: null,
    own: quote.price.of === 'own',
    availableBase: facts.available(productId),
    story: null,
  };
}
