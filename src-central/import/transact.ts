/** How a plan comes to pass: written in a transaction of its own, or, in a dry run, only made. */
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import type { Plan } from './kinds/row-kind.ts';
import type { Verdict } from './refusal.ts';

export type Transact = (
  lockKeys: readonly string[],
  plan: (tx: CentralTransaction) => Promise<Plan>,
) => Promise<Verdict[]>;

export function writing(db: CentralDb): Transact {
  return (lockKeys, plan) =>
    writeTransaction(db, lockKeys, async (tx) => {
      const planned = await plan(tx);
      await planned.write();
      return planned.verdicts;
    });
}

/** Plans in a read-only snapshot without locks: the database itself would refuse a write. */
export function dryRunning(db: CentralDb): Transact {
  return (_lockKeys, plan) =>
    db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (tx) => (await plan(tx)).verdicts);
}
