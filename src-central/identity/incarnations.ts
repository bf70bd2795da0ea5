/** The incarnations of desks' files: who may speak under which, and whose codes are in order numbers. */
import { randomUUID } from 'node:crypto';
import { sql, type Insertable, type Selectable } from 'kysely';
import { incarnationCodeOf, incarnationNumberOf } from '../../src-shared/domain/order-number.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { CentralDb, CentralTransaction, IncarnationTable } from '../db/schema.ts';
import { INCARNATION_EVERY_MS, INCARNATIONS_COUNT_FROM_MS } from '../limits.ts';
import type { Device } from './device.ts';

export type Incarnation = Selectable<IncarnationTable>;

/** Makes one under a code that was never given. Counted up in the caller's transaction and never back. */
export async function newIncarnation(
  tx: CentralTransaction,
  of: { deviceId: string } & Partial<Pick<Incarnation, 'life' | 'machine' | 'forked_from' | 'fork_reason'>>,
): Promise<{ incarnationId: string; incarnationCode: string }> {
  const { next_incarnation: next } = await tx
    .updateTable('epoch')
    .set({ next_incarnation: sql<number>`next_incarnation + 1` })
    .returning('next_incarnation')
    .executeTakeFirstOrThrow();
  const incarnationId = randomUUID();
  const incarnationCode = incarnationCodeOf(next - 1);
  const { deviceId, ...more } = of;
  await tx
    .insertInto('incarnation')
    .values({ incarnation_id: incarnationId, device_id: deviceId, code: incarnationCode, ...more })
    .execute();
  return { incarnationId, incarnationCode };
}

/** More than can have been given out by then, by whichever life of the database: one in each tenth of a second. */
export function incarnationsBy(nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - INCARNATIONS_COUNT_FROM_MS) / INCARNATION_EVERY_MS));
}

/**
 * Takes an incarnation back that central gave out and was then set back to before: its code is in numbers that are on
 * paper. The code counts as given from then on, for central need not have noticed yet that it was set back.
 *
 * Where it has not, and has given the code anew meanwhile, both have it: the file that comes back gets another code for
 * what it numbers next. A number that both gave is found where the second of them is pushed.
 *
 * @returns whether there is one now; not for an incarnation of another desk, nor for a code that can't have been given.
 */
export async function reclaimIncarnation(
  tx: CentralTransaction,
  of: { deviceId: string; incarnationId: string; code: string },
): Promise<boolean> {
  const { next_incarnation: next } = await tx.selectFrom('epoch').select('next_incarnation').executeTakeFirstOrThrow();
  const number = incarnationNumberOf(of.code);
  if (number === undefined || number >= Math.max(next, incarnationsBy(Date.now()))) return false;
  if (number >= next) {
    await tx
      .updateTable('epoch')
      .set({ next_incarnation: sql<number>`greatest(next_incarnation, ${number + 1}::bigint)` })
      .execute();
  }
  const row = { incarnation_id: of.incarnationId, device_id: of.deviceId, code: of.code };
  return (await inserted(tx, row)) || inserted(tx, { ...row, contested: true });
}

async function inserted(tx: CentralTransaction, row: Insertable<IncarnationTable>): Promise<boolean> {
  const made = await tx
    .insertInto('incarnation')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (made.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** By id, of every incarnation that this device's files have had: late mutations of an earlier one count. */
export async function incarnationsOf(db: CentralDb, device: Device): Promise<Map<string, Incarnation>> {
  const rows = await db.selectFrom('incarnation').where('device_id', '=', device.deviceId).selectAll().execute();
  return new Map(rows.map((row) => [row.incarnation_id, row]));
}

/**
 * What is answered where an incarnation is none of the desk's: one that nobody has is perhaps one that this database has
 * forgotten, and the desk is to say hello.
 */
export async function notOfThisDesk(db: CentralDb, incarnationId: string): Promise<AppError> {
  const found = await db
    .selectFrom('incarnation')
    .select('device_id')
    .where('incarnation_id', '=', incarnationId)
    .executeTakeFirst();
  return found
    ? new AppError({ code: 'NOT_ALLOWED', retry: 'never' })
    : new AppError({ code: 'HELLO_FIRST', retry: 'later' });
}

/** Two mutations were offered in one place: whoever says hello under it next gets an incarnation of its own. */
export async function disputeIncarnation(db: CentralDb, incarnationId: string): Promise<void> {
  await db.updateTable('incarnation').set({ disputed: true }).where('incarnation_id', '=', incarnationId).execute();
}
