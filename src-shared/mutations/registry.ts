/** Every mutation there is. A name that is not here is kept and shown, never guessed at. */
import { orderAmend, type OrderAmendArgs } from './order-amend.ts';
import { orderCancel, type OrderCancelArgs } from './order-cancel.ts';
import { orderPlace, type OrderPlaceArgs } from './order-place.ts';
import type { Mutation } from './versions.ts';

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
