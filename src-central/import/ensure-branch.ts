/** A branch with a warehouse of its own, made where there is none of its code. */
import { branch as branchSchema, type Branch } from '../../src-shared/domain/branch.ts';
import { putOf, recordChanges } from '../change-feed/record-changes.ts';
import { CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { CATALOGUE_LOCK } from '../db/lock-keys.ts';
import { branchOf } from '../db/rows.ts';
import type { CentralDb } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { importError } from './import-error.ts';

/** @throws ImportError `usage` when the code, the name or the time zone is not one. */
export async function ensureBranch(
  db: CentralDb,
  of: Pick<Branch, 'code' | 'name' | 'timeZone'>,
  newId: () => string,
): Promise<Branch> {
  return writeTransaction(db, [CATALOGUE_LOCK], async (tx) => {
    const there = await tx.selectFrom('branch').selectAll().where('code', '=', of.code).executeTakeFirst();
    if (there) return branchOf(there);
    const parsed = branchSchema.safeParse({ ...of, branchId: newId(), warehouseId: newId() });
    if (!parsed.success || !isTimeZone(of.timeZone)) {
      throw importError('usage', { reason: `--new-branch ${of.code}=${of.name} --time-zone ${of.timeZone}` });
    }
    const made = parsed.data;
    await tx
      .insertInto('branch')
      .values({
        branch_id: made.branchId,
        code: made.code,
        name: made.name,
        warehouse_id: made.warehouseId,
        time_zone: made.timeZone,
      })
      .execute();
    await recordChanges(tx, [putOf(CATALOGUE_SCOPE, 'branch', made, 1)]);
    return made;
  });
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
