/** Every mutation there is. A name that is not here is kept and shown, never guessed at. */
import { orderAmend, type OrderAmendArgs } from './order-amend.ts';
import { orderCancel, type OrderCancelArgs } from './order-cancel.ts';
import { orderPlace, type OrderPlaceArgs } from './order-place.ts';

export const MUTATIONS = {
  'order.place': orderPlace,
  'order.amend': orderAmend,
  'order.cancel': orderCancel,
} as const;

export type MutationName = keyof typeof MUTATIONS;

export type MutationIntent =
  | { name: 'order.place'; args: OrderPlaceArgs }
  | { name: 'order.amend'; args: OrderAmendArgs }
  | { name: 'order.cancel'; args: OrderCancelArgs };

export type ReadIntent =
  | { ok: true; intent: MutationIntent }
  | { ok: false; reason: 'unknownName' | 'unknownVersion' | 'unreadable' };

/** Reads an intent that came from outside. A failure is a fact about the mutation, not an exception. */
export function readIntent(name: string, schemaVersion: number, args: unknown): ReadIntent {
  if (!Object.hasOwn(MUTATIONS, name)) return { ok: false, reason: 'unknownName' };
  const definition = MUTATIONS[name as MutationName];
  if (definition.schemaVersion !== schemaVersion) return { ok: false, reason: 'unknownVersion' };
  const parsed = definition.args.safeParse(args);
  if (!parsed.success) return { ok: false, reason: 'unreadable' };
  // The registry pairs each name with its schema, which the compiler can't follow through a lookup.
  return { ok: true, intent: { name, args: parsed.data } as MutationIntent };
}
