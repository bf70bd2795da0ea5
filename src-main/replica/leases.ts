/**
 * Stock that central has set aside for this desk: what may be promised of it.
 *
 * A lease is renounced when it expires by central's time as it is known here, and when the file lives on under another
 * incarnation. Once renounced it stays so, whatever the clock says later: central has been told, or will be. What this
 * desk's unsettled orders take is still covered by it.
 */
import { sql } from 'kysely';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';

/** SQL: what is reserved of a product by this desk's unsettled orders. */
export function reservedSql(warehouse: unknown, product: unknown) {
  return sql<number>`coalesce((select sum(quantity_base) from reservation
      where warehouse_id = ${warehouse} and product_id = ${product}), 0)`;
}

/**
 * SQL: what this desk's unsettled orders will yet take of a product, each by itself. What one of them gives back goes to
 * everybody, and not into the lease that it came from.
 */
function takenSql(warehouse: unknown, product: unknown) {
  return sql<number>`coalesce((select sum(quantity_base) from reservation
      where warehouse_id = ${warehouse} and product_id = ${product} and quantity_base > 0), 0)`;
}

/**
 * SQL: what of central's allocation is there for this desk: all that is left of a lease, or, of one that is renounced,
 * what unsettled orders take of it.
 */
export function leasedSql(warehouse: unknown, product: unknown) {
  return sql<number>`coalesce((
    select sum(case when r.lease_id is null then l.quantity_base - l.used_base
      else min(l.quantity_base - l.used_base, ${takenSql(warehouse, product)}) end)
    from stock_lease l left join renounced_lease r using (lease_id)
    where l.warehouse_id = ${warehouse} and l.product_id = ${product}), 0)`;
}

const statements = perStore((store: StoreReader) => ({
  due: store.query<{ incarnation: string; now: number }, { lease_id: string }>(
    (_, p) => sql<{ lease_id: string }>`
      select lease_id from stock_lease l
      where (expires_at <= ${p.now} or incarnation_id <> ${p.incarnation})
        and not exists (select 1 from renounced_lease r where r.lease_id = l.lease_id)`,
  ),
  free: store.query<{ warehouse: string; product: string }, { free: number }>(
    (_, p) => sql<{ free: number }>`
      select coalesce((
        select sum(quantity_base - used_base) from stock_lease l
        where warehouse_id = ${p.warehouse} and product_id = ${p.product}
          and not exists (select 1 from renounced_lease r where r.lease_id = l.lease_id)), 0)
        - ${takenSql(p.warehouse, p.product)} as free`,
  ),
  reports: store.query<{ incarnation: string; limit: number }, LeaseReport>(
    (_, p) => sql<LeaseReport>`
      select lease_id as "leaseId",
        min(quantity_base - used_base, ${takenSql(sql.ref('l.warehouse_id'), sql.ref('l.product_id'))})
          as "outstandingBase"
      from stock_lease l join renounced_lease using (lease_id)
      where incarnation_id = ${p.incarnation} and quantity_base - used_base >
        ${takenSql(sql.ref('l.warehouse_id'), sql.ref('l.product_id'))}
      limit ${p.limit}`,
  ),
}));

const writing = perStore((store: Store) => ({
  renounce: store.command<{ id: string }, never>((db, p) =>
    db
      .insertInto('renounced_lease')
      .values({ lease_id: p.id })
      .onConflict((conflict) => conflict.doNothing()),
  ),
  // Of a lease that central has ended there is nothing left to renounce.
  forget: store.command<Record<string, never>, never>(
    () => sql<never>`
      delete from renounced_lease
      where not exists (select 1 from stock_lease l where l.lease_id = renounced_lease.lease_id)`,
  ),
}));

export interface LeaseReport {
  leaseId: string;
  /** Thousandths of the base unit that unsettled orders may yet take. */
  outstandingBase: number;
}

/** @param of.nowMs central's time as it is known here, Unix milliseconds. */
export function renounceLeases(store: Store, tx: WriteTx, of: { incarnationId: string; nowMs: number }): void {
  for (const { lease_id: id } of statements(store).due.all({ incarnation: of.incarnationId, now: of.nowMs })) {
    writing(store).renounce.run(tx, { id });
  }
}

/** Of a file that may have forgotten what it has promised: no lease here is one to promise from any more. */
export function renounceAllLeases(store: Store, tx: WriteTx, nowMs: number): void {
  // Not the name of any incarnation.
  renounceLeases(store, tx, { incarnationId: '', nowMs });
}

/** Whether all of it lies within what is set aside and not yet taken by another order of this desk. */
export function isLeased(
  store: StoreReader,
  of: { warehouseId: string; quantities: ReadonlyMap<string, number> },
): boolean {
  for (const [product, quantityBase] of of.quantities) {
    const free = statements(store).free.get({ warehouse: of.warehouseId, product })?.free ?? 0;
    if (free < quantityBase) return false;
  }
  return of.quantities.size > 0;
}

/** What central may give to others, of the leases that this very file has renounced. */
export function leaseReports(store: StoreReader, of: { incarnationId: string; limit: number }): LeaseReport[] {
  return statements(store).reports.all({ incarnation: of.incarnationId, limit: of.limit });
}

export function forgetEndedLeases(store: Store, tx: WriteTx): void {
  writing(store).forget.run(tx, {});
}
