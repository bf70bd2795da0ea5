/** What a step has changed of an order: its version before and after, compared field by field, lines by their number. */
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Order } from '../../src-shared/domain/order.ts';
import type { CentralTransaction } from '../db/schema.ts';
import { loadOrders } from '../orders/load-orders.ts';

/** By field what differs, as it was and as it became. */
export interface Differences {
  /** Null where there was no order before. */
  before: Record<string, unknown> | null;
  after: Record<string, unknown>;
}

/** Said elsewhere in the trail: who and when, and how often it has changed. */
const LEFT_OUT = new Set<string>(['orderId', 'version', 'history', 'lines']);

/**
 * @param steps applied mutations of orders: `id` names the mutation behind a word and a space, `key` the order.
 * @returns by `id`; without those of orders that are not here any more.
 */
export async function orderDifferences(
  tx: CentralTransaction,
  steps: readonly { id: string; key: string }[],
): Promise<Map<string, Differences>> {
  const orderIds = [...new Set(steps.map(({ key }) => key))];
  if (orderIds.length === 0) return new Map();
  const orders = await loadOrders(tx, orderIds);
  const replaced = await tx
    .selectFrom('sales_order_version')
    .select(['order_id', 'version', 'document'])
    .where('order_id', '=', sql<string>`any(${orderIds}::uuid[])`)
    .execute();
  const versions = new Map(replaced.map((row) => [`${row.order_id} ${row.version}`, row.document]));
  const found = new Map<string, Differences>();
  for (const { id, key } of steps) {
    const order = orders.get(key)?.order;
    const event = order?.history.find(({ mutationId }) => mutationId === id.split(' ')[1]);
    if (!order || !event) continue;
    const at = (version: number): Order | undefined =>
      version === order.version ? order : versions.get(`${key} ${version}`);
    const after = at(event.version);
    if (after) found.set(id, differences(at(event.version - 1), after));
  }
  return found;
}

function differences(before: Order | undefined, after: Order): Differences {
  const [was, became] = [before && fieldsOf(before), fieldsOf(after)];
  const differing = [...new Set([...Object.keys(was ?? {}), ...Object.keys(became)])].filter(
    (field) => !isDeepStrictEqual(was?.[field], became[field]),
  );
  const of = (fields: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(differing.map((field) => [field, fields[field] ?? null]));
  return { before: was ? of(was) : null, after: of(became) };
}

function fieldsOf(order: Order): Record<string, unknown> {
  const head = Object.entries(order).filter(([field]) => !LEFT_OUT.has(field));
  const lines = order.lines.map((line, index): [string, unknown] => [`line ${index + 1}`, line]);
  return Object.fromEntries([...head, ...lines]);
}
