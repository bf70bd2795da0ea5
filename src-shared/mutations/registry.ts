/** Every mutation there is. A name that is not here is kept and shown, never guessed at. */
import type { z } from 'zod';
import { orderAmend } from './order-amend.ts';
import { orderCancel } from './order-cancel.ts';
import { orderPlace } from './order-place.ts';
import {
  orderAllocate,
  orderApprove,
  orderCloseRest,
  orderComplete,
  orderHold,
  orderLetGo,
  orderPay,
  orderPick,
  orderReceive,
  orderRefund,
  orderReject,
  orderRelease,
  orderReturn,
  orderShip,
  orderVoidPayment,
} from './order-steps.ts';
import type { Mutation } from './versions.ts';

export const MUTATIONS = {
  'order.place': orderPlace,
  'order.amend': orderAmend,
  'order.cancel': orderCancel,
  'order.approve': orderApprove,
  'order.reject': orderReject,
  'order.hold': orderHold,
  'order.release': orderRelease,
  'order.allocate': orderAllocate,
  'order.pick': orderPick,
  'order.ship': orderShip,
  'order.closeRest': orderCloseRest,
  'order.receive': orderReceive,
  'order.complete': orderComplete,
  'order.return': orderReturn,
  'order.pay': orderPay,
  'order.refund': orderRefund,
  'order.voidPayment': orderVoidPayment,
  'order.letGo': orderLetGo,
} as const;

export type MutationName = keyof typeof MUTATIONS;

export type MutationIntent = {
  [Name in MutationName]: { name: Name; args: z.infer<(typeof MUTATIONS)[Name]['args']> };
}[MutationName];

/** Those that say what the order's lines are. */
export type ContentIntent = Extract<MutationIntent, { name: 'order.place' | 'order.amend' }>;
/** Those that take an order a step further. */
export type StepIntent = Exclude<MutationIntent, { name: 'order.place' | 'order.amend' | 'order.cancel' }>;

/** Those that change nothing of what was ordered, so that they and other changes do not stand in each other's way. */
export function standsInNoWay(intent: MutationIntent): boolean {
  return IN_NO_WAY.has(intent.name);
}
const IN_NO_WAY: ReadonlySet<MutationName> = new Set(['order.pay', 'order.refund', 'order.voidPayment', 'order.letGo']);

export function isContent(intent: MutationIntent): intent is ContentIntent {
  return intent.name === 'order.place' || intent.name === 'order.amend';
}

export function isStep(intent: MutationIntent): intent is StepIntent {
  return !isContent(intent) && intent.name !== 'order.cancel';
}

/** The lines that it asks for; none of what asks for none. */
export function askedLinesOf(intent: MutationIntent): ContentIntent['args']['lines'] {
  return isContent(intent) ? intent.args.lines : [];
}

/** A failure is a fact about the mutation, not an exception: whoever meets it keeps the mutation and shows it. */
type Read<Intent> =
  | { ok: true; intent: Intent }
  | { ok: false; reason: 'unknownName' | 'unknownVersion' | 'unreadable' };

/** Makes the reader of intents that came from outside, of any version that `mutations` have had. */
export function intentReader<Intent extends { name: string; args: unknown }>(
  mutations: Readonly<Record<Intent['name'], Mutation>>,
): (name: string, schemaVersion: number, args: unknown) => Read<Intent> {
  return (name, schemaVersion, args) => {
    if (!Object.hasOwn(mutations, name)) return { ok: false, reason: 'unknownName' };
    const read = mutations[name as Intent['name']].read(schemaVersion, args);
    // The registry pairs each name with its schema, which the compiler can't follow through a lookup.
    return read.ok ? { ok: true, intent: { name, args: read.args } as Intent } : read;
  };
}

export const readIntent = intentReader<MutationIntent>(MUTATIONS);
