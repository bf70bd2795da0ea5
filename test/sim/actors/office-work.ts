/** What the office does, by central's own functions; tried again by whoever works there when the database was away. */
import { putOf, recordChanges } from '../../../src-central/change-feed/record-changes.ts';
import type { Currency } from '../../../src-shared/domain/money.ts';
import { branchScope, CATALOGUE_SCOPE } from '../../../src-shared/protocol/scope.ts';
import { changeCustomer, type CustomerChange } from '../../../src-central/customers/change-customer.ts';
import { moveCustomer } from '../../../src-central/customers/move-customer.ts';
import { CATALOGUE_LOCK, warehouseLock } from '../../../src-central/db/lock-keys.ts';
import { priceOf, stockOf } from '../../../src-central/db/rows.ts';
import { writeTransaction } from '../../../src-central/db/write-transaction.ts';
import { grantBranch, revokeBranch } from '../../../src-central/grants/device-branches.ts';
import { recordCounts } from '../../../src-central/import/record-counts.ts';
import type { Scene, Seat } from '../scene.ts';

/** Goods arrive: what is sold in the simulation would run out otherwise. */
export function deliver(
  { office }: Scene,
  of: { warehouseId: string; branchId: string; productId: string; pieces: number },
): Promise<unknown> {
  return office.work((db) =>
    writeTransaction(db, [warehouseLock(of.warehouseId)], async (tx) => {
      const row = await tx
        .updateTable('stock')
        .set((columns) => ({
          on_hand: columns('on_hand', '+', of.pieces * 1_000),
          rev: columns('rev', '+', 1),
        }))
        .where('warehouse_id', '=', of.warehouseId)
        .where('product_id', '=', of.productId)
        .returningAll()
        .executeTakeFirstOrThrow();
      await recordChanges(tx, [putOf(branchScope(of.branchId), 'stock', stockOf(row), row.rev)]);
      await recordCounts(tx, [{ ...row, quantity_base: of.pieces * 1_000 }], 0);
    }),
  );
}

/** Every base price of what is sold changes. */
export function changePrices({ office, house }: Scene, unitPrice: number): Promise<unknown> {
  return office.work((db) =>
    writeTransaction(db, [CATALOGUE_LOCK], async (tx) => {
      const rows = await tx
        .updateTable('price')
        .set((columns) => ({ unit_price: unitPrice, rev: columns('rev', '+', 1) }))
        .where('product_id', 'in', house.products)
        .where('price_list_id', 'in', (query) =>
          query.selectFrom('price_list').select('price_list_id').where('customer_id', 'is', null),
        )
        .returningAll()
        .execute();
      await recordChanges(
        tx,
        rows.map((row) => putOf(CATALOGUE_SCOPE, 'price', priceOf(row), row.rev)),
      );
    }),
  );
}

export function moveToBranch({ office }: Scene, of: { customerId: string; branchId: string }): Promise<unknown> {
  return office.work((db) => moveCustomer(db, of));
}

/** Gives a customer terms, other ones, or none; or holds them, or lets them go again. */
export function changeTerms(
  { office }: Scene,
  { customerId, change }: { customerId: string; change: CustomerChange },
): Promise<unknown> {
  return office.work(async (db) => {
    const { currency } = await db.selectFrom('epoch').select('currency').executeTakeFirstOrThrow();
    const { code } = await db
      .selectFrom('customer')
      .select('code')
      .where('customer_id', '=', customerId)
      .executeTakeFirstOrThrow();
    return changeCustomer(db, { customerCode: code, change, ofBranch: null, currency: currency as Currency });
  });
}

/** Lets a desk see a branch that is not its own, or no longer. */
export async function grant(
  { office }: Scene,
  { desk }: Seat,
  of: { branchId: string; granted: boolean },
): Promise<void> {
  const deviceId = desk.use((services) => services.session.state().device?.deviceId);
  if (deviceId === undefined) return;
  const { branchId } = of;
  await office.work((db) => (of.granted ? grantBranch : revokeBranch)(db, { deviceId, branchId }));
}

export function setActive({ office }: Scene, userName: string, active: boolean): Promise<unknown> {
  return office.work((db) => db.updateTable('app_user').set({ active }).where('user_name', '=', userName).execute());
}

export function allActive({ office }: Scene): Promise<unknown> {
  return office.work((db) => db.updateTable('app_user').set({ active: true }).where('active', '=', false).execute());
}
