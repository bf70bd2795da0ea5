/** Makes a judged intent into a signed mutation and writes it down, in the caller's transaction. */
import type { AskedLine } from '../../src-shared/domain/asked-order.ts';
import type { MutationId, OrderId } from '../../src-shared/domain/ids.ts';
import type { Issue } from '../../src-shared/domain/issue.ts';
import type { Order, OrderLine } from '../../src-shared/domain/order.ts';
import type { OrderDifference } from '../../src-shared/domain/order-difference.ts';
import { stateOf } from '../../src-shared/domain/lifecycle/order-state.ts';
import { lineGrossMinor } from '../../src-shared/domain/order-totals.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import type { Actor } from '../../src-shared/mutations/actor.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import { isContent, MUTATIONS, type MutationIntent } from '../../src-shared/mutations/registry.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { PlaceAnswer } from '../api/desk-services.ts';
import type { DeskIdentity, Signer } from '../identity/identity.ts';
import { enqueue, supersede } from '../outbox/enqueue.ts';
import { effectLine, type Effect, type StepKnown, type StoredIntent } from '../outbox/intent.ts';
import { orderLane } from '../outbox/lane.ts';
import type { WriteTx } from '../store/store.ts';
import { businessDay } from '../../src-shared/domain/business-day.ts';
import { enrolledDesk, signedInPerson, spoken, type OrderDeskParts } from './parts.ts';

/** Who acts, where and when: settled once per command. */
export interface Occasion {
  desk: DeskIdentity;
  person: Signer;
  by: Actor;
  /** The branch's day. */
  today: string;
}

/** @throws AppError NOT_ENROLLED, SIGNED_OUT. */
export function occasionOf(parts: OrderDeskParts): Occasion {
  const desk = enrolledDesk(parts);
  const person = signedInPerson(parts);
  const nowMs = parts.platform.now();
  const by: Actor = {
    mutationId: uuidV7(nowMs, parts.platform.randomBytes(10)) as MutationId,
    userId: person.userId,
    userName: person.displayName,
    deviceId: desk.deviceId,
    deviceName: desk.deviceName,
    at: nowMs,
    madeAt: nowMs,
  };
  return { desk, person, by, today: businessDay(nowMs, desk.branch.timeZone) };
}

/** An answer as it is kept: in no language yet. */
export type StoredAnswer = Omit<PlaceAnswer, 'issues'> & { issues: Issue[] };

export function spokenAnswer(answer: StoredAnswer, language: Language): PlaceAnswer {
  return { ...answer, issues: spoken(answer.issues, language) };
}

interface Judged {
  intent: MutationIntent;
  /** What the rules made of it. */
  order: Order;
  issues: Issue[];
  /** Mutations of the order that it builds on or stands in for. */
  dependsOn: readonly MutationId[];
  /** Whether the goods are set aside for this desk. */
  promised?: boolean;
  /** Of a step: what the rules found out. */
  known?: StepKnown | undefined;
  /** Of an amendment: what leads back to what it was made on. */
  undo?: OrderDifference[] | undefined;
  /** Mutations of the order that may never be judged, and this stands in for. */
  supersedes?: readonly StoredIntent[];
}

export function writeDown(
  parts: OrderDeskParts,
  tx: WriteTx,
  of: { occasion: Occasion; judged: Judged },
): StoredAnswer {
  const { desk, person, by, today } = of.occasion;
  const { intent, order, issues, dependsOn, promised = false, known, undo, supersedes = [] } = of.judged;
  const lane = orderLane(order.orderId);
  const body = JSON.stringify({
    id: by.mutationId,
    incarnationId: desk.incarnationId,
    lane,
    dependsOn,
    ...(supersedes.length > 0
      ? { supersedes: supersedes.map(({ mutationId: id, bodyHash: hash }) => ({ id, bodyHash: hash })) }
      : {}),
    name: intent.name,
    schemaVersion: MUTATIONS[intent.name].schemaVersion,
    args: intent.args,
    businessDate: today,
    madeAt: by.madeAt,
    sessionId: person.sessionId,
  });
  const { bodyHash, signature } = person.sign(body);
  const answer = answerOf(order, issues);
  enqueue(parts.store, tx, {
    mutationId: by.mutationId,
    lane,
    name: intent.name,
    body,
    bodyHash,
    signature,
    dependsOn: JSON.stringify(dependsOn),
    answer: JSON.stringify(answer),
    effect: JSON.stringify({
      ...effectOf(intent, order, by),
      ...(promised ? { promised } : {}),
      ...(known ? { step: known } : {}),
      ...(undo ? { undo } : {}),
    }),
    madeAt: by.madeAt,
  });
  for (const { mutationId } of supersedes) supersede(parts.store, tx, { mutationId, by: by.mutationId });
  return answer;
}

function answerOf(order: Order, issues: Issue[]): StoredAnswer {
  const { orderId, number, status, totalMinor, currency } = order;
  return { orderId, number, status, sync: 'waiting', totalMinor, currency, issues };
}

function effectOf(intent: MutationIntent, order: Order, by: Actor): Effect {
  const { userId, userName, deviceId, deviceName } = by;
  return {
    by: { userId, userName, deviceId, deviceName },
    currency: order.currency,
    totalMinor: order.totalMinor,
    ...(order.taxMinor === undefined ? {} : { taxMinor: order.taxMinor }),
    ...(isContent(intent) && order.creditReview ? { creditReview: true } : {}),
    ...(isContent(intent) && stateOf(order) !== 'allocated' ? { state: stateOf(order) } : {}),
    lines: isContent(intent) ? order.lines.map(effectLine) : [],
  };
}

/** The lines as they are sent, of an order all of whose lines the rules have taken: with the price that the desk showed, and what it said they come to. */
export function quotedLines(
  lines: readonly OrderLine[],
  asked: readonly Pick<AskedLine, 'backorder'>[],
): OrderContent['lines'] {
  return lines.map((line, index) => {
    const { productId, unit, quantity, unitPrice, manual } = line;
    const { backorder } = asked[index] ?? {};
    const quoted = {
      productId,
      unit,
      quantity,
      quotedGrossMinor: lineGrossMinor(line),
      ...(backorder ? { backorder } : {}),
    };
    return manual
      ? { ...quoted, quotedUnitPrice: manual.listUnitPrice, manual: { unitPrice, reason: manual.reason } }
      : { ...quoted, quotedUnitPrice: unitPrice };
  });
}

export function announceOrder({ notify }: OrderDeskParts, orderId: OrderId | string): void {
  notify({ topics: ['orders', 'stock', 'sync'], orderIds: [orderId] });
}
