/**
 * Placing an order: number, mutation, reservations and what the list shows commit in one transaction. When this has
 * returned, the order is on the disk; when it has thrown, nothing of it is.
 *
 * The caller makes the order's id. The same id again, after an answer that got lost, gets the first answer; where the
 * order has been given another number since (renumber-taken.ts), under that number.
 */
import type { CustomerId, OrderId } from '../../src-shared/domain/ids.ts';
import { errorIssue } from '../../src-shared/domain/issue.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { stockSharesOf } from '../../src-shared/domain/lifecycle/fulfilment.ts';
import { judgeMutation } from '../../src-shared/mutations/judge.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { sql } from 'kysely';
import type { GivenOrder, PlaceAnswer } from '../api/desk-services.ts';
import { findWritten } from '../outbox/find-mutation.ts';
import { orderLane } from '../outbox/lane.ts';
import { readReplayed, putNewOverlay } from '../replica/overlay.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import { askedLines } from './asked-lines.ts';
import { freshEnough } from './fact-age.ts';
import { deskFacts } from './facts.ts';
import { isLeased, renounceLeases } from '../replica/leases.ts';
import { nextNumber } from './next-number.ts';
import { refusal, type OrderDeskParts } from './parts.ts';
import {
  announceOrder,
  occasionOf,
  quotedLines,
  spokenAnswer,
  writeDown,
  type Occasion,
  type StoredAnswer,
} from './write-down.ts';

export type GivenPlacing = GivenOrder & { orderId: string };

const statements = perStore((store: Store) => ({
  known: store.query<{ orderId: string; lane: string }, { known: number }>(
    (_, p) => sql<{ known: number }>`select 1 as known where exists (select 1 from outbox where lane = ${p.lane})
      or exists (select 1 from journal where lane = ${p.lane})
      or exists (select 1 from sales_order where order_id = ${p.orderId})`,
  ),
}));

/** @throws AppError INPUT with every issue of it, NOT_ENROLLED, SIGNED_OUT, DISK_FULL. */
export function placeOrder(parts: OrderDeskParts, given: GivenPlacing, language: Language): PlaceAnswer {
  const { store } = parts;
  const lane = orderLane(given.orderId);
  if (statements(store).known.get({ orderId: given.orderId, lane })) {
    return spokenAnswer(answerOfBefore(store, given, lane), language);
  }
  const occasion = occasionOf(parts);
  const answer = store.transaction((tx) => place(parts, tx, { given, occasion }));
  announceOrder(parts, given.orderId);
  return spokenAnswer(answer, language);
}

function place(
  parts: OrderDeskParts,
  tx: WriteTx,
  { given, occasion }: { given: GivenPlacing; occasion: Occasion },
): StoredAnswer {
  const { desk, by, today } = occasion;
  const { branch, incarnationCode, currency } = desk;
  const age = freshEnough(parts, given.customerId);
  const args: OrderContent = {
    orderId: given.orderId as OrderId,
    number: nextNumber(parts.store, tx, desk),
    branchId: branch.branchId,
    warehouseId: branch.warehouseId,
    customerId: given.customerId as CustomerId,
    businessDate: today,
    note: given.note,
    ...(given.approval === true ? { approval: true } : {}),
    ...(age.confirm ? { oldFacts: true } : {}),
    // What was typed, perhaps no number and without a price yet: the rulebook says what is wrong and what it costs.
    lines: askedLines(given.lines) as OrderContent['lines'],
  };
  const verdict = judgeMutation(
    { name: 'order.place', args },
    {
      current: undefined,
      dependenciesApplied: 0,
      branch,
      incarnationCode,
      currency,
      facts: deskFacts(parts.store, {
        warehouseId: branch.warehouseId,
        customerId: given.customerId,
        productIds: given.lines.map((line) => line.productId),
      }),
      role: occasion.person.role,
      shortage: 'warning',
    },
    by,
  );
  // Thrown inside the transaction, so that the number it was given is given to the next.
  if (verdict.verdict === 'refused') throw refusal(verdict.issues);
  const { order } = verdict;
  const issues = [...verdict.issues, ...age.issues];
  const intent = { name: 'order.place' as const, args: { ...args, lines: quotedLines(order.lines, args.lines) } };
  const promised = isPromised(parts, tx, { order, occasion });
  const answer = writeDown(parts, tx, { occasion, judged: { intent, order, issues, dependsOn: [], promised } });
  putNewOverlay(parts.store, tx, { mutationId: by.mutationId, order });
  return answer;
}

/** Whether the goods are set aside for this desk, so that no other can take them before central hears of the order. */
function isPromised(
  { store, platform, knowsCentralTime }: OrderDeskParts,
  tx: WriteTx,
  { order, occasion }: { order: Order; occasion: Occasion },
): boolean {
  if (knowsCentralTime?.() !== true) return false;
  renounceLeases(store, tx, { incarnationId: occasion.desk.incarnationId, nowMs: platform.now() });
  const quantities = new Map([...stockSharesOf(order)].map(([product, { allocated }]) => [product, allocated]));
  return isLeased(store, { warehouseId: order.warehouseId, quantities });
}

/** @throws AppError INPUT when there is another order under this id. */
function answerOfBefore(store: StoreReader, given: GivenPlacing, lane: string): StoredAnswer {
  const before = findWritten(store, { lane, name: 'order.place' }).find(({ body }) => isSameContent(body, given));
  if (before) return JSON.parse(before.answer) as StoredAnswer;
  const number = readReplayed(store, given.orderId).shown?.number ?? '';
  throw refusal([errorIssue('order.exists', ['orderId'], { params: { number } })]);
}

function isSameContent(body: string, given: GivenPlacing): boolean {
  const { args } = JSON.parse(body) as { args: OrderContent };
  const lines = askedLines(given.lines);
  return (
    args.customerId === given.customerId &&
    args.note === given.note &&
    (args.approval === true) === (given.approval === true) &&
    args.lines.length === lines.length &&
    args.lines.every((line, index) => {
      const again = lines[index];
      return (
        again?.productId === line.productId &&
        again.unit === line.unit &&
        again.quantity === line.quantity &&
        again.manual?.unitPrice === line.manual?.unitPrice &&
        again.manual?.reason === line.manual?.reason &&
        again.backorder === line.backorder
      );
    })
  );
}
