/** The orders of one business day: as central has sent them, and those of this desk that it has not settled. */
import { sql, type Selectable } from 'kysely';
import { dayBookOf, type DayBook } from '../../src-shared/domain/day-book.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { StoreSchema } from '../store/schema.ts';
import { perStore, type StoreReader } from '../store/store.ts';
import { orderHash } from './digest.ts';

export interface HashedOrder {
  orderId: string;
  number: string;
  status: string;
  currency: Currency;
  totalMinor: number;
  hash: bigint;
}

const reading = perStore((store: StoreReader) => ({
  ofScope: store.query<{ scopeId: number; day: string }, Selectable<StoreSchema['sales_order']>>((db, p) =>
    db.selectFrom('sales_order').selectAll().where('scope_id', '=', p.scopeId).where('business_date', '=', p.day),
  ),
  unsettled: store.query<{ day: string }, { status: string; currency: Currency; totalMinor: number }>(
    (_, p) => sql<{ status: string; currency: Currency; totalMinor: number }>`
      select o.status, o.currency, o.total_minor as totalMinor
      from (select distinct lane from outbox) w
      join local_order o on o.order_id = substr(w.lane, 7)
      where o.business_date = ${p.day}`,
  ),
}));

/** Central's rows of a scope, with the hash of each as digests have it. */
export function dayOrders(store: StoreReader, of: { scopeId: number; day: string }): HashedOrder[] {
  return reading(store)
    .ofScope.all(of)
    .map((row) => ({
      orderId: row.order_id,
      number: row.number,
      status: row.status,
      currency: row.currency as Currency,
      totalMinor: row.total_minor,
      hash: orderHash(row),
    }));
}

/** What waits here, or was refused, as it stands on the screen. */
export function unsettledOfDay(store: StoreReader, day: string): DayBook {
  return dayBookOf(reading(store).unsettled.all({ day }));
}
