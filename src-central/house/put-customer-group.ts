/** Makes a customer group, or gives the one of that code another name. */
import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { CustomerGroup } from '../../src-shared/domain/customer.ts';
import { CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { putOf, recordChanges } from '../change-feed/record-changes.ts';
import { CATALOGUE_LOCK } from '../db/lock-keys.ts';
import { customerGroupOf } from '../db/rows.ts';
import type { CentralDb, CentralTransaction, CustomerGroupTable } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { sameCode } from './same-code.ts';
import type { Written } from './written.ts';

export async function putCustomerGroup(
  db: CentralDb,
  of: Pick<CustomerGroup, 'code' | 'name'>,
): Promise<Written<CustomerGroup>> {
  return writeTransaction(db, [CATALOGUE_LOCK], async (tx): Promise<Written<CustomerGroup>> => {
    const before = await customerGroupByCode(tx, of.code);
    if (before?.name === of.name) return { outcome: 'unchanged', row: customerGroupOf(before), xid: undefined };
    const written = await tx
      .insertInto('customer_group')
      .values({ group_id: before?.group_id ?? randomUUID(), code: before?.code ?? of.code, name: of.name })
      .onConflict((there) =>
        there.column('group_id').doUpdateSet((row) => ({ name: of.name, rev: row('customer_group.rev', '+', 1) })),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    const row = customerGroupOf(written);
    const xid = await recordChanges(tx, [putOf(CATALOGUE_SCOPE, 'customerGroup', row, written.rev)]);
    return { outcome: before ? 'changed' : 'new', row, xid };
  });
}

export async function customerGroupByCode(
  tx: CentralTransaction,
  code: string,
): Promise<Selectable<CustomerGroupTable> | undefined> {
  return tx.selectFrom('customer_group').selectAll().where(sameCode(code)).executeTakeFirst();
}
