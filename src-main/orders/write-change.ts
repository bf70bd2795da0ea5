/**
 * Writes down a change of an order that is here: on what it builds, what the rules say to it, what it depends on and what
 * it stands in for. It builds on the order as this desk shows it: on central's row with the desk's own intents replayed
 * on it.
 */
import type { MutationId, OrderId } from '../../src-shared/domain/ids.ts';
import { errorIssue } from '../../src-shared/domain/issue.ts';
import { reviewsOf } from '../../src-shared/domain/lifecycle/reviews.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { comparedOrder, orderDifference, type OrderDifference } from '../../src-shared/domain/order-difference.ts';
import type { OrderFacts } from '../../src-shared/domain/order-facts.ts';
import { parseOrderNumber } from '../../src-shared/domain/order-number.ts';
import { dueDateOf, judgeMutation } from '../../src-shared/mutations/judge.ts';
import { isContent, isStep, type MutationIntent } from '../../src-shared/mutations/registry.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import {
  MAX_BUSINESS_DATE_AGE_DAYS,
  MAX_BUSINESS_DATE_AHEAD_DAYS,
  MAX_DEPENDS_ON,
  MAX_SUPERSEDES,
} from '../../src-shared/protocol/limits.ts';
import { readLane, type StepKnown, type StoredIntent } from '../outbox/intent.ts';
import { orderLane } from '../outbox/lane.ts';
import { canBeSuperseded, stuckIntents } from '../outbox/stuck.ts';
import { readCentralOrder } from '../replica/central-order.ts';
import { readReplayed, rebuildOverlay } from '../replica/overlay.ts';
import { replay } from '../replica/replay.ts';
import type { StoreReader, WriteTx } from '../store/store.ts';
import { conflictOf } from './conflict.ts';
import { deskFacts } from './facts.ts';
import { refusal, type OrderDeskParts } from './parts.ts';
import { announceOrder, occasionOf, quotedLines, writeDown, type Occasion, type StoredAnswer } from './write-down.ts';

export type Change = Exclude<MutationIntent, { name: 'order.place' }>;

/** What a change builds on. */
export interface Ground {
  /** What the person was looking at. */
  shown: Order;
  /** The latest unsettled mutation of the order. */
  last: StoredIntent | undefined;
  /** What will be there when every mutation has applied that may yet be judged. */
  standing: Order | undefined;
  dependsOn: MutationId[];
  /** What may never be judged, and this stands in for. */
  supersedes: StoredIntent[];
  baseVersion: number;
}

/** @throws AppError INPUT, NOT_FOUND, NOT_ENROLLED, SIGNED_OUT, DISK_FULL. */
export function change(
  parts: OrderDeskParts,
  given: { orderId: string; baseVersion?: number | undefined },
  intentOn: (ground: Ground, occasion: Occasion) => Change,
): StoredAnswer {
  const occasion = occasionOf(parts);
  const answer = parts.store.transaction((tx) => {
    const ground = groundOf(parts.store, given.orderId);
    const intent = intentOn(ground, occasion);
    throwIfOverwriting(ground, intent, given.baseVersion);
    return writeChange(parts, tx, { ground, occasion, intent });
  });
  announceOrder(parts, given.orderId);
  return answer;
}

/**
 * Nobody's change is written over unseen. What the person was looking at has a version; content that was refused, and that
 * somebody else's change stands beside, is taken only by who names the version of that one.
 */
function throwIfOverwriting(ground: Ground, intent: Change, baseVersion: number | undefined): void {
  const { shown, standing, last } = ground;
  const theirs = isContent(intent) ? conflictOf(standing, last)?.theirs : undefined;
  const { version } = theirs ?? shown;
  if (baseVersion === version || (baseVersion === undefined && !theirs)) return;
  const params = { expected: baseVersion ?? shown.version, version };
  throw refusal([errorIssue('order.changed', ['orderId'], { params, repairs: [{ kind: 'editOrder' }] })]);
}

function writeChange(
  parts: OrderDeskParts,
  tx: WriteTx,
  { ground, occasion, intent }: { ground: Ground; occasion: Occasion; intent: Change },
): StoredAnswer {
  const { branch, currency } = occasion.desk;
  const facts = deskFacts(parts.store, {
    warehouseId: branch.warehouseId,
    customerId: intent.args.customerId,
    productIds: productsOf(intent, ground.standing),
  });
  const verdict = judgeMutation(
    intent,
    {
      current: ground.standing,
      // On the desk everything on its way is taken to apply.
      dependenciesApplied: (ground.standing?.version ?? 0) - ground.baseVersion,
      branch,
      // Of the incarnation that gave the number; this file may have had another since.
      incarnationCode: parseOrderNumber(intent.args.number)?.incarnationCode ?? occasion.desk.incarnationCode,
      currency,
      facts,
      role: occasion.person.role,
      shortage: 'warning',
    },
    occasion.by,
  );
  if (verdict.verdict === 'refused') throw refusal(verdict.issues);
  const { order, issues } = verdict;
  const sent: Change =
    intent.name === 'order.amend'
      ? { ...intent, args: { ...intent.args, lines: quotedLines(order.lines, intent.args.lines) } }
      : intent;
  const { dependsOn, supersedes } = ground;
  const known = isStep(intent) ? knownOf(ground.standing, { facts, today: occasion.today }) : undefined;
  const undo = intent.name === 'order.amend' ? undoOf(order, ground.standing) : undefined;
  const judged = { intent: sent, order, issues, dependsOn, supersedes, known, undo };
  const answer = writeDown(parts, tx, { occasion, judged });
  rebuildOverlay(parts.store, tx, order.orderId);
  return answer;
}

function undoOf(order: Order, standing: Order | undefined): OrderDifference[] | undefined {
  return standing && orderDifference(comparedOrder(order), comparedOrder(standing));
}

/** Those that it asks for; of a step those that the order has. */
function productsOf(intent: Change, standing: Order | undefined): string[] {
  const lines = intent.name === 'order.amend' ? intent.args.lines : isStep(intent) ? (standing?.lines ?? []) : [];
  return lines.map((line) => line.productId);
}

/** What the rules find out for a step, so that it can be replayed when that is no longer so. */
function knownOf(
  standing: Order | undefined,
  { facts, today }: { facts: OrderFacts; today: string },
): StepKnown | undefined {
  if (!standing) return undefined;
  const waiting = standing.lines.filter(({ backorderBase }) => backorderBase !== undefined);
  const customer = facts.customer(standing.customerId);
  return {
    reviews: reviewsOf(standing, facts.reviews(), customer?.groupId),
    dueDate: dueDateOf(customer?.terms, today),
    available: Object.fromEntries(waiting.map(({ productId }) => [productId, facts.available(productId)])),
  };
}

/** @throws AppError NOT_FOUND when there is no such order here. */
function groundOf(store: StoreReader, orderId: string): Ground {
  const intents = readLane(store, orderLane(orderId));
  const central = readCentralOrder(store, orderId);
  const { shown } = readReplayed(store, orderId);
  if (!shown) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: 'order' });
  const stuck = new Set(stuckIntents(store, intents));
  const moving = intents.filter((intent) => !stuck.has(intent));
  const { dependsOn, before } = dependenciesOf(moving);
  return {
    shown,
    last: intents.at(-1),
    standing: replay(central, moving).standing,
    dependsOn,
    supersedes: [...stuck].filter(canBeSuperseded).slice(-MAX_SUPERSEDES),
    baseVersion: (central?.version ?? 0) + before,
  };
}

/**
 * What a new mutation of the lane depends on: everything without a receipt, for it must be judged first, and every
 * refusal, for the new one stands in its place. What may never be judged is not among the intents.
 *
 * @returns `before`: how many mutations on their way are too many to be named, and are taken to have applied. If one
 *          of them is refused, so is the new one, as changed meanwhile, and it can be amended again.
 */
function dependenciesOf(intents: readonly StoredIntent[]): { dependsOn: MutationId[]; before: number } {
  const named = [...intents];
  const unnamed = named.splice(0, Math.max(0, named.length - MAX_DEPENDS_ON));
  return {
    dependsOn: named.map((intent) => intent.mutationId),
    before: unnamed.filter((intent) => intent.state !== 'refused').length,
  };
}

/** What stays of an order whatever is changed in it: its number, and the day whose prices count. */
export function headOf({ shown, standing }: Ground, { desk, today }: Occasion) {
  return {
    orderId: shown.orderId satisfies OrderId,
    number: shown.number,
    branchId: desk.branch.branchId,
    warehouseId: desk.branch.warehouseId,
    // An order that central refused for a day far off gets today's, or nothing could ever mend it.
    businessDate: standing || isPlausibleDay(shown.businessDate, today) ? shown.businessDate : today,
  };
}

function isPlausibleDay(day: string, today: string): boolean {
  const daysAhead = (Date.parse(day) - Date.parse(today)) / 86_400_000;
  return daysAhead <= MAX_BUSINESS_DATE_AHEAD_DAYS && daysAhead >= -MAX_BUSINESS_DATE_AGE_DAYS;
}
