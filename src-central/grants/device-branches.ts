/** Further branches that a desk may look at, and how far back it keeps a branch's orders. What follows is grants. */
import { reconcileAllGrants, reconcileGrants } from './grants.ts';
import { GRANTS_LOCK } from '../db/lock-keys.ts';
import type { CentralDb } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';

/** @returns the transaction that changed the desk's scopes; undefined when it could see the branch before. */
export async function grantBranch(
  db: CentralDb,
  of: { deviceId: string; branchId: string },
): Promise<string | undefined> {
  return writeTransaction(db, [GRANTS_LOCK], async (tx) => {
    await tx
      .insertInto('device_branch')
      .values({ device_id: of.deviceId, branch_id: of.branchId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return reconcileGrants(tx, [of.deviceId], Date.now());
  });
}

/** Its own branch stays. @returns the transaction that changed the desk's scopes, if any did. */
export async function revokeBranch(
  db: CentralDb,
  of: { deviceId: string; branchId: string },
): Promise<string | undefined> {
  return writeTransaction(db, [GRANTS_LOCK], async (tx) => {
    await tx
      .deleteFrom('device_branch')
      .where('device_id', '=', of.deviceId)
      .where('branch_id', '=', of.branchId)
      .execute();
    return reconcileGrants(tx, [of.deviceId], Date.now());
  });
}

/** How many months of its orders a branch's desks keep. @returns the last transaction that changed a desk's scopes. */
export async function setOrderMonths(
  db: CentralDb,
  of: { branchId: string; months: number },
): Promise<string | undefined> {
  await writeTransaction(db, [], (tx) =>
    tx.updateTable('branch').set({ order_months: of.months }).where('branch_id', '=', of.branchId).execute(),
  );
  // A crash before this is made good by the hourly reconciliation.
  return reconcileAllGrants(db, Date.now());
}
