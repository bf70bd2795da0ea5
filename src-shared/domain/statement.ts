/** What a customer is told of their account: what they owed, what happened, what they owe. Pure. */
import { businessDay } from './business-day.ts';
import { shipmentsOf } from './credit.ts';
import type { Order } from './order.ts';
import { voidedPayments } from './payments.ts';

export interface StatementEntry {
  /** The branch's calendar day; of money the day on which it came in or went back. */
  date: string;
  what: 'shipped' | 'returned' | 'paid' | 'refunded';
  orderId: string;
  number: string;
  /** Minor units; less than nothing where it lowers what is owed. */
  minor: number;
  /** What is owed after it. */
  balanceMinor: number;
  reference: string;
}

export interface Statement {
  from: string;
  to: string;
  openingMinor: number;
  entries: StatementEntry[];
  closingMinor: number;
}

type Stated = Pick<Order, 'orderId' | 'number' | 'lines' | 'history'>;

/**
 * @param orders all of the customer's, in one currency.
 * @param of.to inclusive, like `from`.
 * @param of.timeZone the branch's.
 */
export function statementOf(
  orders: readonly Stated[],
  { from, to, timeZone }: { from: string; to: string; timeZone: string },
): Statement {
  const all = orders.flatMap((order) => entriesOf(order, timeZone)).toSorted(inOrder);
  let balanceMinor = 0;
  const statement: Statement = { from, to, openingMinor: 0, entries: [], closingMinor: 0 };
  for (const { at: _at, ...entry } of all) {
    balanceMinor += entry.minor;
    if (entry.date < from) statement.openingMinor = balanceMinor;
    else if (entry.date <= to) statement.entries.push({ ...entry, balanceMinor });
  }
  statement.closingMinor = statement.entries.at(-1)?.balanceMinor ?? statement.openingMinor;
  return statement;
}

type Happened = Omit<StatementEntry, 'balanceMinor'> & { at: number };

function entriesOf(order: Stated, timeZone: string): Happened[] {
  const { orderId, number, history } = order;
  const shipments = new Map(shipmentsOf(order).map(({ event, minor }) => [event.version, minor]));
  const takenBack = voidedPayments(history);
  return history.flatMap((event): Happened[] => {
    const { what, version, at, payment, creditMinor = 0, tracking = '', reason } = event;
    const head = { orderId, number, at, date: businessDay(at, timeZone) };
    if (what === 'shipped') return [{ ...head, what, minor: shipments.get(version) ?? 0, reference: tracking }];
    if (what === 'returned') return [{ ...head, what, minor: -creditMinor, reference: reason ?? '' }];
    // What was written down by mistake never happened.
    if (!payment || takenBack.has(event.mutationId)) return [];
    const money = { ...head, date: payment.on, reference: payment.reference };
    if (what === 'paid') return [{ ...money, what, minor: -payment.minor }];
    return what === 'refunded' ? [{ ...money, what, minor: payment.minor }] : [];
  });
}

function inOrder(a: Happened, b: Happened): number {
  if (a.date !== b.date) return a.date < b.date ? -1 : 1;
  return a.at - b.at || (a.number < b.number ? -1 : 1);
}
